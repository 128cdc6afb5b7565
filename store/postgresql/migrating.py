"""Migrating a store on a server: each step once and in order, safe when many processes open at once."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from store import unfinished
from store.errors import Duplicate, Missing
from store.postgresql.address import SCHEMA
from store.postgresql.bell import CHANNEL, MIGRATED
from store.postgresql.connections import lock_key
from store.postgresql.translate import translated, unlike_ours
from store.schema import Migration, compare

LOCK = lock_key("strongroom: migrating")
"""Who makes, migrates or removes a store holds this."""
_OLDEST = 150000
MARK = f"{SCHEMA}.{unfinished.TABLE}"
"""The mark of a store that is not finished, as the server knows it."""

_CREATE = f"""
CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.schema_migrations (
    version    BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    checksum   TEXT NOT NULL
);
"""
_LOOK = """
SELECT to_regclass($1) IS NOT NULL FROM (SELECT count(*) FROM pg_catalog.pg_namespace) AS all_schemas
"""
_NOTE = f"""
INSERT INTO {SCHEMA}.schema_migrations (version, name, applied_at, checksum)
VALUES ($1, $2, (EXTRACT(epoch FROM now()) * 1000000)::bigint, $3)
"""  # noqa: S608 - a name of ours


async def prepare(
    connection: asyncpg.Connection,
    place: str,
    migrations: Sequence[Migration],
    *,
    create: bool,
    mark: str | None = None,
) -> None:
    """Make the store where that is asked for, and bring its schema up to the newest migration.

    All of it is one transaction under one lock, so a store is made whole or not at all.
    A new store gets the mark that is given; one that is there must bear just this one.
    Raises Duplicate, Missing, NewerSchema, Corrupt, Unfinished, Stale, or Unavailable where the server
    cannot keep a store.
    """
    with translated(place):
        await _require_fit(connection, place)
        found = await read_mark(connection)
        if found is not None or (mark is not None and not create and await _is_there(connection)):
            unfinished.require(place, found, None if create else mark)
        if not create and await _is_up_to_date(connection, place, migrations):
            return
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            is_there = await _is_there(connection)
            if create:
                if is_there:
                    raise Duplicate(f"There is a store at {place} already; it was left as it is.")
                await connection.execute(_CREATE)
            elif not is_there:
                raise Missing(f"There is no store at {place}. None was made in its place.")
            await _apply_missing(connection, place, migrations)
            if create and mark is not None:
                await put_mark(connection, mark)


async def read_mark(connection: asyncpg.Connection) -> str | None:
    """Read what was begun and not finished of a store; None of a finished one, or where there is none."""
    if not await holds(connection, unfinished.TABLE):
        return None
    return await connection.fetchval(f"SELECT what FROM {MARK}")  # type: ignore[no-any-return]  # noqa: S608 - ours


async def put_mark(connection: asyncpg.Connection, what: str) -> None:
    """Put a mark on a store that is being made, in the transaction that makes it."""
    await connection.execute(f"CREATE TABLE {MARK} (what TEXT NOT NULL)")
    await connection.execute(f"INSERT INTO {MARK} (what) VALUES ($1)", what)  # noqa: S608 - a name of ours


async def _require_fit(connection: asyncpg.Connection, place: str) -> None:
    """Refuse a server that is too old, or a database whose text is not UTF-8."""
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < _OLDEST:
        raise unlike_ours(place, f"the server is PostgreSQL {version // 10000}, and 15 or newer is needed")
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise unlike_ours(place, f"the database's encoding is {encoding}, and UTF8 is needed")


async def holds(connection: asyncpg.Connection, table: str) -> bool:
    """Whether a table of ours is in the database.

    A table of the catalogue is read with it. A session that has found no schema of a name goes on finding
    none while its transaction touches no table, and behind a lock would miss what was made meanwhile.
    """
    return await connection.fetchval(_LOOK, f"{SCHEMA}.{table}")  # type: ignore[no-any-return]


async def _is_there(connection: asyncpg.Connection) -> bool:
    """Whether a store is in the database."""
    return await holds(connection, "schema_migrations")


async def _is_up_to_date(connection: asyncpg.Connection, place: str, migrations: Sequence[Migration]) -> bool:
    """Whether nothing is to be done; looked at without any lock."""
    if not await _is_there(connection):
        raise Missing(f"There is no store at {place}. None was made in its place.")
    return await _version(connection, place, migrations) == migrations[-1].version


async def _version(connection: asyncpg.Connection, place: str, migrations: Sequence[Migration]) -> int:
    """Read how far the store has been migrated, and refuse one that came about otherwise."""
    rows = await connection.fetch(f"SELECT version, checksum FROM {SCHEMA}.schema_migrations")  # noqa: S608 - a name of ours
    applied = {row["version"]: row["checksum"] for row in rows}
    version = max(applied, default=0)
    compare(place, version, applied, migrations)
    return version


async def _apply_missing(connection: asyncpg.Connection, place: str, migrations: Sequence[Migration]) -> None:
    """Apply what the store has not had yet; programs that run are told at the commit.

    No act is under way meanwhile: it would be finished by rules that are older than the store.
    """
    version = await _version(connection, place, migrations)
    if 0 < version < migrations[-1].version:
        await connection.execute(f"LOCK TABLE {SCHEMA}.acts IN SHARE ROW EXCLUSIVE MODE")
    for migration in migrations:
        if migration.version > version:
            await connection.execute(migration.sql)
            await connection.execute(_NOTE, migration.version, migration.name, migration.checksum)
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, MIGRATED)
