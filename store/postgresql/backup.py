"""Copying a store out of a server and in again, by pg_dump and pg_restore, from one snapshot."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from store import unfinished
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
from store.errors import Corrupt, Duplicate, Full, Missing, Unavailable
from store.integrity import UNSOUND_CHAINS, UNSOUND_HEADS
from store.postgresql import programs
from store.postgresql.address import SCHEMA, Address, address_of
from store.postgresql.connections import lock_key
from store.postgresql.migrating import LOCK as MIGRATING
from store.postgresql.migrating import holds, put_mark, read_mark
from store.postgresql.translate import translated
from store.unfinished import Cut

_RESTORING = lock_key("strongroom: restoring")
_TOLD_EVERY = 0.5
"""Seconds between two looks at how much is written."""

_OURS = re.compile(rf"[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ {SCHEMA} ")
"""A line of the table of contents that names something in our schema; the schema itself is none."""
_NEWER = re.compile(r"unsupported version \(([0-9.]+)\)")


async def copy_out(url: str, draft: Path, progress: Progress) -> Copied:
    """Dump a store as it stands at one moment, while others write.

    The moment is that of a transaction here: what it counts is what the dump holds. No migration comes in
    between: a table that it writes anew would be empty at that moment, and it would hold up every act until
    the dump is done.
    Raises Unavailable where there is no pg_dump that is new enough, Full, Corrupt, or what else fails.
    """
    address = address_of(url)
    async with _unhurried(address) as connection:
        version = await _major(connection)
        pg_dump = await programs.find("pg_dump", version, version)
        pg_restore = await programs.find("pg_restore", pg_dump.major, pg_dump.major)
        with translated(address.place):
            # Before the transaction, whose moment is its first statement's; it goes with the connection.
            await connection.execute("SELECT pg_advisory_lock_shared($1)", MIGRATING)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                copied = await _describe(connection, address.place)
                snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
                async with _watched(draft, progress):
                    await _dump(pg_dump, address, snapshot, draft)
    # Every block is read once, so that what the disk did not take whole is noticed now.
    await _run(pg_restore, address, f"--file={os.devnull}", str(draft))
    return copied


async def _dump(pg_dump: programs.Program, address: Address, snapshot: str, draft: Path) -> None:
    """Run pg_dump into the draft."""
    await _run(
        pg_dump,
        address,
        "--format=custom",
        f"--schema={SCHEMA}",
        f"--snapshot={snapshot}",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        f"--lock-wait-timeout={round(address.lock_timeout * 1000)}",
        f"--file={draft}",
    )


async def _run(
    program: programs.Program, address: Address, *arguments: str, keeps: tuple[int, ...] = ()
) -> str:
    """Run a program that is led to the server by its environment, for as long as it takes."""
    environment = programs.environment(address.libpq())
    try:
        return await programs.run(program, *arguments, environment=environment, timeout=None, keeps=keeps)
    except programs.Failed as error:
        said = str(error)
        if "No space left on device" in said:
            raise Full("There is no room left for the backup.") from error
        if newer := _NEWER.search(said):
            raise Unavailable(
                f"The backup was made by a newer pg_dump (archive {newer[1]}) than {program.path} can read."
            ) from error
        raise Unavailable(f"{program.path.name} failed: {said}") from error


async def _describe(connection: asyncpg.Connection, place: str) -> Copied:
    """Tell what a snapshot holds, whose audit ends where it should.

    Raises Corrupt, or Frozen where the store is being moved.
    """
    require_stays(await connection.fetchval(MOVING_SQL), place)
    for sql in (UNSOUND_HEADS, UNSOUND_CHAINS):
        if await connection.fetchrow(sql) is not None:
            raise Corrupt(f"The audit of the store {place} does not end where it should.")
    schema, accounts, events = [
        int(await connection.fetchval(sql)) for sql in (SCHEMA_SQL, ACCOUNTS_SQL, EVENTS_SQL)
    ]
    heads = tuple(Head(row["org_id"], row["seq"], row["hash"]) for row in await connection.fetch(HEADS_SQL))
    return Copied(Kind.POSTGRESQL, schema, accounts, events, heads)


@asynccontextmanager
async def _unhurried(address: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection whose transactions may take as long as a whole store takes."""
    with translated(address.place):
        connection = await address.connect()
    try:
        with translated(address.place):
            await connection.execute(
                "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
                " SET idle_session_timeout = 0"
            )
        yield connection
    finally:
        await connection.close(timeout=2)


async def _major(connection: asyncpg.Connection) -> int:
    """The server's version."""
    return int(await connection.fetchval("SHOW server_version_num")) // 10000


@asynccontextmanager
async def _watched(draft: Path, progress: Progress) -> AsyncIterator[None]:
    """Tell how much of a file is written while something writes it."""

    async def watch() -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(_TOLD_EVERY)
            progress(os.stat(draft).st_size, 0)

    watching = asyncio.create_task(watch(), name="backup's progress")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


@asynccontextmanager
async def copied_in(url: str, source: int, progress: Progress) -> AsyncIterator[None]:
    """Load an open dump into a database that holds no store, for as long as it is worked on there.

    What is loaded bears the mark of a restore from before its first table. Whoever leaves with the
    mark still on it leaves nothing: all of it is taken away again.
    Raises Duplicate where there is a store, Unfinished where a restore was cut off, or Unavailable.
    """
    address = address_of(url)
    async with _unhurried(address) as connection, _alone(connection, address.place):
        await _make_room(connection, address.place)
        try:
            await _load(address, source, await _major(connection), progress)
            yield
        finally:
            with translated(address.place):
                if await read_mark(connection) == Cut.RESTORE:
                    await connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@asynccontextmanager
async def _alone(connection: asyncpg.Connection, place: str) -> AsyncIterator[None]:
    """Keep any other restore of this database out; the lock goes with the connection.

    Raises Unavailable where another one is under way.
    """
    with translated(place):
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _RESTORING):
            raise Unavailable(f"Another restore of the store {place} is under way.")
    yield


async def _make_room(connection: asyncpg.Connection, place: str) -> None:
    """Make the schema with nothing in it but the mark.

    What was cut off before anything was loaded is taken away first.
    Raises Duplicate, or Unfinished where there is something to finish.
    """
    with translated(place):
        async with connection.transaction():
            mark = await read_mark(connection)
            is_loaded = await holds(connection, "accounts")
            if mark == Cut.RESTORE and not is_loaded:
                await connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
            elif mark is not None:
                unfinished.require(place, mark, None)
            elif await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", SCHEMA):
                raise Duplicate(f"There is a store at {place} already; it was left as it is.")
            await connection.execute(f"CREATE SCHEMA {SCHEMA}")
            await put_mark(connection, Cut.RESTORE)


async def _load(address: Address, source: int, version: int, progress: Progress) -> None:
    """Run pg_restore over whatever of the dump lies in our schema, all in one transaction."""
    pg_restore = await _reader(address, source, version)
    contents = (await _list(pg_restore, address, source)).splitlines()
    wanted = [line for line in contents if _OURS.match(line)]
    if not wanted:
        raise Corrupt("The backup holds no store.")
    progress(0, 0)
    with tempfile.TemporaryDirectory(prefix="strongroom-") as directory:
        listed = Path(directory) / "contents"
        listed.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        await _run(
            pg_restore,
            address,
            f"--dbname={_named(address.database)}",
            f"--use-list={listed}",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            _opened(source),
            keeps=(source,),
        )


def _opened(source: int) -> str:
    """Name a file that is open: what was proven is what is read, whoever puts another in its place."""
    return f"/dev/fd/{source}"


async def _list(pg_restore: programs.Program, address: Address, source: int) -> str:
    """Ask for the table of contents of a dump."""
    return await _run(pg_restore, address, "--list", _opened(source), keeps=(source,))


def _named(database: str) -> str:
    """Name a database so that its name cannot pass for anything else."""
    escaped = database.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"


async def _reader(address: Address, source: int, version: int) -> programs.Program:
    """Find the pg_restore that fits the server best and can read the dump."""
    pg_restore = await programs.find("pg_restore", version, version)
    tried: Sequence[int] = ()
    while True:
        try:
            await _list(pg_restore, address, source)
        except Unavailable as error:
            if "newer pg_dump" not in str(error) or pg_restore.major in tried:
                raise
            tried = (*tried, pg_restore.major)
            try:
                pg_restore = await programs.find("pg_restore", pg_restore.major + 1, version)
            except Unavailable:
                raise error from None
        else:
            return pg_restore


@asynccontextmanager
async def held(url: str) -> AsyncIterator[str | None]:
    """Keep restores of this database out, and give the mark that the store in it bears.

    Raises Unavailable where one is under way, Missing where there is nothing to work on.
    """
    address = address_of(url)
    async with _unhurried(address) as connection, _alone(connection, address.place):
        with translated(address.place):
            mark = await read_mark(connection)
            is_loaded = await holds(connection, "accounts")
        if not is_loaded:
            cut = " A restore was cut off before it had loaded anything: begin it again." if mark else ""
            raise Missing(f"There is no store at {address.place}.{cut}")
        yield mark
