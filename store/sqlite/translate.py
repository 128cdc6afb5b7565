"""The one place where errors of the driver and of the file system become the store's own."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import (
    BadPermissions,
    Corrupt,
    Duplicate,
    Frozen,
    Full,
    Missing,
    ReadOnly,
    Refused,
    Stale,
    StoreError,
    Unavailable,
)

_PRIMARY = 0xFF
_NEW_IS_OLD = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_ROWID,
}
_FROZEN = "the store is moved"
"""What the guard says that stops acts in a store that is moved."""
_OLD_IS_GONE = {sqlite3.SQLITE_CONSTRAINT_TRIGGER, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn whatever SQLite raises inside into a StoreError about the store at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, path) from error


def translate(error: sqlite3.Error, path: Path) -> StoreError:
    """Say in the store's own terms what an error of SQLite means."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        if isinstance(error, sqlite3.OperationalError) and "UTF-8" in str(error):  # Python's own: no text
            return _damaged(path)
        return Unavailable(f"The store {path} is closed or was used wrongly.")
    primary = code & _PRIMARY
    if primary == sqlite3.SQLITE_CONSTRAINT:
        return _constraint(code, error, path)
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}:
        return Unavailable(f"The store {path} is locked by another program. Try again in a moment.")
    if code == sqlite3.SQLITE_READONLY_DBMOVED or (primary == sqlite3.SQLITE_CANTOPEN and not path.exists()):
        return missing(path)
    if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return read_only(path)
    if primary == sqlite3.SQLITE_FULL:
        return full(path)
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return _damaged(path)
    if primary in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM}:
        return Unavailable(
            f"The disk failed, or a quota was reached, while the store {path} was in use. Try again."
        )
    if primary == sqlite3.SQLITE_INTERRUPT:
        return Unavailable(f"Work on the store {path} was interrupted. Try again.")
    return Refused(f"The store {path} refused a statement ({getattr(error, 'sqlite_errorname', 'unknown')}).")


def _constraint(code: int, error: sqlite3.Error, path: Path) -> StoreError:
    """Tell a second of its kind from a thing that has changed, and both from a bad value."""
    if code in _NEW_IS_OLD:
        return Duplicate("There is one like this already.")
    if str(error) == _FROZEN:
        return Frozen(f"The store {path} is being moved, so nothing was changed. Try again in a moment.")
    if code in _OLD_IS_GONE:
        return Stale("This has changed in the meantime.")
    return Refused(f"The store refused a value ({getattr(error, 'sqlite_errorname', 'unknown')}).")


def translate_os(error: OSError, path: Path) -> StoreError:
    """Say in the store's own terms what an error of the file system means."""
    if error.errno == errno.EROFS:
        return read_only(path)
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return full(path)
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return missing(path)
    if error.errno == errno.EEXIST:
        return Duplicate(f"There is a file at {path} already; it was left as it is.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return BadPermissions(f"You may not use the store at {path}. Run as the user who owns it.")
    return Unavailable(f"The store {path} cannot be reached: {error.strerror}.")


def _damaged(path: Path) -> Corrupt:
    """Say that what is in the file cannot be read."""
    return Corrupt(f"The file {path} is damaged or is not a Strongroom store. Restore it from a backup.")


def closed(path: Path) -> Unavailable:
    """Say that the store was closed."""
    return Unavailable(f"The store {path} is closed.")


def missing(path: Path) -> Missing:
    """Say that no store is there, and that none was made."""
    return Missing(f"There is no store at {path}. None was made in its place.")


def read_only(path: Path) -> ReadOnly:
    """Say that the store cannot be written."""
    return ReadOnly(f"The store {path} is read-only, so nothing was changed. Make its file system writable.")


def full(path: Path) -> Full:
    """Say that there is no room."""
    return Full(f"There is no room left for the store {path}, so nothing was changed. Free some disk space.")
