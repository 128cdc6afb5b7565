"""A commit whose connection is lost ends as done, as undone, or as not known, as the store itself says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from store import acts, facts
from store.errors import InDoubt, Unavailable
from store.ids import new_id
from store.postgresql import doubt
from store.postgresql.address import address_of
from store.postgresql.store import PostgresqlStore
from store.store import Store, open_store
from tests import postgresql
from tests.store.outside import outside
from tests.store.samples import NOW, fact

pytestmark = pytest.mark.xdist_group("doubt")  # so that one worker makes the server

SLOW_COMMIT = (
    "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON acts DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION dawdle()",
)
"""A commit that waits, before it takes place, for whoever holds the number 42."""
OURS = (
    "FROM pg_stat_activity WHERE application_name = 'strongroom' AND datname = current_database()"
    " AND query = 'COMMIT' AND state = 'active'"
)
ASKING = (
    "SELECT pid FROM pg_stat_activity WHERE query LIKE '%INTO acts%' AND wait_event = 'transactionid'"
    " AND datname = current_database()"
)
"""Who waits to be told what becomes of a commit."""


@pytest.fixture
def url() -> Iterator[str]:
    """A database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store on a server."""
    opened = await open_store(url, create=True)
    yield opened
    await opened.close()


async def act(store: Store, act_id: str) -> bool:
    """Make an act, and tell what it says of itself."""
    async with store.write(act_id, NOW) as tx:
        await facts.put(tx, "name", act_id)
    return tx.is_committed


async def took_place(store: Store, act_id: str) -> bool:
    """Ask the store."""
    async with store.read() as tx:
        is_there = await acts.exists(tx, act_id)
        assert is_there == (await facts.get(tx, "name") == act_id)
    return is_there


async def until_committing(url: str, count: int = 1) -> None:
    """Wait until so many commits are under way on the server."""
    await until_there(url, f"SELECT pid {OURS}", count)


async def until_there(url: str, question: str, count: int = 1) -> None:
    """Wait until a question about what the server does has so many answers."""
    async with asyncio.timeout(20):
        while len(await outside(url, question)) < count:  # noqa: ASYNC110 - a server rings no event here
            await asyncio.sleep(0.01)


@asynccontextmanager
async def dawdling(store: Store, url: str) -> AsyncIterator[None]:
    """Let no act be committed while this lasts."""
    await outside(url, *SLOW_COMMIT)
    async with store.read() as tx:
        await tx.fetch("SELECT pg_advisory_xact_lock(42)")
        yield


@pytest.mark.parametrize("statement", range(4))
async def test_killed_at_each_statement_the_act_is_undone_and_says_so(
    store: Store, url: str, statement: int
) -> None:
    async def killed() -> None:
        async with store.write(act_id, NOW) as tx:
            for number in range(4):
                if number == statement:
                    row = await tx.fetch_one("SELECT pg_backend_pid() AS pid")
                    assert row is not None
                    await outside(url, f"SELECT pg_terminate_backend({row['pid']}, 5000)")
                await facts.put(tx, f"part {number}", "new")

    act_id = new_id(NOW)
    with pytest.raises(Unavailable):
        await killed()
    assert not await took_place(store, act_id)
    assert await act(store, act_id)


async def test_a_commit_that_is_killed_before_it_took_place_is_undone_and_says_so(
    store: Store, url: str
) -> None:
    act_id = new_id(NOW)
    async with dawdling(store, url):
        task = asyncio.create_task(act(store, act_id))
        await until_committing(url)
        await outside(url, f"SELECT pg_terminate_backend(pid, 5000) {OURS}")
        with pytest.raises(Unavailable):
            await task
    assert not await took_place(store, act_id)


async def test_a_commit_that_is_cancelled_by_the_server_before_it_took_place_is_undone(
    store: Store, url: str
) -> None:
    act_id = new_id(NOW)
    async with dawdling(store, url):
        task = asyncio.create_task(act(store, act_id))
        await until_committing(url)
        await outside(url, f"SELECT pg_cancel_backend(pid) {OURS}")
        with pytest.raises(Unavailable, match="nothing was changed"):
            await task
    assert not await took_place(store, act_id)
    assert await act(store, act_id)


async def test_a_task_that_is_cancelled_while_it_commits_sees_the_commit_through(
    store: Store, url: str
) -> None:
    begun = []

    async def act_and_tell() -> None:
        async with store.write("cancelled", NOW) as tx:
            begun.append(tx)
            await facts.put(tx, "name", "cancelled")

    async with dawdling(store, url):
        task = asyncio.create_task(act_and_tell())
        await until_committing(url)
        task.cancel()
        await asyncio.sleep(0.05)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert begun[0].is_committed
    assert await took_place(store, "cancelled")


async def test_a_commit_that_is_not_answered_is_found_once_it_took_place(store: Store, url: str) -> None:
    """Its connection is cut after a while, but nobody asks the server to undo it."""
    hurried = PostgresqlStore(url, replace(address_of(url), answer_timeout=0.2), 2)
    async with dawdling(store, url):
        task = asyncio.create_task(act(hurried, "late"))
        await until_committing(url)
        await until_there(url, ASKING)
    assert await task
    assert await took_place(store, "late")
    await hurried.close()


async def test_ten_commits_in_doubt_at_once_are_all_found_out(store: Store, url: str) -> None:
    ids = [new_id(NOW) for _ in range(10)]
    async with dawdling(store, url):
        others = await open_store(url)
        tasks = [asyncio.create_task(_noted(others, one)) for one in ids]
        await until_committing(url, 10)
        await outside(url, f"SELECT pg_terminate_backend(pid, 5000) {OURS}")
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [Unavailable] * 10
    assert await fact(others) is None
    await others.close()


async def _noted(store: Store, act_id: str) -> None:
    """Make an act of which there is nothing but its note."""
    async with store.write(act_id, NOW):
        pass


@pytest.fixture(scope="module")
def waiting_server() -> Iterator[postgresql.Server]:
    """A server whose commits wait for a standby that never comes."""
    server = postgresql.new_server()
    server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    server.stop()
    server.start()
    yield server
    postgresql.discard(server)


@pytest.fixture
async def waiting(waiting_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A store whose commits wait for a standby."""
    monkeypatch.setattr(doubt, "PATIENCE", 0.0)
    monkeypatch.setattr(doubt, "SPARE", 0.3)
    name = f"t{new_id(NOW)[-12:]}"
    await outside(waiting_server.url("postgres"), "SET synchronous_commit = off", f"CREATE DATABASE {name}")
    url = waiting_server.url(name)
    await (await open_store(url, create=True, durable=False)).close()
    address = replace(address_of(url), answer_timeout=0.5, idle_timeout=0.5)
    store = PostgresqlStore(url, address, 3)
    yield store
    await store.close()


async def test_a_commit_that_no_standby_has_is_in_doubt_when_it_is_not_answered(waiting: Store) -> None:
    with pytest.raises(InDoubt, match="Look before you repeat it"):
        await act(waiting, "lonely")


async def test_a_commit_whose_wait_for_the_standby_was_cut_short_is_in_doubt(waiting: Store) -> None:
    task = asyncio.create_task(act(waiting, "cut short"))
    await until_committing(waiting.url)
    await outside(waiting.url, "SET synchronous_commit = off", f"SELECT pg_cancel_backend(pid) {OURS}")
    with pytest.raises(InDoubt, match="perhaps not by its standby"):
        await task
    assert await took_place(waiting, "cut short")


async def test_a_commit_that_is_killed_while_it_waits_for_the_standby_is_in_doubt(waiting: Store) -> None:
    """Others can see it on this server; a standby that took its place would not have it."""
    task = asyncio.create_task(act(waiting, "killed"))
    await until_committing(waiting.url)
    await outside(waiting.url, f"SELECT pg_terminate_backend(pid, 5000) {OURS}")
    with pytest.raises(InDoubt):
        await task
    assert await took_place(waiting, "killed")


async def test_a_commit_that_reached_the_standby_after_all_is_done(
    waiting: Store, waiting_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubt, "PATIENCE", 10.0)
    task = asyncio.create_task(act(waiting, "reached"))
    await until_committing(waiting.url)
    await outside(waiting.url, f"SELECT pg_terminate_backend(pid, 5000) {OURS}")
    try:
        waiting_server.sql("ALTER SYSTEM RESET synchronous_standby_names")
        waiting_server.sql("SELECT pg_reload_conf()")
        assert await task
    finally:
        waiting_server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        waiting_server.sql("SELECT pg_reload_conf()")
