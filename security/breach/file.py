"""The breach file: millions of SHA-1 digests in order, looked up where they lie and never loaded (R009).

The file is read with `pread` and is not mapped into memory. A mapped file that is cut short, or a
bad block under it, kills the process by SIGBUS at the next touch, however lately its length was
asked, and everybody who is signed in goes with it. A read answers the same mishap with too few
bytes or an error, which are told in words. It costs nothing: a look-up is one or a few reads of
what the system has cached.

What can still race is told apart too. A file that is replaced by a rename is taken up anew at the
next look-up, and the look-up under way ends on the old one, which stays whole. One that is written
over in place has another time of change, so its head and index are checked again; while its
digests are half old and half new, a look-up refuses whatever is out of order where it reads. What
no look-up can see, a digest that is gone without a trace, `read_through` finds by the checksum.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from security.breach.format import MAGIC
from security.breach.opened import OpenedFile, identity_of, open_file
from security.breach.state import BreachFileState, Standing, Unusable

PATIENCE = 2.0
"""Seconds that a look-up waits for another one, whose disk may have gone away."""


class BreachFile:
    """Looks digests up in a breach file, in whatever file stands under its name at that moment."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is opened at the first look-up."""
        self._path = path
        self._opened: OpenedFile | None = None
        self._turn = Lock()

    def knows(self, digest: bytes) -> bool:
        """Whether a SHA-1 is among the digests. Blocks on the disk; may be called from any thread.

        Raises:
            Unusable: the file cannot answer; that is never "no".
        """
        if not self._turn.acquire(timeout=PATIENCE):
            raise Unusable(Standing.UNREADABLE, self._path, "its disk does not answer")
        try:
            return self._fresh().knows(digest)
        except OSError as fault:
            self._let_go()
            raise Unusable(Standing.UNREADABLE, self._path, fault.strerror or "") from None
        except Unusable:
            self._let_go()
            raise
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let go of the file, unless a look-up hangs in it."""
        if self._turn.acquire(timeout=PATIENCE):
            self._let_go()
            self._turn.release()

    def _fresh(self) -> OpenedFile:
        """What stands under the name now, opened anew where that is another file or was written to."""
        try:
            identity = identity_of(os.stat(self._path))
        except (FileNotFoundError, NotADirectoryError):
            raise Unusable(Standing.ABSENT, self._path) from None
        if self._opened is None or self._opened.identity != identity:
            self._let_go()
            self._opened = open_file(self._path)
        return self._opened

    def _let_go(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            os.close(self._opened.handle)
            self._opened = None


def state(path: Path) -> BreachFileState:
    """How the file under a name stands, in words: its head, its index, and a sample of its digests."""
    return _looked_at(path, OpenedFile.sample)


def read_through(path: Path, progress: Callable[[int], None]) -> BreachFileState:
    """How the file stands once every byte of it was read; `progress` hears how many were."""
    return _looked_at(path, lambda opened: opened.read_through(progress))


def _looked_at(path: Path, look: Callable[[OpenedFile], None]) -> BreachFileState:
    """How a file stands: as its head says where a look finds nothing amiss."""
    try:
        opened = open_file(path)
        try:
            look(opened)
        finally:
            os.close(opened.handle)
    except Unusable as fault:
        return fault.state
    except OSError as fault:
        return Unusable(Standing.UNREADABLE, path, fault.strerror or "").state
    return BreachFileState.ready(opened.head)


def is_breach_file(path: Path) -> bool:
    """Whether what stands under a name begins like a breach file, be it one that is damaged.

    Raises:
        OSError: it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        return stat.S_ISREG(os.fstat(handle).st_mode) and os.pread(handle, len(MAGIC), 0) == MAGIC
    finally:
        os.close(handle)
