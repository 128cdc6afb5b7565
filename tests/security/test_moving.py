"""A store is moved: the copy tells of it once, its audit verifies, and nobody signs in at the old one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from security.audit import Audit
from security.moving import Cancelled, Progress, StoreMoving, Work
from security.services import Services
from security.trouble import StoreTrouble
from security.vocabulary import EventName
from store import audit as audit_rows
from store.audit import AuditRecord
from store.errors import Corrupt, Frozen, Stale, Unfinished
from store.ids import NIL_ID
from store.moving.moves import Move
from store.moving.sides import side_of
from store.statements import Statement
from store.store import Store, open_store
from tests import postgresql
from tests.security.people import PASSWORD, House, an_origin


@pytest.fixture
def moving(house: House) -> StoreMoving:
    """The flow, with the house's keys."""
    return StoreMoving(house.keys, house.clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where no store is yet, on every engine."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite://{tmp_path / 'there' / 'strongroom.db'}"
        else:
            yield stack.enter_context(postgresql.new_database())


def place(url: str) -> str:
    """What the tests call a place."""
    return url.removeprefix("sqlite://")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """A store for as long as it is looked at."""
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()


async def moves_told(store: Store) -> list[AuditRecord]:
    """The events of moves in a store."""
    async with store.read() as tx:
        events = await audit_rows.walk(tx, NIL_ID, 0, 100)
    return [event for event in events if event.name == EventName.STORE_MOVED]


async def test_the_copy_tells_of_the_move_once_and_its_audit_verifies(
    house: House, moving: StoreMoving, target: str
) -> None:
    owner = await house.owner()
    await owner.enrol()
    heard: list[Progress] = []
    moved = await moving.move(house.store.url, target, place(target), an_origin(), heard.append)
    assert sum(table.rows for table in moved.tables) > 20
    assert [*dict.fromkeys(step.work for step in heard)] == [Work.COPY, Work.COMPARE, Work.AUDIT]
    assert all(step.done <= step.total for step in heard)
    async with opened(target) as store:
        (event,) = await moves_told(store)
        assert (event.outcome, event.source_ip) == ("success", an_origin().source_ip)
        assert house.store.place in event.details
        audit = Audit(store, house.keys, house.clock)
        for chain in (NIL_ID, await house.org_id()):
            assert (await audit.verify(chain)).is_whole
    assert await moves_told(house.store) == []


async def test_who_was_signed_in_goes_on_at_the_new_place_and_not_at_the_old_one(
    house: House, moving: StoreMoving, target: str
) -> None:
    owner = await house.owner()
    await moving.move(house.store.url, target, place(target), an_origin(), lambda _: None)
    with pytest.raises(StoreTrouble, match="has moved to"):
        await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    assert (await house.services.accounts.view(owner.token)).email == owner.email
    async with opened(target) as store:
        services: Services = house.build(store)
        assert (await services.accounts.view(owner.token)).email == owner.email
        await services.sign_in.begin(owner.email, PASSWORD, an_origin())


async def test_a_move_that_was_cut_off_at_its_very_end_is_told_once(
    house: House, moving: StoreMoving, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await house.owner()

    async def cut_off(_: Move) -> None:
        raise KeyboardInterrupt

    whole = Move.leave
    monkeypatch.setattr(Move, "leave", cut_off)
    with pytest.raises(KeyboardInterrupt):
        await moving.move(house.store.url, target, place(target), an_origin(), lambda _: None)
    monkeypatch.setattr(Move, "leave", whole)
    with pytest.raises(Stale, match="has moved to"):
        await moving.cancel(house.store.url, target, place(target))
    again = await moving.move(house.store.url, target, place(target), an_origin(), lambda _: None)
    assert again.tables == ()
    async with opened(target) as store:
        assert len(await moves_told(store)) == 1
    with pytest.raises(Frozen, match="has moved to"):
        await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())


async def test_an_audit_that_does_not_verify_is_not_moved_on(
    house: House, moving: StoreMoving, target: str
) -> None:
    owner = await house.owner()
    hand = await side_of(house.store.url)
    trigger = "DROP TRIGGER audit_event_is_never_edited"
    is_server = house.store.url.startswith("postgresql")
    disabled = "ALTER TABLE audit_events DISABLE TRIGGER audit_event_is_never_edited"
    await hand.ask(Statement(disabled if is_server else trigger, {}))
    await hand.ask(Statement("UPDATE audit_events SET reason = 'edited' WHERE seq = 1", {}))
    if is_server:
        await hand.ask(Statement(disabled.replace("DISABLE", "ENABLE"), {}))
    await hand.close()
    with pytest.raises(Corrupt, match="does not verify at event 1"):
        await moving.move(house.store.url, target, place(target), an_origin(), lambda _: None)
    with pytest.raises(Unfinished):
        await open_store(target)
    assert await moving.cancel(house.store.url, target, place(target)) is Cancelled.OPEN
    await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
