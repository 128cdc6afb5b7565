"""Saving a file that only its owner may read, on the machine of the program: whole, or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

T = TypeVar("T")


class NotSaved(Exception):
    """The file was not written; the sentence says why and what stands there now."""

    def __init__(self, sentence: str) -> None:
        """Keep the sentence for a person."""
        super().__init__(sentence)
        self.sentence = sentence
        """Why, in our own words; holds no path."""


class NameTaken(NotSaved):
    """Something stands there already, and was left as it is."""


class NoPlace(NotSaved):
    """There is no folder where the file is to lie."""


_TAKEN = "There is a file of that name already. Nothing was written; choose another name."

_REASONS = {
    errno.EEXIST: _TAKEN,
    errno.ENOENT: "That folder does not exist. Nothing was written.",
    errno.ENOTDIR: "That folder does not exist. Nothing was written.",
    errno.EACCES: "You may not write there. Nothing was written.",
    errno.EPERM: "You may not write there. Nothing was written.",
    errno.EROFS: "That disk is read-only. Nothing was written.",
    errno.ENOSPC: "The disk is full. Nothing was kept.",
    errno.EDQUOT: "Your share of the disk is full. Nothing was kept.",
    errno.EISDIR: "That is a folder. Nothing was written; add a file name.",
    errno.ENAMETOOLONG: "That name is too long. Nothing was written.",
    errno.ELOOP: "That path leads in a circle. Nothing was written.",
    errno.EIO: "The disk reported a fault. Nothing was kept.",
}

_KINDS: dict[int, type[NotSaved]] = {
    errno.EEXIST: NameTaken,
    errno.EISDIR: NameTaken,
    errno.ENOENT: NoPlace,
    errno.ENOTDIR: NoPlace,
}

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
"""How a disk answers that knows no second name for a file."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class PrivateFile:
    """A new file of mode 0600 that has its name only once all of it is on the disk.

    Until then it lies beside its place as `.strongroom-….part`, which is all that a killed program leaves.
    Every call blocks: make them in a thread, one after the other, and end with `close`, or with `discard`
    where it is not to stay. The others raise NotSaved.
    """

    def __init__(self, path: Path) -> None:
        """Name it; nothing is done yet."""
        self.path: Path = path
        """Where it will lie."""
        self._folder: int | None = None
        self._draft: str | None = None
        self._file: BinaryIO | None = None
        self._is_there = False
        self._is_kept = False

    def begin(self) -> None:
        """Make the draft, unless something stands at its place already."""
        try:
            # The folder is held: whoever moves another one to its path moves nothing of ours.
            self._folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._refuse_taken()
            draft = f".strongroom-{secrets.token_hex(8)}.part"
            handle = os.open(draft, _NEW, 0o600, dir_fd=self._folder)
            self._draft = draft
            self._file = os.fdopen(handle, "wb")
            os.fchmod(handle, 0o600)
        except (OSError, ValueError) as error:
            self.discard()
            raise _not_saved(error) from None

    def write(self, data: bytes) -> None:
        """Add to it."""
        try:
            self._open().write(data)
        except OSError as error:
            self.discard()
            raise _not_saved(error) from None

    def keep(self) -> None:
        """Bring all of it to the disk and give it its name; what took the name meanwhile is left as it is."""
        file = self._open()
        try:
            file.flush()
            os.fsync(file.fileno())
            self._give_name()
            os.fsync(self._held())
            self._is_kept = True
        except OSError as error:
            self.discard()
            raise _not_saved(error) from None

    def discard(self, *, even_kept: bool = False) -> None:
        """Leave nothing of it, unless it was kept; again is harmless."""
        if self._folder is not None and (even_kept or not self._is_kept):
            for name in (self._draft, self.path.name if self._is_there else None):
                if name is not None:
                    with suppress(OSError):
                        os.unlink(name, dir_fd=self._folder)
        self._draft, self._is_there = None, False
        self.close()

    def close(self) -> None:
        """Let go of what is open."""
        file, self._file = self._file, None
        folder, self._folder = self._folder, None
        with suppress(OSError):  # what was not written yet is not wanted any more
            if file is not None:
                file.close()
        if folder is not None:
            os.close(folder)

    def _refuse_taken(self) -> None:
        """Find out before anything is written what would be found out at the end."""
        if not self.path.name:  # the root, or the folder that one stands in
            raise IsADirectoryError(errno.EISDIR, "")
        try:
            found = os.lstat(self.path.name, dir_fd=self._held())
        except FileNotFoundError:
            return
        raise OSError(errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EEXIST, "")

    def _give_name(self) -> None:
        """Name the draft; a second name for a file fails where that is taken, even by a link."""
        folder, draft, name = self._held(), self._draft, self.path.name
        if draft is None:
            raise AssertionError("nothing to name")
        try:
            os.link(draft, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(name, _NEW, 0o600, dir_fd=folder))  # ours from now on, and empty
            self._is_there = True
            os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            self._is_there = True
            os.unlink(draft, dir_fd=folder)
        self._draft = None

    def _open(self) -> BinaryIO:
        """The open draft."""
        if self._file is None:
            raise AssertionError("nothing was begun")
        return self._file

    def _held(self) -> int:
        """The folder."""
        if self._folder is None:
            raise AssertionError("nothing was begun")
        return self._folder


def path_of(typed: str, ending: str, endings: Sequence[str]) -> Path | None:
    """The whole path of what was typed, with its ending among those there are; None for no name at all.

    Raises:
        RuntimeError: for the home of someone whom the machine does not know.
    """
    typed = typed.strip()
    if not typed or typed.endswith("/"):
        return None
    path = Path(typed).expanduser().absolute()
    bare = path.with_suffix("") if path.suffix.lower() in endings else path
    return bare.with_name(bare.name + ending)


def save_private(path: Path, content: bytes) -> None:
    """Write a new file of mode 0600 and put it on the disk; what stands there already is never touched.

    Blocks: call it in a thread.

    Raises:
        NotSaved: and no half-written file is left.
    """
    file = PrivateFile(path)
    file.begin()
    file.write(content)
    file.keep()
    file.close()


async def save_pieces(path: Path, pieces: AsyncIterator[bytes]) -> None:
    """Write a new file of mode 0600 piece by piece; cancelled or failed anywhere, nothing of it is left.

    Raises:
        NotSaved: and whatever the pieces raise.
    """
    file = PrivateFile(path)
    try:
        await _seen_through(file.begin)
        async for piece in pieces:
            await _seen_through(partial(file.write, piece))
        await _seen_through(file.keep)
        file.close()
    except BaseException:
        await _seen_through(partial(file.discard, even_kept=True))
        raise


async def _seen_through(work: Callable[[], T]) -> T:
    """Have work done in a thread and wait for its end, however often this task is cancelled meanwhile."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # is of no interest to whoever left
        raise


def _not_saved(error: OSError | ValueError) -> NotSaved:
    """Say why a file could not be written."""
    number = (error.errno if isinstance(error, OSError) else None) or 0
    kind = _KINDS.get(number, NotSaved)
    return kind(_REASONS.get(number, "The file could not be written there."))
