"""What others do is heard, by every follower, once, in order, whoever committed it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from store import changes, feed
from store.changes import ChangeRecord
from store.errors import Missing
from store.store import Store, open_store
from tests.store.samples import NOW, writing


async def tell(store: Store, *kinds: str) -> None:
    """Commit changes of some kinds, each in an act of its own."""
    for kind in kinds:
        async with writing(store) as tx:
            await changes.append(tx, NOW, kind, account_id="ada")


async def hear(follower: AsyncIterator[ChangeRecord], count: int) -> list[str]:
    """Take the kinds of the next changes."""
    async with asyncio.timeout(20):
        return [(await anext(follower)).kind for _ in range(count)]


async def started(
    store: Store, after: int | None = None
) -> tuple[AsyncIterator[ChangeRecord], asyncio.Task[list[str]]]:
    """Begin to follow, and wait until the follower listens, or could not begin to."""
    begun = asyncio.Event()
    follower = store.follow(after, begun=begun.set)
    task = asyncio.create_task(hear(follower, 1))
    task.add_done_callback(lambda _: begun.set())
    await begun.wait()
    return follower, task


async def test_a_change_by_another_process_is_heard(store: Store) -> None:
    other = await open_store(store.url)
    _, heard = await started(store)
    await tell(other, "session_ended")
    assert await heard == ["session_ended"]
    await other.close()


@pytest.mark.soak
async def test_a_change_by_another_process_is_heard_within_a_second(store: Store) -> None:
    other = await open_store(store.url)
    _, heard = await started(store)
    begun = asyncio.get_running_loop().time()
    await tell(other, "session_ended")
    assert await heard == ["session_ended"]
    assert asyncio.get_running_loop().time() - begun < 1
    await other.close()


async def test_a_change_by_the_same_process_is_heard(store: Store) -> None:
    _, heard = await started(store)
    await tell(store, "session_ended")
    assert await heard == ["session_ended"]


async def test_following_from_now_leaves_out_what_was(store: Store) -> None:
    await tell(store, "old", "older")
    _, heard = await started(store)
    await tell(store, "new")
    assert await heard == ["new"]


async def test_following_from_a_place_gives_what_was_and_goes_on_without_gap_or_repeat(store: Store) -> None:
    await tell(store, *(f"old {n}" for n in range(5)))
    follower = store.follow(2)
    assert await hear(follower, 3) == ["old 2", "old 3", "old 4"]
    task = asyncio.create_task(hear(follower, 3))
    await tell(store, "new 0", "new 1", "new 2")
    assert await task == ["new 0", "new 1", "new 2"]


async def test_every_follower_hears_everything_in_order(store: Store) -> None:
    kinds = [f"change {n}" for n in range(30)]
    followers = [store.follow(0) for _ in range(20)]
    heard = [asyncio.create_task(hear(follower, len(kinds))) for follower in followers]
    await tell(store, *kinds)
    assert await asyncio.gather(*heard) == [kinds] * 20


async def test_a_follower_far_behind_reads_from_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "KEPT", 5)
    monkeypatch.setattr(feed, "PAGE", 3)
    small = await open_store(store.url)
    slow = small.follow(0)
    await tell(store, "first")
    assert await hear(slow, 1) == ["first"]
    quick, heard = await started(small, 0)
    kinds = [f"change {n}" for n in range(20)]
    await tell(store, *kinds)
    assert await heard == ["first"]
    assert await hear(quick, 20) == kinds
    assert await hear(slow, 20) == kinds
    await small.close()


async def test_the_last_follower_stops_the_poller_and_the_next_one_starts_it_anew(store: Store) -> None:
    for turn in range(3):
        async with aclosing(store.follow(0)) as follower:
            await tell(store, f"turn {turn}")
            assert (await hear(follower, turn + 1))[-1] == f"turn {turn}"
    async with asyncio.timeout(20):
        while any(task.get_name() == "change feed" for task in asyncio.all_tasks()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_follower_that_comes_as_the_last_one_leaves_still_hears(store: Store) -> None:
    _, first = await started(store)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    _, heard = await started(store)
    await tell(store, "new")
    assert await heard == ["new"]


async def test_a_follower_cancelled_at_any_moment_leaves_no_thread_and_no_task(store: Store) -> None:
    threads = _threads()
    for turn in range(30):
        task = asyncio.create_task(hear(store.follow(), 1))
        await asyncio.sleep(turn * 0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(20):
        # a thread that ends rings no event
        while _threads() > threads or _pollers():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _threads() -> int:
    """How many threads there are, but for those that the event loop keeps for whatever needs one."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())


def _pollers() -> list[asyncio.Task[object]]:
    """The pollers that there are."""
    return [task for task in asyncio.all_tasks() if task.get_name() == "change feed"]


async def test_an_undone_act_is_never_heard(store: Store) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await changes.append(tx, NOW, "undone")
            raise LookupError

    _, heard = await started(store)
    with pytest.raises(LookupError):
        await act()
    await tell(store, "done")
    assert await heard == ["done"]


async def test_closing_the_store_ends_its_followers(store_url: str) -> None:
    store = await open_store(store_url, create=True)
    kinds: list[str] = []
    begun = asyncio.Event()

    async def listen() -> None:
        async for change in store.follow(begun=begun.set):
            kinds.append(change.kind)

    task = asyncio.create_task(listen())
    await begun.wait()
    await store.close()
    await asyncio.wait_for(task, 20)
    assert kinds == []


async def test_a_follower_is_told_when_the_store_is_taken_away(store: Store, sqlite_path: Path) -> None:
    _, heard = await started(store)
    sqlite_path.rename(sqlite_path.with_name("elsewhere.db"))
    with pytest.raises(Missing):
        await heard
