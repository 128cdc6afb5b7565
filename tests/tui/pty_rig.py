"""A program on a real pseudo-terminal, of which a test sees every byte."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]

GRAMMAR = re.compile(
    rb"(?:"
    rb"[\x20-\x7e]|\r|\n"
    rb"|\x1b\[[0-9;:]*m"
    rb"|\x1b\[[0-9;]*[ABCDHJK]"
    rb"|\x1b\[\?(?:7|25|1000|1006|1049|2004|2026)[hl]"
    rb"|\x1b\[\?2026\$p"
    rb"|\x1b\[>1u|\x1b\[<u|\x1b\[>q"
    rb"|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
    rb")*"
)
"""What may be on the wire: text, colours, moves, seven modes. No OSC, no DCS, no other control (R084)."""

RESTORED = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1006l"
"""The last bytes of every visit."""


class Rig:
    """One run of a module on a pty; a context manager."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start `python -m` with these arguments and, beside a few, these variables."""
        self.seen = b""
        self._waited = 0
        self._main, self.tty = pty.openpty()
        self.resize(*size)
        self.modes_before = termios.tcgetattr(self.tty)
        names = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=self.tty,
            stdout=self.tty,
            stderr=self.tty,
            cwd=ROOT,
            env={**kept, **names},
            start_new_session=True,
            preexec_fn=self._controlling,
        )

    def _controlling(self) -> None:
        """Make the pty the controlling terminal of the child."""
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def __enter__(self) -> Rig:
        """Nothing more to begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process and close the pty."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self.tty)

    def hang_up(self) -> None:
        """Close the terminal's own end."""
        if self._main >= 0:
            os.close(self._main)
            self._main = -1

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the kernel sends SIGWINCH."""
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, data: str | bytes) -> None:
        """Type something."""
        view = memoryview(data.encode() if isinstance(data, str) else data)
        while view:
            _, writable, _ = select.select([], [self._main], [], 0.05)
            if writable:
                view = view[os.write(self._main, view[:1024]) :]
            self.read(0)

    def send_blindly(self, data: str) -> None:
        """Type something, and take nothing of what comes."""
        os.write(self._main, data.encode())

    def read(self, seconds: float) -> None:
        """Take what the program writes for so long."""
        end = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self._main], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return
            try:
                data = os.read(self._main, 65536)
            except OSError:
                return
            if not data:
                return
            self.seen += data

    def wait_for(self, text: str | bytes, seconds: float = 15.0) -> bytes:
        """Read until a text has come since the last wait; returns what was read."""
        wanted = text.encode() if isinstance(text, str) else text
        end = time.monotonic() + seconds
        begin = self._waited
        while wanted not in self.seen[begin:]:
            assert time.monotonic() < end, f"no {wanted!r}; the last bytes: {self.seen[-1500:]!r}"
            self.read(0.1)
        self._waited = self.seen.index(wanted, begin) + len(wanted)
        return self.seen[begin : self._waited]

    def text(self) -> str:
        """Return what was written without its sequences."""
        return re.sub(rb"\x1b\[[0-9;:?<>=$]*[a-zA-Z]", b"", self.seen).decode("utf-8", "replace")

    def exits(self, seconds: float = 10.0) -> int:
        """Read to the end and return the exit status."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running; the last bytes: {self.seen[-800:]!r}"
            if self._main >= 0:
                self.read(0.05)
            else:
                time.sleep(0.05)
        if self._main >= 0:
            self.read(0.2)
        return self.process.returncode

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)
