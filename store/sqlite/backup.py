"""Copying a store of a file out and in: one snapshot while people work, small steps, checked at its end."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.backup import (
    ACCOUNTS_SQL,
    EVENTS_SQL,
    HEADS_SQL,
    MOVING_SQL,
    SCHEMA_SQL,
    Copied,
    Head,
    Kind,
    Progress,
    require_stays,
)
from store.errors import BadPermissions, Corrupt, Unavailable
from store.integrity import UNSOUND_CHAINS, UNSOUND_HEADS
from store.sqlite.connections import Access, connect_now, empty_log, settle
from store.sqlite.custody import check_custody
from store.sqlite.migrating import put_mark, read_mark, recognise
from store.sqlite.translate import translate_os, translated
from store.unfinished import Cut

_BUSY_TIMEOUT = 30.0
_PAGES = 1000
"""Pages of one step; between two of them somebody may ask for an end."""
_PIECE = 1 << 20


def copy_out(source: Path, draft: Path, progress: Progress) -> Copied:
    """Copy a store into an empty file as it stood at one moment, while others write.

    The source's read transaction is kept from the first page to the last: without it the copy would
    begin anew whenever somebody writes, and on a busy store never end. The copy bears the mark of a
    backup, so that nobody uses it as a store by hand, and is one file without a log beside it.
    Raises what opening a store raises, and Full.
    """
    check_custody(source)
    access = Access(source, _BUSY_TIMEOUT, durable=True)
    reader = connect_now(access)
    try:
        settle(reader, access, writes=False)
        with translated(source):
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        _copy(reader, source, draft, progress)
    finally:
        reader.close()
    return _settle_copy(source, draft)


def _copy(reader: sqlite3.Connection, source: Path, draft: Path, progress: Progress) -> None:
    """Copy every page of a snapshot."""
    with translated(source):
        size = int(reader.execute("PRAGMA page_size").fetchone()[0])
    with translated(draft):
        writer = sqlite3.connect(f"{draft.as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            writer.execute("PRAGMA synchronous = OFF")  # all of it is forced to the disk at the end
            reader.backup(
                writer,
                pages=_PAGES,
                progress=lambda _, left, total: progress((total - left) * size, total * size),
                sleep=0,
            )
        finally:
            writer.close()


def _settle_copy(source: Path, draft: Path) -> Copied:
    """Make the copy one file that is marked, whole and on the disk, and tell what lies in it.

    Raises Corrupt where it is not whole, and Frozen.
    """
    writer = sqlite3.connect(f"{draft.as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        with translated(draft):
            writer.execute("PRAGMA journal_mode = DELETE").fetchone()
            put_mark(writer, draft, Cut.BACKUP)
        check_pages(writer, draft)
        copied = _describe(writer, source, draft)
    finally:
        writer.close()
    descriptor = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return copied


def _describe(connection: sqlite3.Connection, source: Path, draft: Path) -> Copied:
    """Tell what lies in a copy whose audit ends where it should.

    Raises Corrupt, or Frozen where the store was being moved.
    """
    with translated(draft):
        moving = connection.execute(MOVING_SQL).fetchone()
        require_stays(None if moving is None else str(moving[0]), str(source))
        if any(connection.execute(sql).fetchone() for sql in (UNSOUND_HEADS, UNSOUND_CHAINS)):
            raise Corrupt("The audit of the copy does not end where it should. The store itself is damaged.")
        schema, accounts, events = (
            int(connection.execute(sql).fetchone()[0]) for sql in (SCHEMA_SQL, ACCOUNTS_SQL, EVENTS_SQL)
        )
        heads = tuple(Head(*row) for row in connection.execute(HEADS_SQL))
    return Copied(Kind.SQLITE, schema, accounts, events, heads)


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Check every page, index, constraint and reference of a file that nobody else has open.

    Raises Corrupt.
    """
    with translated(path):
        findings = connection.execute("PRAGMA integrity_check(1)").fetchall()
        strays = connection.execute("PRAGMA foreign_key_check").fetchone()
    if findings != [("ok",)] or strays is not None:
        raise Corrupt(f"The file {path} is damaged.")


def gather(draft: Path) -> None:
    """Bring all of a draft that was worked on into its one file, before it gets its name."""
    connection = connect_now(Access(draft, _BUSY_TIMEOUT, durable=True))
    try:
        settle(connection, Access(draft, _BUSY_TIMEOUT, durable=True))
        empty_log(connection, draft)
    finally:
        connection.close()


@contextmanager
def held(path: Path) -> Iterator[str | None]:
    """Keep other restores of a file out, and give the mark that it bears.

    The lock is on the directory: one on the file itself would be SQLite's.
    Raises Unavailable where another one is under way, and what opening a store raises.
    """
    check_custody(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"Another restore of the store {path} is under way.") from None
        connection = connect_now(Access(path, _BUSY_TIMEOUT, durable=True))
        try:
            recognise(connection, path)
            mark = read_mark(connection, path)
        finally:
            connection.close()
        yield mark
    finally:
        os.close(directory)


def copy_in(source: int, length: int, draft: Path, progress: Progress) -> None:
    """Copy the first bytes of an open backup into an empty file that is to become a store.

    Raises Corrupt where the file is shorter, Full, or Unavailable.
    """
    done = 0
    try:
        with open(draft, "r+b") as file:
            while done < length:
                piece = os.pread(source, min(_PIECE, length - done), done)
                if not piece:
                    raise Corrupt("The backup ended in the middle.")
                file.write(piece)
                done += len(piece)
                progress(done, length)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise translate_os(error, draft) from error


def open_backup(path: Path) -> int:
    """Open a file that may be a backup, for reading alone; whoever opens it closes it.

    Raises Missing, BadPermissions, Corrupt or Unavailable.
    """
    try:
        # NONBLOCK: a named pipe must not make us wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise BadPermissions(f"{path} is a symbolic link. Name the backup itself.") from error
        raise translate_os(error, path) from error
    try:
        _require_private(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_private(path: Path, found: os.stat_result) -> None:
    """Refuse what is no file, what others could read or have written, and what has a log beside it."""
    if not stat.S_ISREG(found.st_mode):
        raise Corrupt(f"{path} is not a file.")
    if found.st_uid not in (0, os.geteuid()):
        raise BadPermissions(f"The backup {path} belongs to another user.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise BadPermissions(f"The backup {path} is open to other users. Close it with: chmod 600")
    if any(os.path.lexists(f"{path}{ending}") for ending in ("-wal", "-journal")):
        raise Unavailable(
            f"Beside {path} lies a log of SQLite: it is a store, or was copied by hand."
            " Make a backup with: strongroom admin backup FILE"
        )
