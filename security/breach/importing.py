"""The import: a list of hashes becomes the breach file, in one step at the end, or nothing changes (R009).

The new file grows under a name of its own beside the old one, which answers until the new one is
whole and on the disk. Whatever ends an import before that, the old file stands. What a killed one
leaves is taken over by the next, which the lock on it lets in.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from security.breach.file import is_breach_file
from security.breach.format import Head
from security.breach.lists import BreachList
from security.breach.packing import Packing

Progress = Callable[[int, int], None]
"""Is told again and again how many bytes of the list were read and how many hashes were taken."""


class ImportRefused(Exception):
    """There is something in the way at the breach file's place; nothing was changed."""

    def __init__(self, sentence: str, hint: str) -> None:
        """Keep what is in the way, and what helps."""
        super().__init__(sentence)
        self.sentence: str = sentence
        """What is in the way."""
        self.hint: str = hint
        """What helps."""


def import_list(source: BinaryIO, path: Path, at: datetime, progress: Progress) -> Head:
    """Read a list to its end and put what it holds in the breach file's place.

    Memory does not grow with the list.

    Raises:
        BadList: the list is not in order, not whole, or no list.
        ImportRefused: something else stands in the breach file's place, or is being put there.
        OSError: the list cannot be read, or the file cannot be written.
    """
    # A link stays one, and the draft lies on the disk that it leads to.
    path = Path(os.path.realpath(path))
    _refuse_other(source, path)
    with _draft(path) as (draft, file):
        found = BreachList(source)
        packing = Packing(file)
        for hashes in found.pieces():
            packing.add(hashes)
            progress(found.bytes_read, packing.hashes)
        head = packing.finish(at)
        file.flush()
        os.fsync(file.fileno())
        os.replace(draft, path)
    with suppress(OSError):  # after a loss of power either file stands then, and each is whole
        _sync_directory(path.parent)
    return head


@contextmanager
def _draft(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """An empty file beside a path, which no other process writes to; taken away unless it was renamed."""
    draft = path.with_name(f".{path.name}.new")
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b") as file:
        _lock(handle, draft)
        try:
            os.fchmod(handle, 0o600)
            os.ftruncate(handle, 0)
            yield draft, file
        except BaseException:
            # It may have got the breach file's name an instant ago; then it stays.
            if _is_named(handle, draft):
                draft.unlink()
            raise


def _lock(handle: int, draft: Path) -> None:
    """Make the draft ours alone.

    Raises:
        ImportRefused: another process has it, or had it and has just put it in its place.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ImportRefused("Another import is under way.", "Wait until it is done, or end it.") from None
    if not _is_named(handle, draft):
        # Between our open and our lock it became the breach file itself.
        raise ImportRefused("Another import was just done.", "Import again if this one shall follow it.")


def _is_named(handle: int, draft: Path) -> bool:
    """Whether an open file is still the one that stands under its name."""
    try:
        named = os.stat(draft, follow_symlinks=False)
    except FileNotFoundError:
        return False
    held = os.fstat(handle)
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)


def _refuse_other(source: BinaryIO, path: Path) -> None:
    """Refuse to write over the list itself, and over what is no breach file.

    Raises:
        ImportRefused: either stands in the breach file's place.
    """
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return
    given = os.fstat(source.fileno())
    if (there.st_dev, there.st_ino) == (given.st_dev, given.st_ino):
        raise ImportRefused(
            f"The list {path} lies where the breach file belongs.", "Move it away, and import it from there."
        )
    if not stat.S_ISREG(there.st_mode) or (there.st_size and not is_breach_file(path)):
        raise ImportRefused(
            f"What stands at {path} is no breach file, and was left alone.",
            "Take it away, or set breach_file to another place.",
        )


def _sync_directory(directory: Path) -> None:
    """Wait until the directory's new name is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
