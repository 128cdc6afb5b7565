"""One at a time: a lock on a file that the kernel frees when whoever holds it ends, however that happens."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE = 20.0
"""Seconds that are waited for a lock; whoever holds it asks nobody anything meanwhile."""

BETWEEN_LOOKS = 0.05
"""Seconds from one try to the next."""


class StillHeld(Exception):
    """Another process holds the lock for longer than anything takes: it is stopped, or its disk is."""


@asynccontextmanager
async def one_at_a_time(file: Path) -> AsyncIterator[bool]:
    """Hold the lock of a file that is made where there is none; its directory must stand.

    False where the disk knows no locks or takes no file: then nobody is kept out.

    Raises:
        StillHeld: it could not be had in time.
    """
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError:
        yield False
        return
    try:
        # It goes with the handle, and never by name: a file that was removed could be locked twice.
        yield await _locked(handle)
    finally:
        os.close(handle)


async def _locked(handle: int) -> bool:
    """Take the lock; False where there are none.

    Raises:
        StillHeld: it could not be had in time.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() >= until:
                raise StillHeld from None
        except OSError:
            return False
        else:
            return True
        await asyncio.sleep(BETWEEN_LOOKS)
