"""Migrating a file: each step once and in order, safe when many processes open at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from store.errors import Corrupt
from store.schema import Migration, compare
from store.sqlite.translate import translated
from store.unfinished import CREATE, TABLE

APPLICATION_ID = 0x53_74_72_6D
"""What marks a SQLite file as ours: "Strm"."""

_CREATE = """CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    checksum   TEXT NOT NULL
) STRICT"""


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring a store up to the newest migration; an empty file becomes a store.

    Raises NewerSchema where it is ahead of the program, Corrupt where it does not say how it came about.
    """
    with translated(path):
        compare(str(path), *_read_state(connection), migrations)
        for migration in migrations:
            if _version(connection) < migration.version:
                _apply(connection, migration)


def _version(connection: sqlite3.Connection) -> int:
    """Read how far the store has been migrated."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def recognise(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that this program did not make, an empty one included, before anything is written to it.

    Raises Corrupt.
    """
    with translated(path):
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
    if mark != APPLICATION_ID:
        raise Corrupt(f"The file {path} is not a Strongroom store. It was left as it is.")


def read_mark(connection: sqlite3.Connection, path: Path) -> str | None:
    """Read what was begun and not finished of a store; None of a finished one."""
    with translated(path):
        there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)).fetchone()
        found = connection.execute(f"SELECT what FROM {TABLE}").fetchone() if there else None  # noqa: S608 - ours
    return str(found[0]) if found else None


def put_mark(connection: sqlite3.Connection, path: Path, what: str | None) -> None:
    """Put a mark on a store that is being made, where one is given."""
    if what is not None:
        with translated(path):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(CREATE)
            connection.execute(f"INSERT INTO {TABLE} (what) VALUES (?)", (what,))  # noqa: S608 - ours
            connection.execute("COMMIT")


def _read_state(connection: sqlite3.Connection) -> tuple[int, dict[int, str]]:
    """Read how far the store was migrated and by what checksums, in one snapshot: others may be migrating."""
    connection.execute("BEGIN")
    try:
        version = _version(connection)
        rows = connection.execute("SELECT version, checksum FROM schema_migrations") if version else ()
        return version, dict(rows)
    finally:
        connection.rollback()


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    """Apply one migration in one transaction, unless another process was quicker."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < migration.version:
            connection.execute(_CREATE)
            for statement in statements(migration.sql):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_migrations (version, name, applied_at, checksum)"
                " VALUES (?, ?, strftime('%s', 'now') * 1000000, ?)",
                (migration.version, migration.name, migration.checksum),
            )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {migration.version}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def statements(script: str) -> Iterator[str]:
    """Split a script into its statements, triggers kept whole; executescript would commit in between."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
