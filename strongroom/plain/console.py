"""The console of plain mode: lines out, questions in, no control sequence; the terminal is given back.

The terminal itself edits a line that is typed. What is typed is shown only while a question is asked whose
answer is no secret: whatever is typed before one, too early, is never on the screen.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from security.safe_text import sanitise
from strongroom.lines import EndOfInput, stop
from strongroom.plain.turns import Back, Faulty, Leave
from tui.door import DoorClosed

LONGEST_LINE = 4094
"""Bytes: of a longer line the terminal's driver keeps only the beginning, without a word."""

MAX_CELLS = 600
"""The widest line that is said."""

TWICE = 2
"""So many times ctrl+c in a row, and the program is left."""

INTERRUPTED = 130
"""How it ends then."""


class Console:
    """One terminal with one person; one question at a time."""

    def __init__(self, leave_at_once: Callable[[], object], handle: int = 0) -> None:
        """Keep how the terminal is; `leave_at_once` ends what is under way, for who insists."""
        self._handle = handle
        self._leave_at_once = leave_at_once
        self._before = termios.tcgetattr(handle)
        self._is_shown: bool | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._broken_by: BaseException | None = None
        self._interrupts = 0
        self._question = ""

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Show nothing of what is typed unasked, hear ctrl+c; give the terminal back at the end."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        loop.add_signal_handler(signal.SIGTSTP, self._stopped)
        self._show(False)
        try:
            yield
        finally:
            self._show(None)
            for number in (signal.SIGINT, signal.SIGTSTP):
                loop.remove_signal_handler(number)
            # The program is about to end: another ctrl+c would only keep it from putting things away.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def say(self, line: str) -> None:
        """Write one line; foreign text in it arrives inert.

        Raises:
            EndOfInput: the terminal is gone.
        """
        self._write(sanitise(line, max_cells=MAX_CELLS) + "\n")

    async def ask(self, question: str, *, is_secret: bool = False) -> str:
        """Ask until a line comes that can be taken, and return it without its end.

        Raises:
            EndOfInput: ctrl+d, or the terminal is gone.
            Turn: the question was broken off.
        """
        while True:
            line = await self._ask_once(question, is_secret)
            if len(line) > LONGEST_LINE:
                self.say(f"Refused: A line holds at most {LONGEST_LINE:,} bytes. Nothing was taken.")
                continue
            try:
                return line.decode()
            except UnicodeDecodeError:
                self.say("Refused: That line is not UTF-8 text. Nothing was taken.")

    def break_off(self, turn: BaseException) -> None:
        """End the question that is asked, or the next one that is; what was typed by then is thrown away."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(turn)
        elif self._broken_by is None or isinstance(self._broken_by, Back):
            self._broken_by = turn

    def settle(self) -> None:
        """Forget a turn that was taken another way: an act may learn of an end before its question."""
        if not isinstance(self._broken_by, (DoorClosed, Leave, Faulty)):
            self._broken_by = None

    async def _ask_once(self, question: str, is_secret: bool) -> bytes:
        """Ask, and read one line."""
        if self._broken_by is not None:
            turn, self._broken_by = self._broken_by, None
            self._throw_away()
            raise turn
        self._question = sanitise(question, max_cells=MAX_CELLS)
        self._write(self._question)
        is_early = bool(select.select([self._handle], [], [], 0)[0])
        self._show(not is_secret)
        try:
            line = await self._line()
        except BaseException:
            with suppress(EndOfInput):
                self._write("\n")
            self._throw_away()
            raise
        finally:
            self._show(False)
        self._interrupts = 0
        if is_secret:
            self._write("\n")  # the line end that was typed was not shown either
        elif is_early:
            self.say(line.decode(errors="replace"))  # it was typed before anything was shown
        return line

    async def _line(self) -> bytes:
        """Bytes up to the next line end.

        Raises:
            EndOfInput: there is no further line.
            Turn: the question was broken off.
        """
        typed = b""
        while not typed.endswith(b"\n"):
            await self._readable()
            try:
                piece = os.read(self._handle, 2 * LONGEST_LINE)
            except OSError:
                raise EndOfInput from None
            if not piece:
                raise EndOfInput
            typed += piece
        return typed.removesuffix(b"\n").removesuffix(b"\r")

    async def _readable(self) -> None:
        """Wait until there is something to read, or the question is broken off."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting = loop.create_future()
        loop.add_reader(self._handle, _wake, waiting)
        try:
            await waiting
        finally:
            loop.remove_reader(self._handle)
            self._waiting = None

    def _write(self, text: str) -> None:
        """Write and let nothing wait."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            raise EndOfInput from None

    def _show(self, is_shown: bool | None) -> None:
        """Have the terminal show what is typed, or not; None leaves it as it was before the visit.

        A program that ended badly may have left it raw: lines and their ends are switched on in any case.
        """
        if is_shown is self._is_shown:
            return
        self._is_shown = is_shown
        attributes = list(self._before)
        if is_shown is not None:
            attributes[0] |= termios.ICRNL
            attributes[1] |= termios.OPOST | termios.ONLCR
            attributes[3] |= termios.ICANON | termios.ISIG | termios.ECHO | termios.ECHOE | termios.ECHOK
            if not is_shown:
                attributes[3] &= ~termios.ECHO
        with suppress(termios.error):
            termios.tcsetattr(self._handle, termios.TCSANOW, attributes)

    def _throw_away(self) -> None:
        """Forget what was typed and not taken."""
        with suppress(termios.error):
            termios.tcflush(self._handle, termios.TCIFLUSH)

    def _interrupted(self) -> None:
        """Hear ctrl+c: the present question is over; the second time in a row, the visit is."""
        self._interrupts += 1
        if self._interrupts < TWICE:
            self.break_off(Back())
            return
        is_asking = self._waiting is not None
        self.break_off(Leave(INTERRUPTED))
        if not is_asking:
            self._leave_at_once()

    def _stopped(self) -> None:
        """Hear ctrl+z: whoever uses the terminal meanwhile finds it as it was."""
        was_shown = self._is_shown
        self._show(None)
        stop()
        self._show(was_shown)
        if self._waiting is not None:
            with suppress(EndOfInput):
                self._write(self._question)


def _wake(waiting: asyncio.Future[None]) -> None:
    """Tell once that there is something to read."""
    if not waiting.done():
        waiting.set_result(None)
