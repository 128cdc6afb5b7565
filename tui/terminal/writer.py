"""Bytes to the terminal, from their own thread; a terminal that is gone is noticed once, quietly."""

from __future__ import annotations

import os
import re
import select
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Full, Queue

QUEUED_WRITES = 64
"""Frames that may wait; then the program waits for the terminal."""

CANCEL = b"\x18"
"""CAN: ends a sequence that has begun, and shows nothing."""

FORBIDDEN = re.compile(
    r"\x1b(?!\[(?:[0-9;:]*m|[0-9;]*[ABCDHJK]|\?[0-9;]+[hl]|\?2026\$p|[<>][0-9]*u|>q))"
    "|[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]"
)
"""What never reaches the terminal: a control that is none of ours, and with it OSC, DCS and C1 (R084)."""


def guarded(text: str) -> str:
    """Return output with every forbidden control made visible."""
    return FORBIDDEN.sub("␛", text)


class TerminalWriter(threading.Thread):
    """Writes what it is given in order, until it is closed or the terminal is gone."""

    def __init__(self, fileno: int, lost: Callable[[], None]) -> None:
        """Write to a file descriptor; `lost` is called once, from the thread, when it cannot be written."""
        super().__init__(daemon=True, name="terminal output")
        self._fileno = fileno
        self._lost = lost
        self._queue: Queue[bytes | None] = Queue(QUEUED_WRITES)
        self._is_lost = False

    def write(self, text: str) -> None:
        """Write text that is ours, once every forbidden control in it is made visible."""
        self.write_sequence(guarded(text))

    def write_sequence(self, text: str) -> None:
        """Write as it is; only for sequences built in this package."""
        if not self._is_lost:
            self._queue.put(text.encode("utf-8", "replace"))

    def run(self) -> None:
        """Write until there is nothing more to come."""
        while (data := self._queue.get()) is not None:
            if self._is_lost:
                continue
            try:
                self._write_all(data)
            except OSError:
                if not self._is_lost:
                    self._is_lost = True
                    self._lost()

    def _write_all(self, data: bytes) -> None:
        """Write all of it, as the terminal takes it, unless the rest is given up."""
        view = memoryview(data)
        while view and not self._is_lost:
            try:
                view = view[os.write(self._fileno, view) :]
            except BlockingIOError:
                select.select([], [self._fileno], [], 0.1)

    def finish(self, last: str, timeout: float = 1.0) -> None:
        """Write what waits, then the last words; a terminal that does not take them in time is cut short."""
        data = last.encode()
        with suppress(Full):
            self._queue.put(data, timeout=timeout)
            self._queue.put(None, timeout=timeout)
            self.join(timeout)
        if self.is_alive() and not self._is_lost:
            self._is_lost = True
            self.join(timeout)
            write_past_all(self._fileno, data)


def line_of_our_own(fileno: int) -> int:
    """Open a terminal once more: we need not wait for it, and the shell, which has the other, still does."""
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return fileno


def write_past_all(fileno: int, data: bytes) -> None:
    """Write past whatever a terminal on a slow line has not taken yet, which is dropped.

    The dropped part may end in the midst of a sequence, so CAN comes first, which ends one.
    """
    with suppress(OSError, termios.error):
        termios.tcflush(fileno, termios.TCOFLUSH)
        os.write(fileno, CANCEL + data)
