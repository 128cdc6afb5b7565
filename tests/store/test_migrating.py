"""Migrations run once, in order, each whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from store.errors import Corrupt, NewerSchema, Refused
from store.schema import Migration, packaged
from store.sqlite.migrating import APPLICATION_ID, migrate, recognise, statements


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    opened = sqlite3.connect(tmp_path / "empty.db", isolation_level=None)
    yield opened
    opened.close()


FIRST = Migration(1, "first", "CREATE TABLE first (n INTEGER) STRICT;\n")
SECOND = Migration(2, "second", "CREATE TABLE second (n INTEGER) STRICT;\n")
PLACE = Path("/srv/strongroom.db")


def tables(connection: sqlite3.Connection) -> set[str]:
    """The tables that are there."""
    return {
        str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }


def test_the_packaged_migrations_are_numbered_from_one_without_a_gap() -> None:
    for dialect in ("sqlite", "postgresql"):
        steps = packaged(dialect)
        assert [one.version for one in steps] == list(range(1, len(steps) + 1))


def test_each_migration_is_applied_and_recorded_with_its_checksum(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST, SECOND])
    rows = connection.execute(
        "SELECT version, name, checksum FROM schema_migrations ORDER BY version"
    ).fetchall()
    assert rows == [(one.version, one.name, one.checksum) for one in (FIRST, SECOND)]
    assert tables(connection) == {"first", "second", "schema_migrations"}
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_migrating_again_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST])
    before = connection.execute("SELECT * FROM schema_migrations").fetchall()
    migrate(connection, PLACE, [FIRST])
    assert connection.execute("SELECT * FROM schema_migrations").fetchall() == before


def test_an_older_store_gets_only_what_it_lacks(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST])
    migrate(connection, PLACE, [FIRST, SECOND])
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_migration_that_fails_leaves_nothing_of_itself(connection: sqlite3.Connection) -> None:
    broken = replace(SECOND, sql=f"{SECOND.sql}DROP TABLE nowhere;\n")
    with pytest.raises(Refused):
        migrate(connection, PLACE, [FIRST, broken])
    assert tables(connection) == {"first", "schema_migrations"}
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_store_ahead_of_the_program_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST, SECOND])
    with pytest.raises(NewerSchema, match="schema 2, and this program knows only 1"):
        migrate(connection, PLACE, [FIRST])


def test_a_store_made_by_other_steps_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST])
    with pytest.raises(NewerSchema, match="different build"):
        migrate(connection, PLACE, [replace(FIRST, sql=FIRST.sql + "-- edited\n")])


def test_a_store_that_lost_its_records_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, PLACE, [FIRST])
    connection.execute("DELETE FROM schema_migrations")
    with pytest.raises(Corrupt):
        migrate(connection, PLACE, [FIRST])


def test_a_database_of_another_program_is_not_recognised(connection: sqlite3.Connection) -> None:
    with pytest.raises(Corrupt, match="not a Strongroom store"):
        recognise(connection, PLACE)


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN\n    SELECT 1;\n    SELECT 2;\nEND;\n"
    assert list(statements("SELECT 0;\n" + trigger)) == ["SELECT 0;\n", trigger]
