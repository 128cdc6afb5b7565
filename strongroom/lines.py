"""Reading lines at a terminal without blocking the loop: secrets unseen, no escape sequence, no history."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

MAX_BYTES = 8192
"""More than anything that is asked for may have."""


class EndOfInput(Exception):
    """Nothing more can be typed: ctrl+d, or the terminal is gone."""


def has_terminal() -> bool:
    """Whether somebody could be asked: standard input is a terminal, and so is what shows the question."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


async def read_line(handle: int = 0, *, is_secret: bool = False) -> str:
    """The next line that is typed, without its end; a secret is not shown.

    The terminal edits the line itself, so that no library writes control sequences. Cancelling
    gives the terminal back as it was.

    Raises:
        EndOfInput: there is no further line.
        UnicodeDecodeError: it is not UTF-8.
    """
    with _unseen(handle) if is_secret else nullcontext():
        try:
            typed = await _typed(handle)
        except OSError:
            raise EndOfInput from None
    if is_secret:
        # The line end that was typed was not shown either.
        os.write(2, b"\n")
    if not typed:
        raise EndOfInput
    return typed.decode().removesuffix("\n").removesuffix("\r")


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
def _unseen(handle: int) -> Iterator[None]:
    """Show nothing of what is typed; what was typed before the question is thrown away."""
    before = termios.tcgetattr(handle)
    quiet = termios.tcgetattr(handle)
    quiet[3] = (quiet[3] & ~termios.ECHO) | termios.ICANON | termios.ISIG
    termios.tcsetattr(handle, termios.TCSAFLUSH, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(handle, termios.TCSADRAIN, before)
