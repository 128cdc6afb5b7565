"""The link to the feed of changes: a break is told with its moment, and mended only once it stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest
from textual.message import Message

from security.changes import Changes
from security.facts import SignedIn
from store.errors import NewerSchema, Unavailable
from tests.store.children import migrate_further
from tests.tui.house import House, settled, shown
from tests.tui.session_visits import LAPTOP, at_desk, go_to, sign_in_at
from tui import live
from tui.app import StrongroomApp
from tui.door import DoorClosed
from tui.live import Link
from tui.messages import LiveChanged
from tui.visit import Visit


def link_of(house: House, signed_in: SignedIn) -> tuple[Link, Visit, list[Message]]:
    """A link, its visit and what it told."""
    visit, told = Visit(house.door(signed_in)), list[Message]()
    return Link(visit, house.services, told.append), visit, told


async def test_a_break_is_told_once_with_the_moment_of_the_first(house: House) -> None:
    link, visit, told = link_of(house, (await at_desk(house)).signed_in)
    link.broken()
    link.broken()
    assert visit.not_live_since == house.clock.now()
    assert [type(message) for message in told] == [LiveChanged]


async def test_a_feed_that_breaks_again_at_once_does_not_count_as_mended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STANDS_SECONDS", 0.05)
    link, visit, told = link_of(house, (await at_desk(house)).signed_in)
    link.broken()
    link.begun()
    link.broken()
    await asyncio.sleep(0.15)
    assert len(told) == 1
    link.begun()
    await asyncio.sleep(0.15)
    assert visit.not_live_since is None
    assert len(told) == 2


async def test_the_sessions_page_says_since_when_the_feed_is_broken_and_reads_what_it_missed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STANDS_SECONDS", 0.2)
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.1)
    whole, is_broken = Changes.follow, [False]

    async def follow(
        self: Changes,
        after: int | None = None,
        *,
        account_id: str | None = None,
        begun: Callable[[], object] | None = None,
    ) -> AsyncGenerator[object, None]:
        if any(is_broken):
            raise Unavailable("The store cannot be reached.")
        async for change in whole(self, after, account_id=account_id, begun=begun):
            if any(is_broken):
                raise Unavailable("The store cannot be reached.")
            yield change

    monkeypatch.setattr(Changes, "follow", follow)
    person = await at_desk(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        is_broken[0] = True
        await sign_in_at(house, LAPTOP)
        for _ in range(100):
            await pilot.pause(0.05)
            if "! Not live since" in shown(app):
                break
        assert "! Not live since" in shown(app)
        is_broken[0] = False
        for _ in range(100):
            await pilot.pause(0.05)
            if "● live" in shown(app):
                break
        await settled(pilot)
        assert "● live" in shown(app)
        assert "Firefox 131 on Linux" in shown(app)


async def test_a_store_that_a_newer_program_has_migrated_ends_the_visit_with_the_reason(house: House) -> None:
    app = StrongroomApp(house.door((await at_desk(house)).signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await migrate_further(house.store.url)
        async with asyncio.timeout(20):
            while app.closed_by is None:  # noqa: ASYNC110 - the app tells nobody
                await asyncio.sleep(0.05)
    assert app.return_code == 69
    assert app.closed_by is not None
    assert "Start the newer one." in app.closed_by.sentence


async def refused(house: House) -> None:
    """Read until that is refused: who only reads looks at the schema once a second."""
    async with asyncio.timeout(20):
        while True:
            await house.services.sign_in.notice()
            await asyncio.sleep(0.05)


async def test_the_door_waits_until_nothing_is_open_that_would_be_lost(house: House) -> None:
    door, is_open = house.door(), [True]
    standing = asyncio.create_task(live.stand(door, lambda: not any(is_open)))
    await migrate_further(house.store.url)
    with pytest.raises(NewerSchema):
        await refused(house)
    await asyncio.sleep(0.2)
    assert not standing.done()
    is_open[0] = False
    with pytest.raises(DoorClosed):
        async with asyncio.timeout(20):
            await standing
