"""Reading lines at a terminal without blocking the loop: secrets unseen, no escape sequence, no history."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MAX_BYTES = 8192
"""More than anything that is asked for may have."""


BYTE_ORDER_MARK = "\ufeff"
"""What Windows puts before a text; it belongs to nobody's password, and could not be typed."""


class EndOfInput(Exception):
    """Nothing more can be typed: ctrl+d, or the terminal is gone."""


def has_terminal() -> bool:
    """Whether somebody could be asked: standard input is a terminal, and so is what shows the question."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


async def read_line(handle: int = 0, *, is_secret: bool = False, question: str = "") -> str:
    """The next line that is typed, without its end; a secret is not shown.

    The terminal edits the line itself, so that no library writes control sequences. Cancelling
    gives the terminal back as it was; whoever stops the program and goes on with it reads the
    question again.

    Raises:
        EndOfInput: there is no further line.
        UnicodeDecodeError: it is not UTF-8.
    """
    try:
        with _lined(handle, question, is_shown=not is_secret):
            typed = await _typed(handle)
        if is_secret:
            # The line end that was typed was not shown either.
            os.write(2, b"\n")
    except (OSError, termios.error):
        raise EndOfInput from None
    if not typed:
        raise EndOfInput
    return typed.decode().removesuffix("\n").removesuffix("\r")


def stop() -> None:
    """Stop as ctrl+z asks. Where no shell could go on with it, the kernel lets it run: setpgid(2)."""
    heard = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, heard)


async def _typed(handle: int) -> bytes:
    """Bytes up to the next line end, or the end of the input."""
    loop = asyncio.get_running_loop()
    typed = b""
    while not typed.endswith(b"\n") and len(typed) < MAX_BYTES:
        ready = loop.create_future()
        loop.add_reader(handle, _wake, ready)
        try:
            await ready
        finally:
            loop.remove_reader(handle)
        piece = os.read(handle, MAX_BYTES)
        if not piece:
            break
        typed += piece
    return typed


def _wake(ready: asyncio.Future[None]) -> None:
    """Tell once that there is something to read."""
    if not ready.done():
        ready.set_result(None)


@contextmanager
def _lined(handle: int, question: str, *, is_shown: bool) -> Iterator[None]:
    """Have the terminal edit lines, also one that was left raw, and show what is typed or not.

    What was typed before a hidden question is thrown away. A shell that takes the terminal at ctrl+z gives
    it back showing what is typed, so it is told anew then.
    """
    before = termios.tcgetattr(handle)

    def begin() -> None:
        """Make it so."""
        wanted = termios.tcgetattr(handle)
        wanted[0] |= termios.ICRNL
        wanted[3] |= termios.ICANON | termios.ISIG | termios.ECHO
        if not is_shown:
            wanted[3] &= ~termios.ECHO
        termios.tcsetattr(handle, termios.TCSADRAIN if is_shown else termios.TCSAFLUSH, wanted)

    def end() -> None:
        """Give it back."""
        with suppress(termios.error):
            termios.tcsetattr(handle, termios.TCSADRAIN, before)

    def stopped() -> None:
        """Hear ctrl+z: whoever uses the terminal meanwhile finds it as it was."""
        end()
        stop()
        with suppress(termios.error, OSError):
            begin()
            os.write(2, question.encode(errors="replace"))

    loop = asyncio.get_running_loop()
    is_heard = signal.getsignal(signal.SIGTSTP) != signal.SIG_IGN
    begin()
    if is_heard:
        loop.add_signal_handler(signal.SIGTSTP, stopped)
    try:
        yield
    finally:
        if is_heard:
            loop.remove_signal_handler(signal.SIGTSTP)
        end()
