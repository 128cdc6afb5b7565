"""Throttles: tries add up in every counter and under every name of it, and are released together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store import throttles
from store.store import Store
from store.transaction import Transaction
from tests.store.samples import MINUTE, NOW, writing

OLD_NAME, NEW_NAME, SOURCE = b"account under the old key", b"account under the new key", b"source"
WINDOW = 5 * MINUTE
HOUR = timedelta(hours=1)


async def counted(tx: Transaction, names: Sequence[bytes], since: datetime, *, without: str = "") -> int:
    """How many tries one counter has."""
    (total,) = (await throttles.standing(tx, [(names, since)], without=without)).totals
    return total


async def test_tries_are_counted_strictly_after_a_moment_and_over_all_names(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [OLD_NAME], NOW)
        await throttles.add_attempt(tx, "2", [NEW_NAME, SOURCE], NOW + MINUTE)
        assert await counted(tx, [OLD_NAME, NEW_NAME], NOW - MINUTE) == 2
        assert await counted(tx, [OLD_NAME, NEW_NAME], NOW) == 1
        assert await counted(tx, [SOURCE], NOW) == 1


async def test_several_windows_are_told_in_the_order_of_asking(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [OLD_NAME], NOW)
        await throttles.add_attempt(tx, "2", [OLD_NAME, SOURCE], NOW + MINUTE)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW + WINDOW)
        windows = [([SOURCE], NOW), ([OLD_NAME, NEW_NAME], NOW), ([OLD_NAME, NEW_NAME], NOW - MINUTE)]
        found = await throttles.standing(tx, windows)
        assert found == throttles.Standing((1, 1, 2), NOW + WINDOW)
        assert (await throttles.standing(tx, windows, without="2")).totals == (0, 0, 1)


async def test_a_try_that_succeeded_is_released_from_every_counter(store: Store) -> None:
    async with writing(store) as tx:
        for attempt_id in ("1", "2"):
            await throttles.add_attempt(tx, attempt_id, [NEW_NAME, SOURCE], NOW)
        assert await throttles.release(tx, "1") == 2
        assert await counted(tx, [NEW_NAME], NOW - MINUTE) == 1
        assert await counted(tx, [SOURCE], NOW - MINUTE) == 1


async def test_clearing_a_counter_leaves_the_others_and_what_is_too_old_to_count(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [OLD_NAME, NEW_NAME, SOURCE], NOW)
        await throttles.add_attempt(tx, "2", [NEW_NAME, SOURCE], NOW - HOUR)
        assert await throttles.release(tx, "3", [OLD_NAME, NEW_NAME], NOW - MINUTE) == 2
        assert await counted(tx, [NEW_NAME], NOW - 2 * HOUR) == 1
        assert await counted(tx, [SOURCE], NOW - MINUTE) == 1


async def test_a_lock_stands_for_its_window_under_any_name_until_it_is_dropped(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.put_lock(tx, OLD_NAME, WINDOW, NOW + WINDOW)
        await throttles.put_lock(tx, NEW_NAME, HOUR, NOW + HOUR)
        both = [OLD_NAME, NEW_NAME]
        assert await throttles.locked_until(tx, [OLD_NAME]) == NOW + WINDOW
        assert await throttles.locked_until(tx, [*both, SOURCE]) == NOW + HOUR
        assert await throttles.locked_until(tx, [SOURCE]) is None
        await throttles.put_lock(tx, OLD_NAME, WINDOW, NOW + 2 * HOUR)
        assert await throttles.locked_until(tx, both) == NOW + 2 * HOUR
        assert await throttles.drop_locks(tx, []) == 0
        assert await throttles.drop_locks(tx, both) == 2
        assert await throttles.locked_until(tx, both) is None


async def test_what_is_older_than_every_window_is_purged_in_steps(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [SOURCE], NOW)
        await throttles.add_attempt(tx, "2", [SOURCE], NOW + MINUTE)
        await throttles.add_attempt(tx, "3", [SOURCE], NOW - MINUTE)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW)
        await throttles.put_lock(tx, OLD_NAME, WINDOW, NOW + HOUR)
        assert await throttles.over(tx, NOW + MINUTE, 10) == [SOURCE]
        assert await throttles.purge(tx, NOW + MINUTE, 1, [SOURCE, OLD_NAME]) == 2
        assert await throttles.over(tx, NOW + MINUTE, 10) == []
        assert await throttles.locked_until(tx, [OLD_NAME]) == NOW + HOUR
        assert await counted(tx, [SOURCE], NOW - HOUR) == 2
        assert await throttles.purge(tx, NOW + MINUTE, 10) == 1
        assert await counted(tx, [SOURCE], NOW - HOUR) == 1


async def test_tries_and_locks_that_lie_ahead_are_brought_into_the_present_and_no_further(
    store: Store,
) -> None:
    year = timedelta(days=365)
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [SOURCE], NOW + year)
        await throttles.add_attempt(tx, "2", [SOURCE], NOW - MINUTE)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW + year + WINDOW)
        await throttles.put_lock(tx, OLD_NAME, HOUR, NOW + MINUTE)
        ahead = await throttles.ahead(tx, NOW, 10)
        assert ahead == [SOURCE]
        assert await throttles.draw_near(tx, ahead, NOW, NOW) == 2
        assert await throttles.ahead(tx, NOW, 10) == []
        assert await throttles.draw_near(tx, [], NOW, NOW) == 0
        assert await throttles.locked_until(tx, [SOURCE]) == NOW + WINDOW
        assert await throttles.locked_until(tx, [OLD_NAME]) == NOW + MINUTE
        assert await counted(tx, [SOURCE], NOW - 2 * MINUTE) == 2
        assert await counted(tx, [SOURCE], NOW) == 0


async def test_what_lies_ahead_by_less_than_clocks_may_differ_stays_where_it_is(store: Store) -> None:
    beyond = NOW + HOUR
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [SOURCE], beyond)
        await throttles.put_lock(tx, SOURCE, WINDOW, beyond + WINDOW)
        assert await throttles.ahead(tx, beyond, 10) == []
        assert await throttles.draw_near(tx, [SOURCE], NOW, beyond) == 0
        assert await throttles.locked_until(tx, [SOURCE]) == beyond + WINDOW
        assert await throttles.draw_near(tx, [SOURCE], NOW, beyond - MINUTE) == 2
        assert await throttles.locked_until(tx, [SOURCE]) == NOW + WINDOW


async def test_counters_are_cleared_with_their_locks_and_nothing_else_is(store: Store) -> None:
    async with writing(store) as tx:
        await throttles.add_attempt(tx, "1", [OLD_NAME, SOURCE], NOW)
        await throttles.put_lock(tx, NEW_NAME, WINDOW, NOW + WINDOW)
        await throttles.put_lock(tx, SOURCE, WINDOW, NOW + WINDOW)
        assert await throttles.in_use(tx, [OLD_NAME, NEW_NAME, b"idle"]) == sorted([OLD_NAME, NEW_NAME])
        await throttles.clear(tx, [OLD_NAME, NEW_NAME])
        assert await throttles.in_use(tx, [OLD_NAME, NEW_NAME]) == []
        assert await counted(tx, [SOURCE], NOW - MINUTE) == 1
        assert await throttles.locked_until(tx, [SOURCE]) == NOW + WINDOW
