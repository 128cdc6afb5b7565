"""Snapshots that are shared: each is one moment of the store, and none misses what was committed before."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest

from store import facts
from store.errors import Missing, StoreError, Unavailable
from store.sqlite.connections import Connection
from store.sqlite.jobs import Call
from store.sqlite.readers import READERS
from store.sqlite.store import SqliteStore
from store.store import Store
from tests.store.samples import fact, fact_written, writing

SLOW = (
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000)"
    " SELECT count(*) AS total FROM c"
)
FACT = "SELECT value FROM store_facts WHERE name = :name"


async def looked_up(store: Store, name: str = "name") -> object:
    """Look one fact up."""
    async with store.read() as tx:
        row = await tx.fetch_one(FACT, name=name)
    return None if row is None else row["value"]


async def test_a_look_up_finds_what_was_committed_before(store: Store) -> None:
    assert await looked_up(store) is None
    await fact_written(store)
    assert await looked_up(store) == "new"
    async with writing(store) as tx:
        await facts.put(tx, "name", "newer")
        row = await tx.fetch_one(FACT, name="name")
        assert row is not None
        assert row["value"] == "newer"


async def test_a_look_up_begins_the_snapshot_and_later_statements_stay_in_it(store: Store) -> None:
    async with store.read() as tx:
        assert await tx.fetch_one(FACT, name="name") is None
        await fact_written(store)
        assert await facts.get(tx, "name") is None
        assert await tx.fetch_one(FACT, name="name") is None
    assert await looked_up(store) == "new"


async def test_a_look_up_waits_for_a_statement_of_its_own_block(store: Store) -> None:
    async with store.read() as tx:
        slow = asyncio.create_task(tx.fetch_one(SLOW))
        await asyncio.sleep(0.02)
        assert await tx.fetch_one(FACT, name="name") is None
        assert slow.done()


async def test_look_ups_are_found_while_slow_statements_hold_every_connection(store: Store) -> None:
    await fact_written(store)

    async def slow() -> None:
        async with store.read() as tx:
            await tx.fetch(SLOW)

    tasks = [asyncio.create_task(slow()) for _ in range(READERS)]
    await asyncio.sleep(0.02)
    assert await asyncio.gather(*(looked_up(store) for _ in range(20))) == ["new"] * 20
    await asyncio.gather(*tasks)


async def test_no_statement_holds_the_event_loop_up(store: Store) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with store.read() as tx:
        task = asyncio.create_task(other())
        await tx.fetch(SLOW)
        task.cancel()
    async with writing(store) as writer:
        before, task = turns, asyncio.create_task(other())
        await writer.fetch(SLOW)
        task.cancel()
    assert before > 100
    assert turns > before + 100


async def test_a_snapshot_that_nobody_reads_lets_the_log_be_emptied(file_store: SqliteStore) -> None:
    """Left standing it would keep every later change in the log, for as long as nobody reads again."""
    await fact(file_store)
    await fact_written(file_store)
    other = sqlite3.connect(file_store.path)
    async with asyncio.timeout(10):
        while other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    other.close()


async def test_whoever_shares_a_snapshot_sees_what_was_committed_before_it_asked(store: Store) -> None:
    async def count() -> list[str | None]:
        seen = []
        for _ in range(10):
            async with writing(store) as tx:
                await tx.hold("count")
                number = int(await facts.get(tx, "count") or 0) + 1
                await facts.put(tx, "count", str(number))
            seen.append(await fact(store, "count"))
            assert int(seen[-1] or 0) >= number
        return seen

    await asyncio.gather(*(count() for _ in range(10)))
    assert await fact(store, "count") == "100"


async def test_a_shared_snapshot_stays_one_moment_until_its_last_reader_has_gone(store: Store) -> None:
    go = asyncio.Event()
    inside = 0

    async def look() -> tuple[str | None, str | None]:
        nonlocal inside
        async with store.read() as tx:
            first = await facts.get(tx, "name")
            inside += 1
            await go.wait()
            return first, await facts.get(tx, "name")

    async def leave_at_once() -> None:
        await fact(store)

    holders = [asyncio.create_task(fact(store)) for _ in range(READERS)]
    together = [asyncio.create_task(look()) for _ in range(5)]
    leavers = [asyncio.create_task(leave_at_once()) for _ in range(5)]
    await asyncio.gather(*holders, *leavers)
    async with asyncio.timeout(20):
        while inside < len(together):  # noqa: ASYNC110 - they count themselves in
            await asyncio.sleep(0.001)
    await fact_written(store)
    go.set()
    assert await asyncio.gather(*together) == [(None, None)] * 5


async def test_readers_that_are_cancelled_take_nothing_from_those_they_share_with(store: Store) -> None:
    await fact_written(store)
    for turn in range(30):
        tasks = [asyncio.create_task(fact(store)) for _ in range(12)]
        await asyncio.sleep(turn * 0.0001)
        for task in tasks[::2]:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert ends[1::2] == ["new"] * 6
    assert await fact(store) == "new"


async def test_a_statement_that_fails_dooms_its_own_block_and_no_other(store: Store) -> None:
    async def wrong() -> None:
        async with store.read() as tx:
            await tx.fetch("SELECT nothing FROM nowhere")

    ends = await asyncio.gather(
        *(wrong() if n % 2 else fact(store) for n in range(12)), return_exceptions=True
    )
    assert [isinstance(end, StoreError) for end in ends] == [False, True] * 6


async def test_a_snapshot_that_was_lost_is_never_gone_on_with(file_store: SqliteStore) -> None:
    """As after a failure of the disk, which ends the transaction behind our back."""

    async def look() -> None:
        async with file_store.read() as tx:
            await facts.get(tx, "name")
            await tx.fetch("ROLLBACK")
            await facts.get(tx, "name")

    with pytest.raises(Unavailable, match="lost"):
        await look()
    assert await fact(file_store) is None


async def test_closing_lets_readers_finish_and_lets_nobody_in(store: Store) -> None:
    async with store.read() as tx:
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0.01)
        with pytest.raises(Unavailable, match="closed"):
            await fact(store)
        assert await facts.get(tx, "name") is None
        assert not closing.done()
    await closing


async def test_a_look_up_in_a_store_that_was_taken_away_says_so(file_store: SqliteStore) -> None:
    file_store.path.rename(file_store.path.with_name("elsewhere.db"))
    with pytest.raises(Missing):
        await looked_up(file_store)


async def test_jobs_of_one_connection_run_in_the_order_in_which_they_were_asked_for(
    file_store: SqliteStore,
) -> None:
    connection = await Connection.connect(file_store._access, writes=False)
    order: list[int] = []
    jobs = [asyncio.create_task(connection._do(lambda _, n=n: order.append(n))) for n in range(250)]  # type: ignore[misc]
    await asyncio.gather(*jobs)
    assert order == list(range(250))
    await connection.close()


async def test_a_job_that_fails_in_any_way_is_told_and_keeps_no_other_waiting(
    file_store: SqliteStore,
) -> None:
    connection = await Connection.connect(file_store._access, writes=False)

    def ends_an_iteration(_: sqlite3.Connection) -> None:
        """Raise what no future takes."""
        raise StopIteration

    failing, other = Call(ends_an_iteration), Call(lambda _: "there")
    connection.line.ask(failing, other)
    async with asyncio.timeout(20):
        with pytest.raises(RuntimeError):
            await failing.future
        assert await other.future == "there"
    await connection.close()


async def test_the_log_can_begin_anew_once_the_last_reader_has_gone_though_the_loop_is_busy(
    file_store: SqliteStore,
) -> None:
    await fact_written(file_store)
    assert await fact(file_store) == "new"
    with contextlib.closing(sqlite3.connect(file_store.path, timeout=5)) as other:
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
