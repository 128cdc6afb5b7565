"""Activity: one's own events alone, newest first, by kind and word, page by page, and counted by the day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from security import activity as rules
from security.activity_facts import ActivityEvent, ActivityMark, ActivityQuery, ActivityTerm
from security.activity_kinds import KINDS, kind_of
from security.audit import Event
from security.facts import Secret
from security.lanes import act_in
from security.refusals import NotFound, SessionLocked, SessionOver, UnusableField, WrongCredentials
from security.vocabulary import ActivityKind, BreachOutcome, EventName
from store import activity as activity_rows
from tests.security.people import WRONG_PASSWORD, House, Person, an_origin

ALL = ActivityQuery()


async def everything(person: Person, query: ActivityQuery = ALL, page: int = 3) -> list[ActivityEvent]:
    """All that a query finds, read downward in short pages."""
    activity = person.house.services.activity
    read = await activity.newest(person.token, query, page)
    found = list(read.events)
    while read.older is not None:
        read = await activity.older(person.token, query, read.older, page)
        found += read.events
    return found


async def renamed(person: Person, *names: str) -> None:
    """Change a person's name, a minute apart."""
    for name in names:
        person.wait(minutes=1)
        await person.house.services.accounts.rename(person.token, name, person.origin)


async def test_everything_that_happened_is_there_newest_first(house: House) -> None:
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cyd", "Dee")
    found = await everything(owner)
    assert [event.id for event in found] == [record.id for record in reversed(await owner.events())]
    assert found[0].name is EventName.ACCOUNT_RENAMED
    assert found[0].client == "OpenSSH, kitty"
    assert found[0].source_ip == "203.0.113.7"


async def test_what_a_newer_program_wrote_is_shown_as_it_stands_there(house: House) -> None:
    owner = await house.owner()
    named = EventName.kept("auth.passkey_added\x1b")
    (*_, last) = await owner.events()
    async with act_in(house.store, house.clock.now(), last.org_id) as tx:
        event = Event(
            named,
            org_id=last.org_id,
            actor_id=last.subject_id,
            subject_id=last.subject_id,
            session=None,
            origin=owner.origin,
            was_success=True,
            reason="passkey_too_old",
        )
        await house.services.audit.append(tx, event)
        await tx.execute("UPDATE accounts SET breach_outcome = 'clear_of_tomorrow'")
    (newest, *_) = await everything(owner)
    assert newest.name == named
    assert newest.name.value == "auth.passkey_added␛"
    assert kind_of(newest.name) is ActivityKind.ACCOUNT
    seen = await house.services.accounts.overview(owner.token)
    assert seen.lately[0].name == named
    assert seen.breach is BreachOutcome.NOT_CHECKED


async def test_pages_upward_give_the_same_events(house: House) -> None:
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cyd", "Dee")
    activity = house.services.activity
    read = await activity.oldest(owner.token, ALL, 3)
    assert read.older is None
    found = list(read.events)
    while read.newer is not None:
        read = await activity.newer(owner.token, ALL, read.newer, 3)
        found = [*read.events, *found]
    assert found == await everything(owner)


async def test_a_page_knows_its_place_among_all(house: House) -> None:
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cyd", "Dee")
    activity = house.services.activity
    found = await everything(owner)
    first = await activity.newest(owner.token, ALL, 2)
    second = await activity.older(owner.token, ALL, first.older, 2)
    assert (first.index, second.index, second.total) == (0, 2, len(found))
    assert await activity.total(owner.token) == len(found)
    there = await activity.at(owner.token, 3, 2)
    assert (list(there.events), there.index) == (found[3:5], 3)
    top = await activity.at(owner.token, 0, 2)
    assert (list(top.events), top.newer) == (found[:2], None)
    beyond = await activity.at(owner.token, 10_000, 2)
    assert (list(beyond.events), beyond.older) == (found[-2:], None)


async def test_what_happens_while_one_pages_neither_repeats_nor_hides_older_events(house: House) -> None:
    """R080."""
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cyd")
    before = await everything(owner)
    first = await house.services.activity.newest(owner.token, ALL, 2)
    await renamed(owner, "Dee", "Eve")
    rest = await house.services.activity.older(owner.token, ALL, first.older, 100)
    assert [*first.events, *rest.events] == before


async def test_one_goes_on_below_an_event_by_its_id(house: House) -> None:
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cy")
    events = await everything(owner)
    mark = await house.services.activity.mark(owner.token, events[1].id)
    below = await house.services.activity.older(owner.token, ALL, mark, 2)
    assert [event.id for event in below.events] == [event.id for event in events[2:4]]


async def test_another_accounts_event_is_no_place_to_go_on_from(house: House) -> None:
    owner = await house.owner()
    member = await house.member(owner)
    (event, *_) = await everything(member)
    for event_id in (event.id, "no such id", "\0"):
        with pytest.raises(NotFound):
            await house.services.activity.mark(owner.token, event_id)


async def test_a_person_reads_their_own_events_alone(house: House) -> None:
    """R113: not one of another's, in no page, no figure and by no query."""
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea")
    member = await house.member(owner)
    mine = {record.id for record in await member.events()}
    activity = house.services.activity
    far = ActivityMark(house.clock.now() + timedelta(days=1), 10**9)
    assert {event.id for event in await everything(member)} == mine
    assert {event.id for event in (await activity.older(member.token, ALL, far, 100)).events} == mine
    assert {event.id for event in (await activity.at(member.token, 0, 100)).events} == mine
    assert await activity.total(member.token) == len(mine)
    assert (await activity.days(member.token)).total == len(mine)
    hunted = ActivityQuery(terms=(ActivityTerm("renamed"),))
    assert await everything(member, hunted) == []


async def test_each_kind_holds_its_events_and_what_failed_cuts_across_them(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    await owner.enrol()
    everything_there = await everything(owner)
    kinds = set(ActivityKind) - {ActivityKind.FAILURES}
    by_kind = {kind: await everything(owner, ActivityQuery(kind=kind)) for kind in kinds}
    assert sum(map(len, by_kind.values())) == len(everything_there)
    assert all(kind_of(event.name) is kind for kind, found in by_kind.items() for event in found)
    assert by_kind[ActivityKind.TWO_FACTOR]
    failed = await everything(owner, ActivityQuery(kind=ActivityKind.FAILURES))
    assert [event.name for event in failed] == [EventName.SIGN_IN_FAILED]
    assert not failed[0].was_success


@pytest.mark.parametrize("name", EventName)
def test_every_event_is_of_exactly_one_kind(name: EventName) -> None:
    assert sum(name in names for names in KINDS.values()) == 1
    assert kind_of(name) in ActivityKind


async def test_words_are_looked_for_in_name_device_address_and_words(house: House) -> None:
    owner = await house.owner()
    await owner.sign_in(an_origin(client="Firefox 131 on Linux", source_ip="198.51.100.4"))

    async def found(*terms: ActivityTerm) -> set[EventName]:
        return {event.name for event in await everything(owner, ActivityQuery(terms=terms))}

    assert await found(ActivityTerm("firefox")) == {EventName.SIGNED_IN, EventName.NEW_DEVICE}
    assert await found(ActivityTerm("198.51"), ActivityTerm("new_dev")) == {EventName.NEW_DEVICE}
    assert await found(ActivityTerm("unfamiliar", frozenset({EventName.NEW_DEVICE}))) == {
        EventName.NEW_DEVICE
    }
    assert await found(ActivityTerm("nowhere")) == set()


async def test_a_search_without_a_find_answers_in_steps(house: House) -> None:
    owner = await house.owner()
    await renamed(owner, *(f"Name {chr(65 + turn)}" for turn in range(9)))
    founding = ActivityQuery(terms=(ActivityTerm("org.created"),))
    activity = house.services.activity
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activity_rows.older, "__defaults__", (activity_rows.Sieve(), 4))
        page = await activity.newest(owner.token, founding, 5)
        assert (page.events, page.index, page.total) == ((), None, None)
        assert page.older is not None
        assert [event.name for event in await everything(owner, founding)] == [EventName.ORGANISATION_CREATED]


@pytest.mark.parametrize(
    "terms", [(ActivityTerm("x" * 129),), tuple(ActivityTerm("x") for _ in range(9))], ids=["long", "many"]
)
async def test_a_query_that_is_too_long_is_refused(house: House, terms: tuple[ActivityTerm, ...]) -> None:
    owner = await house.owner()
    with pytest.raises(UnusableField):
        await house.services.activity.newest(owner.token, ActivityQuery(terms=terms), 5)


async def test_no_page_is_longer_than_its_bound(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await house.owner()
    await renamed(owner, "Ada", "Bea", "Cyd")
    monkeypatch.setattr(rules, "LONGEST_PAGE", 2)
    assert len((await house.services.activity.newest(owner.token, ALL, 10**9)).events) == 2
    assert len((await house.services.activity.newest(owner.token, ALL, -1)).events) == 1


async def test_the_days_count_every_event_of_a_month_and_none_before(house: House) -> None:
    owner = await house.owner()
    first = await house.services.activity.days(owner.token)
    founded = first.counts[-1]
    assert founded == len(await owner.events())
    owner.wait(days=3)
    await renamed(owner, "Ada", "Bea")
    days = await house.services.activity.days(owner.token)
    assert days.counts == (*[0] * 26, founded, 0, 0, 2)
    assert days.total == founded + 2
    assert days.first == house.clock.now().date() - timedelta(days=29)
    assert (await house.services.activity.days(owner.token, 3)).counts == (0, 0, 2)


async def test_an_event_tells_its_session_its_reason_and_its_details(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(UnusableField):
        await house.services.accounts.rename(owner.token, "", owner.origin)
    refused = (await everything(owner))[0]
    assert (refused.was_success, refused.reason) == (False, "unusable_field")
    assert refused.session is not None
    signed_in = next(event for event in await everything(owner) if event.name is EventName.SIGNED_IN)
    assert ("methods", "password") in signed_in.details
    assert not signed_in.is_by_other


async def test_what_another_did_to_the_account_is_told_as_such(house: House) -> None:
    owner = await house.owner()
    member = await house.member(owner)
    record = (await member.events())[0]
    assert rules._event(replace(record, actor_id=owner.account_id)).is_by_other
    assert not rules._event(replace(record, actor_id=None)).is_by_other


async def test_hostile_text_of_a_stored_event_is_inert(house: House) -> None:
    owner = await house.owner()
    hostile = "\x1b]52;c;aGk=\x07\u202e[/red]"
    record = replace(
        (await owner.events())[0],
        client=hostile,
        source_ip=hostile,
        reason=hostile,
        session=hostile,
        node=hostile,
        details=json.dumps({hostile: hostile}),
    )
    event = rules._event(record)
    texts = [event.client, event.source_ip, event.reason, event.session or "", event.node]
    for text in [*texts, *(part for pair in event.details for part in pair)]:
        assert not set(text) & set("\x1b\x07\u202e")


async def test_without_a_live_session_nothing_is_read(house: House) -> None:
    owner = await house.owner()
    activity = house.services.activity
    calls = [
        lambda token: activity.newest(token, ALL, 5),
        lambda token: activity.oldest(token, ALL, 5),
        lambda token: activity.at(token, 0, 5),
        activity.total,
        activity.days,
    ]
    for call in calls:
        with pytest.raises(SessionOver):
            await call(Secret("nobody's"))
    await house.services.sessions.lock(owner.token)
    for call in calls:
        with pytest.raises(SessionLocked):
            await call(owner.token)
