"""A server that is missing, closed to us, read-only, full, locked or damaged says so in words for people."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from store import facts
from store.errors import (
    BadPermissions,
    Corrupt,
    Full,
    Missing,
    ReadOnly,
    Unavailable,
)
from store.store import Store, open_store
from tests import postgresql
from tests.postgresql.programs import own
from tests.store.outside import outside
from tests.store.samples import fact, fact_written, opened, settle, writing


@pytest.fixture
def url() -> Iterator[str]:
    """A database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store on a server."""
    async with opened(url, create=True) as store:
        yield store


def other_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    before, _, after = url.rpartition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"


async def test_a_missing_database_is_missing_and_none_is_made(url: str) -> None:
    with pytest.raises(Missing, match="no database"):
        await open_store(other_database(url, "nowhere"), create=True)


async def test_a_user_whom_the_server_does_not_know_is_told_so(url: str) -> None:
    with pytest.raises(BadPermissions, match="does not let this user"):
        await open_store(url.replace("postgres@", "mallory@"), create=True)


async def test_a_user_without_rights_is_told_so_and_changes_nothing(store: Store, url: str) -> None:
    postgresql.shared().sql("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    with pytest.raises(BadPermissions):
        await open_store(url.replace("postgres@", "guest@"))
    with pytest.raises(BadPermissions):
        await open_store(url.replace("postgres@", "guest@"), create=True)
    assert await fact(store) is None


async def test_a_server_that_is_not_there_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        await open_store(f"postgresql://postgres@/any?host={tmp_path}")


async def test_a_server_without_a_free_connection_says_so() -> None:
    few = {**postgresql.QUICK, "max_connections": "4", "superuser_reserved_connections": "0"}
    server = postgresql.new_server(few | {"max_wal_senders": "0", "reserved_connections": "0"})
    others: list[asyncpg.Connection] = []
    try:
        async with opened(server.url("postgres"), create=True):
            with suppress(asyncpg.TooManyConnectionsError):
                while True:
                    others.append(await asyncpg.connect(server.url("postgres")))
            with pytest.raises(Unavailable, match="no more connections"):
                await open_store(server.url("postgres"))
    finally:
        for other in others:
            other.terminate()
        postgresql.discard(server)


async def test_a_store_that_was_made_read_only_refuses_acts_and_goes_on_being_read(url: str) -> None:
    name = url.rpartition("?")[0].rpartition("/")[2]
    async with opened(url, create=True) as store:
        await fact_written(store)
    await outside(url, f"ALTER ROLE postgres IN DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(ReadOnly, match="is read-only"):
        await open_store(url)


async def test_a_standby_is_read_only() -> None:
    primary = postgresql.new_server()
    try:
        async with opened(primary.url("postgres"), create=True):
            pass
        standby = postgresql.new_standby(primary, is_synchronous=False)
        try:
            with pytest.raises(ReadOnly, match="standby"):
                await open_store(standby.url("postgres"))
        finally:
            postgresql.discard(standby)
    finally:
        postgresql.discard(primary)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes that the server can write."""
    place = Path("/tmp") / f"srpg-tiny-{os.getpid()}"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0755", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        place.rmdir()
        pytest.skip("we may not mount a file system here")
    (place / "space").mkdir()
    own(place / "space", 0o700)
    yield place / "space"
    subprocess.run(["umount", "-l", place], check=True)
    place.rmdir()


async def test_a_full_disk_says_so_and_keeps_nothing_of_the_act(tiny_disk: Path) -> None:
    server = postgresql.new_server()
    try:
        url = server.url("postgres")
        async with opened(url, create=True) as store:
            await outside(url, f"CREATE TABLESPACE tiny LOCATION '{tiny_disk}'")
            await outside(url, "ALTER TABLE store_facts SET TABLESPACE tiny")

            async def act() -> None:
                async with writing(store) as tx:
                    await facts.put(tx, "small", "new")
                    for number in range(100):
                        await facts.put(tx, f"large {number}", os.urandom(50_000).hex())

            with pytest.raises(Full, match="no room left"):
                await act()
            assert await fact(store, "small") is None
            await store.check(full=True)
    finally:
        postgresql.discard(server)


async def test_a_store_that_another_program_locks_says_so_and_goes_on_afterwards(
    store: Store, url: str
) -> None:
    async def impatient() -> None:
        async with writing(store) as tx:
            await tx.execute("SET LOCAL lock_timeout = 50")
            await facts.put(tx, "name", "new")

    other = await asyncpg.connect(url)
    async with other.transaction():
        await other.execute("LOCK TABLE strongroom.store_facts")
        with pytest.raises(Unavailable, match="Somebody else holds"):
            await impatient()
    await other.close()
    await fact_written(store)
    assert await fact(store) == "new"


async def test_a_store_that_is_dropped_while_open_is_missing(store: Store, url: str) -> None:
    await outside(url, "DROP SCHEMA strongroom CASCADE")
    with pytest.raises(Missing, match="no store at"):
        await fact_written(store)


async def test_a_damaged_page_is_found_by_the_full_check() -> None:
    server = postgresql.new_server()
    try:
        url = server.url("postgres")
        async with opened(url, create=True) as store:
            await settle(store)
        found = await outside(url, "SELECT pg_relation_filepath('audit_events_pkey') AS file")
        own_file = await outside(url, "SELECT pg_relation_filepath('accounts') AS file")
        assert found
        server.stop()
        path = server.data / str(own_file[0]["file"])
        path.write_bytes(b"\xff" * path.stat().st_size)
        server.start()
        async with opened(url) as store:
            with pytest.raises(Corrupt, match="damaged"):
                await store.check(full=True)
    finally:
        postgresql.discard(server)


async def test_every_connection_has_every_setting(store: Store) -> None:
    wanted = {
        "synchronous_commit": "on",
        "statement_timeout": "5s",
        "lock_timeout": "4s",
        "idle_in_transaction_session_timeout": "5s",
        "search_path": "strongroom",
        "client_encoding": "UTF8",
        "client_min_messages": "warning",
        "application_name": "strongroom",
    }
    async with store.read() as first, store.read() as second, writing(store) as third:
        for tx in (first, second, third):
            for name, value in wanted.items():
                row = await tx.fetch_one(f"SHOW {name}")
                assert row is not None
                assert str(row[name]).strip('"').casefold() == value.casefold(), name


async def test_a_role_that_was_set_otherwise_does_not_change_what_we_ask_for(url: str) -> None:
    name = url.rpartition("?")[0].rpartition("/")[2]
    for setting in ("synchronous_commit = off", "search_path = public", "client_min_messages = error"):
        await outside(url, f"ALTER ROLE postgres IN DATABASE {name} SET {setting}")
    async with opened(url, create=True) as store:
        await test_every_connection_has_every_setting(store)


async def test_a_connection_that_did_not_take_a_setting_is_refused(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a pooler that leaves out what a program asks for when it connects."""
    connect = asyncpg.connect

    async def leave_out(**given: Any) -> asyncpg.Connection:
        given["server_settings"].pop("synchronous_commit")
        return await connect(**given)

    name = url.rpartition("?")[0].rpartition("/")[2]
    await outside(url, f"ALTER ROLE postgres IN DATABASE {name} SET synchronous_commit = off")
    monkeypatch.setattr("asyncpg.connect", leave_out)
    with pytest.raises(Unavailable, match="did not accept synchronous_commit=on"):
        await open_store(url)
