"""Migrations: numbered SQL files, each applied once and in order, safe when many processes open at once."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from store.errors import Corrupt, NewerSchema
from store.translate import translated

APPLICATION_ID = 0x53_74_72_6D
"""What marks a SQLite file as ours: "Strm"."""

_CREATE = """CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    checksum   TEXT NOT NULL
) STRICT"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    version: int
    """Its number, from 1 without gaps."""
    name: str
    """What it brings, as its file is called."""
    sql: str
    """Its statements."""

    @property
    def checksum(self) -> str:
        """SHA-256 of the statements: a step that was applied is never edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def packaged(dialect: str = "sqlite") -> Sequence[Migration]:
    """Read the migrations that came with the program, in order."""
    found = []
    for item in files("store").joinpath("migrations", dialect).iterdir():
        match = re.fullmatch(r"([0-9]{4})_([a-z0-9_]+)\.sql", item.name)
        if match:
            found.append(Migration(int(match[1]), match[2], item.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring a store up to the newest migration; an empty file becomes a store.

    Raises NewerSchema where it is ahead of the program, Corrupt where it does not say how it came about.
    """
    with translated(path):
        _compare(connection, path, migrations)
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


def _read_state(connection: sqlite3.Connection) -> tuple[int, dict[int, str]]:
    """Read how far the store was migrated and by what checksums, in one snapshot: others may be migrating."""
    connection.execute("BEGIN")
    try:
        version = _version(connection)
        rows = connection.execute("SELECT version, checksum FROM schema_migrations") if version else ()
        return version, dict(rows)
    finally:
        connection.rollback()


def _compare(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Refuse a store that is ahead of us, or that was migrated by other steps than ours."""
    version, applied = _read_state(connection)
    newest = migrations[-1].version
    if version > newest:
        raise NewerSchema(
            f"The store {path} has schema {version}, and this program knows only {newest}."
            " Install the newer Strongroom that made it."
        )
    if sorted(applied) != list(range(1, version + 1)):
        raise Corrupt(f"The store {path} does not say how it came to schema {version}.")
    if any(applied.get(one.version, one.checksum) != one.checksum for one in migrations):
        raise NewerSchema(f"The schema of the store {path} was made by a different build of Strongroom.")


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
