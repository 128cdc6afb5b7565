"""Cancellation at any moment: the act is undone or kept whole, and the store stays usable."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from store import acts, facts
from store.ids import new_id
from store.store import Store, open_store
from store.transaction import Transaction
from tests.store.samples import NOW, fact, fact_written, writing

SLOW = (
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000)"
    " SELECT count(*) AS total FROM c"
)


async def test_cancelling_between_statements_undoes_the_act(store: Store) -> None:
    written = asyncio.Event()

    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "name", "new")
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(act())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await fact(store) is None


async def test_cancelling_during_a_statement_undoes_the_act_and_leaves_the_store_usable(store: Store) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "name", "new")
            await tx.fetch(SLOW)

    task = asyncio.create_task(act())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with writing(store) as tx:
        assert await facts.get(tx, "name") is None


async def test_cancelling_a_read_during_a_statement_gives_its_connection_back(store: Store) -> None:
    async def look() -> None:
        async with store.read() as tx:
            await tx.fetch(SLOW)

    tasks = [asyncio.create_task(look()) for _ in range(3)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await asyncio.gather(*(fact(store) for _ in range(5))) == [None] * 5


async def test_cancelling_a_task_that_waits_for_its_turn_takes_nothing_with_it(store: Store) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "name", "waiting")

    async with writing(store) as tx:
        task = asyncio.create_task(act())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await facts.put(tx, "name", "first")
    assert await fact(store) == "first"


async def test_a_cancelled_act_is_kept_exactly_if_it_says_so(store: Store) -> None:
    """Cancel at fifty moments from before the first statement to after the commit."""
    kept = 0
    for turn in range(50):
        act_id = new_id(NOW)
        begun: list[Transaction] = []

        async def act(act_id: str = act_id, begun: list[Transaction] = begun, turn: int = turn) -> None:
            async with store.write(act_id, NOW) as tx:
                begun.append(tx)
                await facts.put(tx, "turn", str(turn))

        task = asyncio.create_task(act())
        await asyncio.sleep(turn * 0.0001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with store.read() as tx:
            is_there = await acts.exists(tx, act_id)
            assert is_there == any(one.is_committed for one in begun)
            assert is_there == (await facts.get(tx, "turn") == str(turn))
        kept += is_there
    async with writing(store):
        pass
    assert kept < 50


async def test_cancelling_while_another_program_holds_the_lock_leaves_the_store_usable(
    sqlite_path: Path, store_url: str
) -> None:
    store = await open_store(store_url, create=True, busy_timeout=0.3)
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(fact_written(store))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other.execute("ROLLBACK")
    other.close()
    await fact_written(store)
    assert await fact(store) == "new"
    await store.close()
