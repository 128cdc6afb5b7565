"""The store's files and who may touch them: 0600 in a directory of 0700, owned by whoever runs us (R106)."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote

from store.errors import BadPermissions, Corrupt, Duplicate, Unavailable, UnsupportedUrl
from store.sqlite.translate import read_only, translate_os

SCHEME = "sqlite://"
_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700


def path_of(url: str) -> Path:
    """Read the path from `sqlite:///ABSOLUTE/PATH`, which is taken literally, without %-escapes."""
    path = url.removeprefix(SCHEME)
    if not url.startswith(SCHEME) or not path.startswith("/") or "\0" in path or path.endswith("/"):
        raise UnsupportedUrl("A store is named sqlite:///ABSOLUTE/PATH. No other kind is known yet.")
    return Path(path)


def identity(path: Path) -> tuple[int, int]:
    """Tell which file lies at a path now, so that a store that was taken away is noticed."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise translate_os(error, path) from error
    return found.st_dev, found.st_ino


def check_custody(path: Path) -> None:
    """Refuse a store that is missing, that others could touch, or that cannot be written.

    Raises Missing, BadPermissions, ReadOnly or Corrupt, in this order.
    """
    try:
        found = path.lstat()
        directory = path.parent.stat()
    except OSError as error:
        raise translate_os(error, path) from error
    _check_mode(path.parent, directory, _DIRECTORY_MODE)
    if stat.S_ISLNK(found.st_mode):
        raise BadPermissions(f"{path} is a symbolic link. Name the store itself: {path.resolve()}")
    if not stat.S_ISREG(found.st_mode):
        raise Corrupt(f"{path} is not a file.")
    _check_mode(path, found, _FILE_MODE)
    for companion in _companions(path):
        # Whoever closes a store as the last one takes them away, perhaps since a moment ago.
        with suppress(FileNotFoundError):
            _check_mode(companion, companion.lstat(), _FILE_MODE)
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise read_only(path)


def _companions(path: Path) -> Iterator[Path]:
    """Give the files that SQLite keeps beside the store while somebody has it open."""
    for ending in ("-wal", "-shm"):
        yield path.with_name(path.name + ending)


def _check_mode(path: Path, found: os.stat_result, wanted: int) -> None:
    """Refuse a file or directory that is not ours alone, and say the command that mends it."""
    if found.st_uid != os.geteuid():
        raise BadPermissions(
            f"{path} belongs to another user. Run as that user, or: chown {os.geteuid()} {quote(str(path))}"
        )
    mode = stat.S_IMODE(found.st_mode) & 0o777
    if mode != wanted:
        raise BadPermissions(
            f"{path} has the mode {mode:04o} in place of {wanted:04o}."
            f" Mend it with: chmod {wanted:o} {quote(str(path))}"
        )


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty private file to fill, which becomes `path` at the end, whole or not at all.

    Raises Duplicate where there is something at `path`; nothing is ever replaced.
    """
    draft = path.with_name(f".{path.name}.new-{secrets.token_hex(8)}")
    try:
        _make_directory(path.parent)
        if os.path.lexists(path):
            raise Duplicate(f"There is a file at {path} already; it was left as it is.")
        _refuse_old_log(path)
        _make_private(draft)
    except OSError as error:
        raise translate_os(error, path) from error
    try:
        yield draft
        os.link(draft, path)
        _sync_directory(path.parent)
    except OSError as error:
        raise translate_os(error, path) from error
    finally:
        for leftover in (draft, *_companions(draft)):
            leftover.unlink(missing_ok=True)


def _refuse_old_log(path: Path) -> None:
    """Refuse a name beside which the log of a lost file lies: SQLite would write it into the new one."""
    for ending in ("-wal", "-journal"):
        log = path.with_name(path.name + ending)
        if os.path.lexists(log):
            raise Duplicate(
                f"There is no file at {path}, but the log of one that was there, {log}; it was left as it is."
            )


def _make_directory(directory: Path) -> None:
    """Make the store's directory, private from its first moment, or check the one that is there."""
    if not directory.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=_DIRECTORY_MODE, exist_ok=True)
    found = directory.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise Unavailable(f"{directory} is no directory.")
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o777 != _DIRECTORY_MODE:
        # It may be /tmp: whoever closed that on our word would close it to everybody.
        raise BadPermissions(
            f"The directory {directory} is not closed to other users. Name a place in a directory of its own."
            f" Where this one is for nothing else: chmod 700 {quote(str(directory))}"
        )
    _check_mode(directory, found, _DIRECTORY_MODE)


def _make_private(path: Path) -> None:
    """Make an empty file that was never open to others, whatever the umask."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
    try:
        os.fchmod(descriptor, _FILE_MODE)
    finally:
        os.close(descriptor)


def _sync_directory(directory: Path) -> None:
    """Make the new name durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
