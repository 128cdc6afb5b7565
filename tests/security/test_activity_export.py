"""The export of one's own activity: asked for anew, audited, of one moment, a page at a time (R058, R079)."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from security import activity_export as rules
from security.activity_export import COLUMNS
from security.activity_facts import ActivityQuery, ActivityTerm, Export
from security.facts import Secret
from security.lanes import act_in
from security.places import FilePlaces
from security.refusals import (
    ExportOvertaken,
    ReauthenticationNeeded,
    SessionLocked,
    SessionOver,
    UnusableField,
    WrongCredentials,
)
from security.services import Services
from security.vocabulary import ActivityKind, EventName, ExportForm
from store import activity as activity_rows
from store.audit import AuditRecord
from store.errors import Unavailable
from tests.security.city_files import write_city_file
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, Person, an_origin
from tests.security.test_export_forms import reader

ALL = ActivityQuery()
CSV, JSON_LINES = ExportForm.CSV, ExportForm.JSON_LINES


async def taken(export: Export) -> bytes:
    """All of an export."""
    return b"".join([piece.data async for piece in export.pieces])


async def exported(
    person: Person, query: ActivityQuery = ALL, form: ExportForm = CSV, services: Services | None = None
) -> bytes:
    """Export, as a person does it."""
    flow = (services or person.house.services).activity_export
    return await taken(await flow.begin(person.token, query, person.origin, form))


def rows_of(written: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file as they were stored, by the reader of docs/export.md."""
    lines = csv.DictReader(io.StringIO(written.decode(), newline=""), strict=True)
    return [{name: reader()(cell) for name, cell in row.items()} for row in lines]


def objects_of(written: bytes) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in written.decode().splitlines()]


async def renamed(person: Person, *names: str) -> None:
    """Change a person's name, a second apart."""
    for name in names:
        person.wait(seconds=1)
        await person.house.services.accounts.rename(person.token, name, person.origin)


@pytest.fixture
async def owner(house: House, monkeypatch: pytest.MonkeyPatch) -> Person:
    """An owner with more events than three pages of four have room for, among which a stranger failed."""
    monkeypatch.setattr(rules, "PAGE", 4)
    person = await house.owner()
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(person.email, WRONG_PASSWORD, an_origin("=cmd|'/C calc'!A0"))
    await renamed(person, *(f"Ada {chr(65 + turn)}" for turn in range(11)))
    return person


async def test_every_event_is_there_oldest_first_as_it_is_stored(owner: Person) -> None:
    stored = await owner.events()
    rows = rows_of(await exported(owner))
    assert [row["event_id"] for row in rows] == [record.id for record in stored]
    for row, record in zip(rows, stored, strict=True):
        assert tuple(row) == COLUMNS
        assert (row["event"], row["outcome"], row["reason"]) == (record.name, record.outcome, record.reason)
        assert (row["client"], row["source_address"]) == (record.client, record.source_ip)
        assert (row["session"], row["node"], row["by_other"]) == (record.session or "", record.node, "false")
        assert json.loads(row["details"]) == json.loads(record.details)
        assert row["time"] == record.at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


async def test_what_a_stranger_called_their_device_is_no_formula(owner: Person) -> None:
    written = await exported(owner)
    assert b",'=cmd|'/C calc'!A0," in written
    assert "=cmd|'/C calc'!A0" in {row["client"] for row in rows_of(written)}


async def test_both_forms_hold_the_same(owner: Person) -> None:
    rows = rows_of(await exported(owner))
    objects = objects_of(await exported(owner, form=JSON_LINES))
    assert objects.pop()["event"] == EventName.ACTIVITY_EXPORTED  # of the first export
    assert [tuple(one) for one in objects] == [COLUMNS] * len(rows)
    for row, one in zip(rows, objects, strict=True):
        told = {**one, "details": json.dumps(one["details"], sort_keys=True, ensure_ascii=False)}
        told |= {"by_other": "true" if one["by_other"] else "false", "place": one["place"] or ""}
        assert {**told, "session": one["session"] or ""} == row


@pytest.mark.parametrize(
    "query",
    [
        ActivityQuery(kind=ActivityKind.FAILURES),
        ActivityQuery(kind=ActivityKind.ACCOUNT),
        ActivityQuery(terms=(ActivityTerm("renamed"), ActivityTerm("kitty"))),
        ActivityQuery(terms=(ActivityTerm("nowhere"),)),
    ],
    ids=["failures", "account", "words", "nothing"],
)
async def test_a_selection_holds_what_the_list_shows_and_no_more(
    house: House, owner: Person, query: ActivityQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "COUNTED_AT_ONCE", 3)
    page = await house.services.activity.newest(owner.token, query, 100)
    assert await house.services.activity_export.count(owner.token, query) == len(page.events)
    rows = rows_of(await exported(owner, query))
    assert [row["event_id"] for row in rows] == [event.id for event in reversed(page.events)]


async def test_an_export_is_audited_with_its_form_and_count_before_a_byte_is_given(
    house: House, owner: Person
) -> None:
    before = len(await owner.events())
    query = ActivityQuery(ActivityKind.ACCOUNT, (ActivityTerm("renamed"),))
    export = await house.services.activity_export.begin(owner.token, query, owner.origin, JSON_LINES)
    event = (await owner.events())[-1]
    assert len(await owner.events()) == before + 1
    assert (event.name, event.outcome) == ("account.activity_exported", "success")
    assert json.loads(event.details) == {
        "form": "jsonl",
        "events": "11",
        "kind": "account",
        "filtered": "true",
    }
    assert export.total == 11
    assert await house.audit_is_whole()


async def test_counting_is_not_audited(house: House, owner: Person) -> None:
    before = await house.dump()
    assert await house.services.activity_export.count(owner.token, ALL) == len(await owner.events())
    assert await house.dump() == before


async def test_an_old_proof_is_asked_for_anew_and_nothing_is_written(house: House, owner: Person) -> None:
    """R058."""
    owner.wait(minutes=5, seconds=1)
    before = await owner.events()
    with pytest.raises(ReauthenticationNeeded) as needed:
        await exported(owner)
    assert not needed.value.second_factor
    assert await owner.events() == before
    assert await house.services.activity_export.count(owner.token, ALL) == len(before)
    owner.signed_in = await house.services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin)
    assert len(rows_of(await exported(owner))) == len(before) + 1


async def test_a_proof_that_grows_old_while_the_selection_is_counted_is_asked_for_anew(
    house: House, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = activity_rows.count

    async def slow(*args: Any, **others: Any) -> Any:
        house.clock.advance(timedelta(minutes=6))
        return await count(*args, **others)

    monkeypatch.setattr(activity_rows, "count", slow)
    before = await owner.events()
    with pytest.raises(ReauthenticationNeeded):
        await exported(owner, ActivityQuery(kind=ActivityKind.ACCOUNT))
    assert await owner.events() == before


async def test_without_a_live_session_nothing_is_counted_and_nothing_exported(
    house: House, owner: Person
) -> None:
    flow = house.services.activity_export
    with pytest.raises(SessionOver):
        await flow.count(Secret("nobody's"), ALL)
    with pytest.raises(SessionOver):
        await flow.begin(Secret("nobody's"), ALL, owner.origin, CSV)
    await house.services.sessions.lock(owner.token)
    with pytest.raises(SessionLocked):
        await flow.count(owner.token, ALL)
    with pytest.raises(SessionLocked):
        await flow.begin(owner.token, ALL, owner.origin, CSV)


async def test_a_query_that_is_too_long_is_refused(owner: Person) -> None:
    with pytest.raises(UnusableField):
        await exported(owner, ActivityQuery(terms=(ActivityTerm("x" * 129),)))


async def test_another_persons_events_are_never_in_it(house: House, owner: Person) -> None:
    """R056, R113: neither in everything nor by any query, and not in the count."""
    member = await house.member(owner)
    mine = {record.id for record in await member.events()}
    for query in (
        ALL,
        ActivityQuery(terms=(ActivityTerm("e"),)),
        ActivityQuery(terms=(ActivityTerm("ada"),)),
    ):
        rows = rows_of(await exported(member, query))
        assert {row["event_id"] for row in rows} <= mine
        mine |= {(await member.events())[-1].id}
    renames = ActivityQuery(terms=(ActivityTerm("renamed"),))
    assert await house.services.activity_export.count(member.token, renames) == 0


async def test_what_happens_while_one_exports_is_not_in_it_and_hides_nothing(
    house: House, owner: Person
) -> None:
    """R079, R080: one moment, even for what another clock dates before it."""
    stored = [record.id for record in await owner.events()]
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    written = (await anext(export.pieces)).data
    await renamed(owner, "Zoe A", "Zoe B")
    house.clock.advance(-timedelta(seconds=9))
    await renamed(owner, "Zoe C")
    written += await taken(export)
    assert [row["event_id"] for row in rows_of(written)] == stored


async def test_a_session_that_is_revoked_while_it_exports_gets_no_further_page(
    house: House, owner: Person
) -> None:
    """R052."""
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    await anext(export.pieces)
    elsewhere = await owner.sign_in()
    await house.services.sessions.revoke(elsewhere.token, owner.signed_in.session_id, owner.origin)
    with pytest.raises(SessionOver):
        await taken(export)


async def test_what_the_retention_erases_before_it_was_read_ends_the_export(
    house: House, owner: Person
) -> None:
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    org_id = await house.org_id()
    async with act_in(house.store, house.clock.now(), org_id) as tx:
        last = (await owner.events())[-2].at
        assert await house.services.audit.purge(tx, org_id, last) > 0
    with pytest.raises(ExportOvertaken):
        await taken(export)


async def test_what_was_read_already_may_be_erased(house: House, owner: Person) -> None:
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    org_id, first = await house.org_id(), (await owner.events())[0].at
    written = (await anext(export.pieces)).data + (await anext(export.pieces)).data
    async with act_in(house.store, house.clock.now(), org_id) as tx:
        gone = await house.services.audit.purge(tx, org_id, first + timedelta(microseconds=1))
    assert 0 < gone <= 2 * rules.PAGE
    written += await taken(export)
    assert len(rows_of(written)) == export.total


async def test_two_exports_at_once_are_each_whole(house: House, owner: Person) -> None:
    other, services = await house.second()
    try:
        both = await asyncio.gather(exported(owner), exported(owner, services=services))
        stored = [record.id for record in await owner.events()]
    finally:
        await other.close()
    for written in both:
        found = [row["event_id"] for row in rows_of(written)]
        assert found == stored[: len(found)]
        assert len(found) in (len(stored) - 2, len(stored) - 1)
    assert await owner.count_events(EventName.ACTIVITY_EXPORTED) == 2


async def test_an_export_that_is_cancelled_halfway_leaves_the_store_free(house: House, owner: Person) -> None:
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    got_one, never = asyncio.Event(), asyncio.Event()

    async def take() -> None:
        async for _ in export.pieces:
            got_one.set()
            await never.wait()

    task = asyncio.ensure_future(take())
    await got_one.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await renamed(owner, "Zoe")
    assert len(rows_of(await exported(owner))) == export.total + 2


async def test_a_store_that_fails_halfway_says_so(
    house: House, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    await anext(export.pieces)

    async def away(*_: object, **__: object) -> Any:
        raise Unavailable("The store is away.")

    monkeypatch.setattr(activity_rows, "newer", away)
    with pytest.raises(Unavailable):
        await taken(export)


async def test_no_more_than_a_page_is_held_at_once(house: House, owner: Person) -> None:
    """R079; a million rows are in the soak test."""
    export = await house.services.activity_export.begin(owner.token, ALL, owner.origin, CSV)
    gc.collect()
    most, last, pieces = 0, 0, 0
    async for piece in export.pieces:
        assert piece.total - last <= rules.PAGE
        last = piece.total
        pieces += 1
        most = max(most, sum(type(one) is AuditRecord for one in gc.get_objects()))
    assert pieces == -(-export.total // rules.PAGE)
    assert last == export.total
    assert most <= rules.PAGE


async def test_a_place_is_told_where_the_city_file_knows_it(house: House, tmp_path: Path) -> None:
    owner = await house.owner()
    await owner.sign_in(an_origin(source_ip="192.168.1.4"))
    places = FilePlaces(write_city_file(tmp_path / "city.mmdb"), deadline=60)
    try:
        objects = objects_of(
            await exported(owner, form=JSON_LINES, services=house.build(house.store, places=places))
        )
    finally:
        await places.close()
    assert {(one["source_address"], one["place"]) for one in objects} == {
        ("203.0.113.7", "Oslo, Norway"),
        ("192.168.1.4", None),
    }


async def test_what_another_did_is_told_as_such_and_not_who(house: House) -> None:
    owner = await house.owner()
    member = await house.member(owner)
    record = replace((await member.events())[0], actor_id=owner.account_id)
    row = rules._row(record, None)
    assert row["by_other"] is True
    by_operator = replace(record, actor_id=None, details='{"operator": "root"}')
    assert rules._row(by_operator, None)["by_other"] is True
    assert rules._row(replace(record, actor_id=None), None)["by_other"] is False
    assert owner.account_id not in row.values()
    assert "seq" not in row


async def test_a_selection_of_nothing_is_the_names_of_the_columns_or_no_line(house: House) -> None:
    owner = await house.owner()
    nothing = ActivityQuery(terms=(ActivityTerm("nowhere"),))
    assert await exported(owner, nothing) == (",".join(COLUMNS) + "\r\n").encode()
    assert await exported(owner, nothing, JSON_LINES) == b""
