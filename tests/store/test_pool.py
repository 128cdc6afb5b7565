"""Few connections for many: no place is ever lost, and nobody is shown a connection that is gone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import pytest

from store import facts
from store.errors import Unavailable
from store.postgresql import pool, transactions
from store.postgresql.store import PostgresqlStore
from store.store import Store, open_store
from tests import postgresql
from tests.store.outside import outside
from tests.store.samples import fact, fact_written, opened, writing

PLACES = 10
WAITING = (
    "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE NOT granted AND datname = current_database()"
)
"""Who waits for a lock in this database; the server has those of other tests too."""

LEFT_OVER = (
    "SELECT a.pid, a.query FROM pg_stat_activity a"
    " LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory'"
    " WHERE a.application_name = 'strongroom' AND a.datname = current_database()"
    " AND (a.state <> 'idle' OR l.pid IS NOT NULL)"
)
"""Transactions and held names that nobody uses any more."""


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


async def all_places_work(store: Store) -> None:
    """Use every connection at the same moment."""
    everybody_in = asyncio.Barrier(PLACES)

    async def use() -> str | None:
        async with store.read() as tx:
            await everybody_in.wait()
            return await facts.get(tx, "name")

    async with asyncio.timeout(20):
        assert len(set(await asyncio.gather(*(use() for _ in range(PLACES))))) == 1


async def test_five_hundred_tasks_cancelled_at_random_moments_lose_no_place(store: Store, url: str) -> None:
    chance = random.Random(4)

    async def work(number: int) -> None:
        match number % 4:
            case 0:
                async with writing(store) as tx:
                    await tx.hold(f"name {number % 3}", "all")
                    await facts.put(tx, "name", str(number))
            case 1:
                async with store.read() as tx:
                    await facts.get(tx, "name")
                    await tx.fetch("SELECT pg_sleep(0.01)")
            case 2:
                async with store.look() as tx:
                    await tx.fetch("SELECT pg_sleep(0.01)")
            case _:
                await fact(store)

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(work(number))
        await asyncio.sleep(chance.random() * 0.5)
        task.cancel()
        end = (await asyncio.gather(task, return_exceptions=True))[0]
        assert end is None or isinstance(end, (asyncio.CancelledError, Unavailable)), end

    await asyncio.gather(*(cancelled(number) for number in range(500)))
    await all_places_work(store)
    assert await outside(url, LEFT_OVER) == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_whoever_finds_every_place_taken_is_told_after_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(store, PostgresqlStore)
    monkeypatch.setattr(store._pool, "_patience", 0.05)
    go = asyncio.Event()
    inside = asyncio.Semaphore(0)

    async def stay() -> None:
        async with store.read():
            inside.release()
            await go.wait()

    tasks = [asyncio.create_task(stay()) for _ in range(PLACES)]
    for _ in tasks:
        await inside.acquire()
    with pytest.raises(Unavailable, match="busy"):
        await fact(store)
    go.set()
    await asyncio.gather(*tasks)
    await all_places_work(store)


async def test_a_task_that_is_cancelled_while_it_waits_for_a_held_name_lets_others_have_it(
    store: Store, url: str
) -> None:
    async def want() -> None:
        async with writing(store) as tx:
            await tx.hold("name")

    async with writing(store) as tx:
        await tx.hold("name")
        task = asyncio.create_task(want())
        async with asyncio.timeout(20):
            while not await outside(url, WAITING):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not await outside(url, WAITING)
    assert await outside(url, LEFT_OVER) == []


async def test_connections_that_rest_for_long_are_let_go(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "KEPT", 0.0)
    ours = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE application_name = 'strongroom' AND datname = current_database()"
    )
    async with opened(url, create=True) as store:
        await all_places_work(store)
        async with asyncio.timeout(20):
            while await outside(url, ours):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
        await all_places_work(store)


async def test_closing_refuses_those_who_wait_for_a_place(url: str) -> None:
    store = await open_store(url, create=True, connections=1)
    async with store.read() as tx:
        waiting = asyncio.create_task(fact(store))
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.close())
        with pytest.raises(Unavailable, match="closed"):
            await waiting
        assert await facts.get(tx, "name") is None
    await closing


async def test_a_server_that_was_started_anew_between_two_acts_is_noticed_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reads, looks and acts each come upon connections that have ended meanwhile, or end under them."""
    monkeypatch.setattr(transactions, "BACK_OFF", 0.01)
    server = postgresql.new_server()
    try:
        async with opened(server.url("postgres"), create=True) as store:
            await fact_written(store)
            for ask in (fact, look, fact_written, fact):
                await all_places_work(store)
                server.stop()
                server.start()
                await ask(store)
            assert await fact(store) == "new"
            server.stop()
            with pytest.raises(Unavailable, match="cannot be reached"):
                await fact(store)
            server.start()
            assert await look(store) == "new"
    finally:
        postgresql.discard(server)


async def test_a_connection_that_the_server_ended_a_moment_ago_is_noticed_by_nobody(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its goodbye has arrived and nobody has read it yet: the loop stands still while it comes."""
    monkeypatch.setattr(transactions, "BACK_OFF", 0.0)
    database = url.rpartition("?")[0].rpartition("/")[2]
    for ask in (fact, look, fact_written) * 3:
        await fact(store)
        postgresql.shared().sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"  # noqa: S608
            f" WHERE application_name = 'strongroom' AND datname = '{database}'"
        )
        await ask(store)
    await all_places_work(store)


async def look(store: Store) -> object:
    """Look the fact up."""
    async with store.look() as tx:
        row = await tx.fetch_one("SELECT value FROM store_facts WHERE name = 'name'")
    return None if row is None else row["value"]
