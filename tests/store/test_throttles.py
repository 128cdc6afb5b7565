"""Throttles: tries add up in every counter and under every name of it, and are released together."""

from __future__ import annotations

from datetime import timedelta

from store import throttles
from store.store import Store
from tests.store.samples import MINUTE, NOW, writing

OLD_NAME, NEW_NAME, SOURCE = b"account under the old key", b"account under the new key", b"source"
WINDOW = 5 * MINUTE
HOUR = timedelta(hours=1)


async def test_tries_are_counted_strictly_after_a_moment_and_over_all_names(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", OLD_NAME, NOW)
        await throttles.add_attempt(tx, "2", NEW_NAME, NOW + MINUTE)
        await throttles.add_attempt(tx, "2", SOURCE, NOW + MINUTE)
        assert await throttles.count_since(tx, [OLD_NAME, NEW_NAME], NOW - MINUTE) == 2
        assert await throttles.count_since(tx, [OLD_NAME, NEW_NAME], NOW) == 1
        assert await throttles.count_since(tx, [SOURCE], NOW) == 1
        assert await throttles.count_since(tx, [], NOW) == 0


async def test_a_try_that_succeeded_is_released_from_every_counter(store: Store) -> None:
    async with writing(store) as tx:
        for counter in (NEW_NAME, SOURCE):
            await throttles.add_attempt(tx, "1", counter, NOW)
            await throttles.add_attempt(tx, "2", counter, NOW)
        assert await throttles.release(tx, "1") == 2
        assert await throttles.count_since(tx, [NEW_NAME], NOW - MINUTE) == 1
        assert await throttles.count_since(tx, [SOURCE], NOW - MINUTE) == 1


async def test_clearing_a_counter_leaves_the_others(store: Store) -> None:
    async with writing(store) as tx:
        for counter in (OLD_NAME, NEW_NAME, SOURCE):
            await throttles.add_attempt(tx, "1", counter, NOW)
        assert await throttles.clear(tx, [OLD_NAME, NEW_NAME]) == 2
        assert await throttles.count_since(tx, [SOURCE], NOW - MINUTE) == 1


async def test_a_lock_stands_for_its_window_under_any_name_until_it_is_dropped(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.put_lock(tx, OLD_NAME, WINDOW, NOW + WINDOW)
        await throttles.put_lock(tx, NEW_NAME, HOUR, NOW + HOUR)
        both = [OLD_NAME, NEW_NAME]
        assert await throttles.lock_until(tx, both, WINDOW) == NOW + WINDOW
        assert await throttles.lock_until(tx, both, HOUR) == NOW + HOUR
        assert await throttles.lock_until(tx, [SOURCE], WINDOW) is None
        await throttles.put_lock(tx, OLD_NAME, WINDOW, NOW + HOUR)
        assert await throttles.lock_until(tx, both, WINDOW) == NOW + HOUR
        assert await throttles.drop_locks(tx, both) == 2
        assert await throttles.lock_until(tx, both, WINDOW) is None


async def test_what_is_older_than_every_window_is_purged(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", SOURCE, NOW)
        await throttles.add_attempt(tx, "2", SOURCE, NOW + MINUTE)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW)
        assert await throttles.purge(tx, NOW + MINUTE) == 2
        assert await throttles.count_since(tx, [SOURCE], NOW - MINUTE) == 1


async def test_tries_and_locks_that_lie_ahead_are_brought_into_the_present_and_no_further(
    store: Store,
) -> None:
    year = timedelta(days=365)
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", SOURCE, NOW + year)
        await throttles.add_attempt(tx, "2", SOURCE, NOW - MINUTE)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW + year + WINDOW)
        await throttles.put_lock(tx, SOURCE, HOUR, NOW + MINUTE)
        assert await throttles.draw_near(tx, NOW) == 2
        assert await throttles.draw_near(tx, NOW) == 0
        assert await throttles.lock_until(tx, [SOURCE], WINDOW) == NOW + WINDOW
        assert await throttles.lock_until(tx, [SOURCE], HOUR) == NOW + MINUTE
        assert await throttles.count_since(tx, [SOURCE], NOW - 2 * MINUTE) == 2
        assert await throttles.count_since(tx, [SOURCE], NOW) == 0
