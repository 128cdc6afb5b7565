"""A place in the feed is given when a change is kept, so nobody who reads on can miss one before it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from store import changes
from store.changes import ChangeRecord
from store.errors import Forgotten
from store.store import Store
from tests.store import feeders
from tests.store.children import WON, processes, race
from tests.store.feeders import tell
from tests.store.samples import DAY, MINUTE, NOW, writing

PROCESSES = 4


async def heard(store: Store, after: int | None, count: int) -> Sequence[ChangeRecord]:
    """Follow from a place until so many changes have come."""
    found: list[ChangeRecord] = []
    async for change in store.follow(after):
        found.append(change)
        if len(found) == count:
            break
    return found


async def snapshots(store: Store, stop: asyncio.Event) -> list[tuple[int, int]]:
    """Look again and again at the newest place, and at how many changes there are up to it."""
    seen = []
    while not stop.is_set():
        async with store.read() as tx:
            newest = await changes.last_seq(tx)
            seen.append((newest, len(await changes.after(tx, 0, 10_000))))
        await asyncio.sleep(0.005)
    return seen


async def test_twenty_writers_in_four_processes_are_heard_once_each_and_in_order(store: Store) -> None:
    total = PROCESSES * feeders.KEPT
    stop = asyncio.Event()
    watching = asyncio.create_task(snapshots(store, stop))
    following = [asyncio.create_task(heard(store, 0, total)) for _ in range(3)]
    async with asyncio.timeout(60):
        ended = await asyncio.to_thread(race, PROCESSES, feeders.feed, store.url, "process")
        assert ended == [WON] * PROCESSES
        each = await asyncio.gather(*following)
    stop.set()
    async with store.read() as tx:
        kept = await changes.after(tx, 0, 10_000)
    assert len(kept) == total
    assert all(one == kept for one in each)
    assert not [change for change in kept if " 2 " in change.kind[-4:] or " 5 " in change.kind[-4:]]
    places = [change.seq for change in kept]
    for newest, count in await watching:
        assert sum(place <= newest for place in places) == count


async def test_whoever_follows_from_a_snapshot_misses_nothing_that_is_kept_meanwhile(store: Store) -> None:
    writer = processes().Process(target=feeders.feed_alone, args=(store.url,))
    writer.start()
    for _ in range(10):
        async with store.read() as tx:
            place = await changes.last_seq(tx)
            shown = await changes.after(tx, 0, 10_000)
        if len(shown) == feeders.KEPT:
            break
        async with asyncio.timeout(30):
            rest = await heard(store, place, min(10, feeders.KEPT - len(shown)))
        async with store.read() as tx:
            assert list(rest) == list(await changes.after(tx, place, len(rest)))
    await asyncio.to_thread(writer.join, 30)
    assert writer.exitcode == 0


async def purged(store: Store) -> None:
    """Erase what is older than half a day."""
    async with writing(store) as tx:
        await changes.purge(tx, NOW - DAY / 2)


async def old_change(store: Store) -> None:
    """Write a change of yesterday."""
    async with writing(store) as tx:
        await changes.append(tx, NOW - DAY, "old")


async def test_a_follower_whose_place_was_erased_is_told_so(store: Store) -> None:
    await old_change(store)
    await old_change(store)
    await tell(store, "new")
    async with store.read() as tx:
        first, second, third = [change.seq for change in await changes.after(tx, 0, 10)]
    await purged(store)
    with pytest.raises(Forgotten):
        await heard(store, first, 1)
    assert [change.seq for change in await heard(store, second, 1)] == [third]


async def test_erasing_everything_makes_no_place_twice_and_tells_who_was_away(store: Store) -> None:
    await old_change(store)
    await old_change(store)
    async with store.read() as tx:
        before = await changes.last_seq(tx)
    await purged(store)
    async with store.read() as tx:
        assert await changes.last_seq(tx) == before
        assert await changes.after(tx, before, 10) == []
        with pytest.raises(Forgotten):
            await changes.after(tx, 0, 10)


async def test_a_follower_that_has_heard_everything_does_not_notice_what_is_erased(store: Store) -> None:
    await old_change(store)
    follower = store.follow(0)
    assert (await anext(follower)).kind == "old"
    await purged(store)
    await tell(store, "new")
    async with asyncio.timeout(20):
        assert (await anext(follower)).kind == "new"
    await follower.aclose()


async def test_an_older_store_than_was_seen_is_told(store: Store) -> None:
    await tell(store, "one")
    with pytest.raises(Forgotten):
        await heard(store, 1000, 1)


async def test_erasing_twice_never_forgets_how_far_it_was(store: Store) -> None:
    await old_change(store)
    await old_change(store)
    await purged(store)
    async with writing(store) as tx:
        await changes.append(tx, NOW - 2 * DAY, "told late by a slow clock")
    async with writing(store) as tx:
        assert await changes.purge(tx, NOW - DAY - MINUTE) == 1
        assert await changes.purge(tx, NOW) == 0
    async with store.read() as tx:
        assert await changes.last_seq(tx) > 2
