"""Bytes to standard output, piece by piece, for as long as somebody takes them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

from strongroom.exits import ExitCode, Stopped
from strongroom.speech import why

_AT_ONCE = 4096
"""Bytes that a pipe which takes any takes without waiting (PIPE_BUF on Linux)."""


async def to_stdout(pieces: AsyncIterator[bytes]) -> None:
    """Write them; a signal or a cancellation is heard although nobody reads.

    Raises:
        Stopped: it could not be written, and what was written is not all.
        BrokenPipeError: whoever read has left.
    """
    sys.stdout.flush()
    handle = sys.stdout.fileno()
    async for piece in pieces:
        rest = memoryview(piece)
        while rest:
            await _is_taking(handle)
            try:
                rest = rest[os.write(handle, rest[:_AT_ONCE]) :]
            except BrokenPipeError:
                raise
            except OSError as error:
                sentence = f"Standard output took only a part of it: {why(error)}."
                raise Stopped(sentence, ExitCode.FAILED, tag="not_saved") from error


async def _is_taking(handle: int) -> None:
    """Wait until a pipe or terminal takes something; a file always does."""
    loop = asyncio.get_running_loop()
    taking = asyncio.Event()
    try:
        loop.add_writer(handle, taking.set)
    except OSError:  # a file on a disk, of which nobody can be told
        return
    try:
        await taking.wait()
    finally:
        loop.remove_writer(handle)
