"""Small files for their owner alone: written whole or not at all, refused where others may reach them."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from shlex import quote

MAX_BYTES = 4096
"""Nothing that is kept so is longer."""


class UnsafeFile(Exception):
    """A file that should be private belongs to another user, is open to others or is no plain file."""

    def __init__(self, path: Path, reason: str) -> None:
        """Say of which file, and why it is not read."""
        super().__init__(f"{path} {reason}")
        self.path: Path = path
        self.reason: str = reason


def read_private(path: Path) -> str | None:
    """The text of a private file; None where there is none.

    Raises:
        UnsafeFile: the file is a link, is not ours, or its mode gives anything to others.
        OSError: it cannot be read.
    """
    try:
        # NONBLOCK: a named pipe put in its place must not make us wait.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_symlink():
            raise UnsafeFile(path, "is a link, and was not followed") from error
        raise
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise UnsafeFile(path, "is not a plain file")
        if found.st_uid != os.geteuid():
            raise UnsafeFile(path, "belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise UnsafeFile(path, "is open to other users")
        return file.read(MAX_BYTES).decode("utf-8", "replace")


def write_private(path: Path, text: str) -> None:
    """Replace a private file in one step; after a crash it holds the old text or the new.

    Raises:
        OSError: it cannot be written, and the old text still stands.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def require_room(beside: Path) -> None:
    """Find out before something is done whether a private file could be written after it.

    Raises:
        OSError: it could not; nothing is left of the trial.
    """
    draft = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(MAX_BYTES))
    finally:
        draft.unlink(missing_ok=True)


def access_mended(path: Path, error: OSError) -> str:
    """What helps whoever may not read a file; empty where something else is wrong with it."""
    if error.errno != errno.EACCES:
        return ""
    try:
        owner = path.stat().st_uid
    except OSError:
        return "A directory above it is closed to you. Run as the user whose it is."
    if owner == os.geteuid():
        return f"Open it for yourself with: chmod 600 {quote(str(path))}"
    return "It belongs to another user. Run as that user, or name another place."


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a loss of power."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
