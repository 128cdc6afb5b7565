"""Migrations of a store on a server: once, in order, whole or not at all, with the columns of a file."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from store.backup import copy_out
from store.errors import Corrupt, Duplicate, Missing, NewerSchema, StoreError, Unavailable
from store.postgresql.migrating import LOCK, prepare
from store.schema import Migration, packaged
from store.sqlite.custody import new_file
from store.store import open_store
from tests import postgresql
from tests.store.children import later, migrate_and_die, processes
from tests.store.outside import outside
from tests.store.samples import opened

OWN = "SELECT version FROM schema_migrations ORDER BY version"


@pytest.fixture
def url() -> Iterator[str]:
    """A database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
async def made(url: str) -> str:
    """A database with a store, closed."""
    async with opened(url, create=True):
        pass
    return url


async def migrate(url: str, *more: Migration, create: bool = False) -> None:
    """Prepare a store by a program that knows more migrations."""
    driver = await asyncpg.connect(url)
    try:
        await prepare(driver, "the place", [*packaged("postgresql"), *more], create=create)
    finally:
        await driver.close()


async def tables(url: str) -> set[object]:
    """Which tables of ours there are."""
    rows = await outside(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'strongroom'")
    return {row["tablename"] for row in rows}


async def test_both_engines_have_the_same_tables_columns_and_steps(made: str, tmp_path: Path) -> None:
    """Name and order of the columns: what is moved from one to the other relies on it."""
    file = f"sqlite://{tmp_path}/private/strongroom.db"
    async with opened(file, create=True):
        pass
    ours = await outside(
        made,
        "SELECT table_name AS name, column_name AS col, is_nullable = 'NO' AS needed"
        " FROM information_schema.columns WHERE table_schema = 'strongroom'"
        " ORDER BY table_name, ordinal_position",
    )
    theirs = await outside(
        file,
        'SELECT m.name AS name, c.name AS col, c."notnull" OR c.pk AS needed FROM sqlite_schema m'
        " JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        " ORDER BY m.name, c.cid",
    )
    only_there = {("changes", "entry")}
    on_server = [row for row in ours if (row["name"], row["col"]) not in only_there]
    assert [(row["name"], row["col"]) for row in on_server] == [(row["name"], row["col"]) for row in theirs]
    needed = {(row["name"], row["col"]) for row in on_server if row["needed"]}
    assert needed | {("changes", "seq")} == {(row["name"], row["col"]) for row in theirs if row["needed"]}
    steps = [[(one.version, one.name) for one in packaged(dialect)] for dialect in ("sqlite", "postgresql")]
    assert steps[0] == steps[1]


async def test_text_is_compared_byte_by_byte_in_every_column(made: str) -> None:
    kinds = await outside(
        made,
        "SELECT DISTINCT t.typname AS kind, c.collname AS collation FROM pg_attribute a"
        " JOIN pg_class r ON r.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid"
        " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
        " WHERE r.relnamespace = 'strongroom'::regnamespace AND r.relkind = 'r' AND a.attnum > 0"
        " AND r.relname <> 'schema_migrations'",
    )
    assert {(row["kind"], row["collation"]) for row in kinds} <= {
        ("text", "C"),
        ("int8", None),
        ("bytea", None),
    }


async def test_a_step_that_fails_leaves_nothing_of_itself_nor_of_those_before_it(made: str) -> None:
    before = await tables(made), await outside(made, OWN)
    first = later("postgresql")
    with pytest.raises(StoreError):
        await migrate(made, first, Migration(first.version + 1, "broken", "DROP TABLE strongroom.nowhere"))
    assert (await tables(made), await outside(made, OWN)) == before


async def test_killed_in_the_middle_of_a_migration_the_store_is_as_it_was(made: str) -> None:
    before = await tables(made), await outside(made, OWN)
    child = processes().Process(target=migrate_and_die, args=(made,))
    child.start()
    async with asyncio.timeout(30):
        while not await outside(  # noqa: ASYNC110 - the server tells nobody
            made,
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
        ):
            await asyncio.sleep(0.02)
    child.kill()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    await outside(
        made, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    )
    assert (await tables(made), await outside(made, OWN)) == before
    await migrate(made, later("postgresql"))
    assert await outside(made, "SELECT n FROM later") == [{"n": 1}]


async def test_a_backup_that_begins_in_the_midst_is_of_what_comes_of_it(
    made: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is written anew is empty to every snapshot that is older, and so would be its copy."""
    monkeypatch.setenv("PATH", f"{postgresql.BUNDLED}:{os.environ['PATH']}")
    known = packaged("postgresql")[-1].version
    anew = "ALTER TABLE strongroom.acts ADD COLUMN later TEXT DEFAULT gen_random_uuid()::text;\n"
    step = Migration(known + 1, "anew", f"{anew}SELECT pg_advisory_xact_lock(1);\n")
    holder = await asyncpg.connect(made)
    await holder.execute("SELECT pg_advisory_lock(1)")
    waiting = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted"
    with new_file(tmp_path / "backups" / "one") as draft:
        tasks = []
        for work in (migrate(made, step), copy_out(made, draft, lambda *_: None)):
            tasks.append(asyncio.create_task(work))
            async with asyncio.timeout(60):
                while await outside(made, waiting) != [{"n": len(tasks)}]:  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(0.02)
        await holder.close()
        _, copied = await asyncio.gather(*tasks)
    assert copied is not None
    assert copied.schema == known + 1


async def test_a_store_of_a_newer_program_is_refused(made: str) -> None:
    await migrate(made, later("postgresql"))
    with pytest.raises(NewerSchema, match="Install the newer Strongroom"):
        await open_store(made)


async def test_a_store_of_a_different_build_is_refused(made: str) -> None:
    await outside(made, "UPDATE schema_migrations SET checksum = 'other' WHERE version = 1")
    with pytest.raises(NewerSchema, match="different build"):
        await open_store(made)


async def test_a_store_that_lost_its_records_is_refused(made: str) -> None:
    await outside(made, "DELETE FROM schema_migrations WHERE version = 1")
    with pytest.raises(Corrupt, match="does not say how it came"):
        await open_store(made)


async def test_a_store_is_never_made_over_another(made: str) -> None:
    with pytest.raises(Duplicate, match="already"):
        await open_store(made, create=True)


async def test_who_waited_while_another_made_the_store_finds_it(url: str) -> None:
    """A server's session that has looked for a name keeps in mind for a while that it was not there."""
    maker = await asyncpg.connect(url)
    await maker.execute("SELECT pg_advisory_lock($1)", LOCK)
    waiting = asyncio.create_task(migrate(url, create=True))
    async with asyncio.timeout(30):
        while not await outside(  # noqa: ASYNC110 - the server tells nobody
            url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ):
            await asyncio.sleep(0.02)
    await prepare(maker, "the place", [Migration(1, "small", "SELECT 1")], create=True)
    await maker.close()
    with pytest.raises(Duplicate, match="already"):
        await waiting


async def test_opening_never_makes_a_store(url: str) -> None:
    with pytest.raises(Missing, match="None was made"):
        await open_store(url)
    assert await tables(url) == set()


async def test_somebody_elses_tables_in_a_schema_of_our_name_are_left_as_they_are(url: str) -> None:
    await outside(url, "CREATE SCHEMA strongroom", "CREATE TABLE strongroom.theirs (n INTEGER)")
    for create in (False, True):
        with pytest.raises(StoreError):
            await open_store(url, create=create)
    assert await tables(url) == {"theirs"}


async def test_a_database_of_other_programs_can_hold_a_store_beside_them(url: str) -> None:
    await outside(url, "CREATE TABLE public.accounts (n INTEGER)")
    async with opened(url, create=True) as store, store.read() as tx:
        assert await tx.fetch("SELECT id FROM accounts") == []


async def test_a_database_whose_text_is_not_utf8_is_refused() -> None:
    server = postgresql.shared()
    server.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
    try:
        with pytest.raises(Unavailable, match="encoding is SQL_ASCII, and UTF8 is needed"):
            await open_store(server.url("latin"), create=True)
    finally:
        server.sql("DROP DATABASE latin WITH (FORCE)")


async def test_a_server_that_is_too_old_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No older one is at hand, so the oldest that is fit is one that does not exist yet."""
    monkeypatch.setattr("store.postgresql.migrating._OLDEST", 990000)
    with pytest.raises(Unavailable, match="15 or newer is needed"):
        await open_store(url, create=True)


async def test_edited_steps_of_ours_are_found(made: str) -> None:
    driver = await asyncpg.connect(made)
    first, *others = packaged("postgresql")
    try:
        with pytest.raises(NewerSchema, match="different build"):
            await prepare(
                driver, "the place", [replace(first, sql=first.sql + "-- edited"), *others], create=False
            )
    finally:
        await driver.close()
