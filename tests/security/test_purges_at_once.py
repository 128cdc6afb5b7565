"""Housekeeping beside acts that write the same rows: they take turns, and neither ends the other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from security.clock import MovedClock
from security.counters import DAY, FIVE_MINUTES, HOUR
from security.keys import KeyRing
from security.lanes import act_in, act_on_counters
from security.throttling import Throttle
from store import throttles
from store.postgresql.store import PostgresqlStore
from store.store import Store
from tests.security.people import an_origin

ACCOUNT = "019cae6b-6600-7000-88fe-90e670652cdd"


async def until_somebody_waits(store: Store) -> None:
    """Wait until an act waits for another; where only one is let in at a time there is nothing to see."""
    if not isinstance(store, PostgresqlStore):
        return
    for _ in range(1000):
        async with store.look() as tx:
            if await tx.fetch("SELECT 1 AS waits FROM pg_locks WHERE NOT granted"):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def purge(store: Store, throttle: Throttle, clock: MovedClock) -> int:
    """Keep house among the tries."""
    async with act_in(store, clock.now(), None) as tx:
        return await throttle.purge(tx)


async def test_a_counter_that_is_locked_anew_while_its_old_locks_are_erased_is_locked(
    store: Store, keys: KeyRing, clock: MovedClock
) -> None:
    throttle = Throttle(store, keys, clock)
    reserved = await throttle.reserve_second_step(ACCOUNT, an_origin())
    (name, *_) = reserved.held
    async with act_on_counters(store, clock.now(), reserved.held) as tx:
        for span in (FIVE_MINUTES, HOUR):
            await throttles.put_lock(tx, name, span, clock.now() + span)
    clock.advance(3 * DAY)
    async with act_on_counters(store, clock.now(), reserved.held) as tx:
        await throttles.put_lock(tx, name, HOUR, clock.now() + HOUR)
        purging = asyncio.create_task(purge(store, throttle, clock))
        await until_somebody_waits(store)
        await throttles.put_lock(tx, name, FIVE_MINUTES, clock.now() + FIVE_MINUTES)
    await purging
    async with store.read() as read:
        rows = await read.fetch("SELECT span, until FROM locks ORDER BY span")
        assert [row["span"] for row in rows] == [
            span // timedelta(microseconds=1) for span in (FIVE_MINUTES, HOUR)
        ]
        assert await throttles.locked_until(read, [name]) == clock.now() + HOUR
