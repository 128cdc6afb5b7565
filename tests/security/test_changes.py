"""The live feed tells what others did, in order, to whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress

from security.changes import Changes, ChangeView, announce
from security.clock import MovedClock
from security.vocabulary import ChangeKind
from store import changes as change_rows
from store.ids import new_id
from store.store import Store, open_store


class ActFailed(Exception):
    """What an act raises after it told of itself."""


async def tell(
    store: Store, clock: MovedClock, kind: ChangeKind, account_id: str, subject_id: str = "s"
) -> None:
    """One change in a transaction of its own."""
    at = clock.now()
    async with store.write(new_id(at), at) as tx:
        await announce(tx, at, kind, "org", account_id, subject_id)


async def next_of(
    changes: Changes,
    how_many: int,
    account_id: str | None = None,
    begun: Callable[[], object] | None = None,
) -> list[ChangeView]:
    """The next changes from the beginning of the feed."""
    seen: list[ChangeView] = []
    following = changes.follow(0, account_id=account_id, begun=begun)
    async with asyncio.timeout(20), aclosing(following) as feed:
        async for change in feed:
            seen.append(change)
            if len(seen) == how_many:
                break
    return seen


async def test_changes_come_in_order_with_what_they_concern(store: Store, clock: MovedClock) -> None:
    await tell(store, clock, ChangeKind.SESSION_STARTED, "amir", "session-1")
    await tell(store, clock, ChangeKind.SESSION_ENDED, "amir", "session-1")
    first, second = await next_of(Changes(store), 2)
    assert (first.kind, second.kind) == (ChangeKind.SESSION_STARTED, ChangeKind.SESSION_ENDED)
    assert first.seq < second.seq
    assert (first.org_id, first.account_id, first.subject_id) == ("org", "amir", "session-1")


async def test_a_person_hears_of_their_own_account_only(store: Store, clock: MovedClock) -> None:
    for account in ("amir", "zoe", "amir"):
        await tell(store, clock, ChangeKind.ACCOUNT_CHANGED, account)
    assert [change.account_id for change in await next_of(Changes(store), 1, "zoe")] == ["zoe"]


async def test_what_another_door_does_is_heard(store: Store, store_url: str, clock: MovedClock) -> None:
    other = await open_store(store_url)
    begun = asyncio.Event()
    heard = asyncio.create_task(next_of(Changes(store), 1, begun=begun.set))
    await begun.wait()
    await tell(other, clock, ChangeKind.SESSION_ENDED, "amir")
    assert [change.account_id for change in await heard] == ["amir"]
    await other.close()


async def test_an_act_that_fails_is_not_told(store: Store, clock: MovedClock) -> None:
    at = clock.now()
    with suppress(ActFailed):
        async with store.write(new_id(at), at) as tx:
            await announce(tx, at, ChangeKind.POLICY_CHANGED)
            raise ActFailed
    async with store.read() as tx:
        assert await change_rows.last_seq(tx) == 0


async def test_a_kind_of_a_later_version_is_passed_over(store: Store, clock: MovedClock) -> None:
    at = clock.now()
    async with store.write(new_id(at), at) as tx:
        await change_rows.append(tx, at, "from_the_future", "org", "amir", None)
    await tell(store, clock, ChangeKind.SESSION_ENDED, "amir")
    assert [change.kind for change in await next_of(Changes(store), 1)] == [ChangeKind.SESSION_ENDED]
