"""What a person chooses about their sessions: names of devices, and a lifetime of their own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from security.facts import Secret, SignedIn
from security.policy import STANDARD, put
from security.refusals import NotFound, PolicyForbids, SessionLocked, SessionOver, UnusableField
from security.vocabulary import EventName
from store import sessions as session_rows
from tests.security.people import House, Person, an_origin

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


async def names(house: House, token: Secret) -> dict[str, str | None]:
    """What the devices of the sessions are called, as the asking person sees them."""
    view = await house.services.sessions.view(token)
    return {session.id: session.device_name for session in view.sessions}


async def end_of(house: House, signed_in: SignedIn) -> str | None:
    """The stored reason why a session ended."""
    async with house.store.read() as tx:
        session = await session_rows.get(tx, signed_in.session_id)
    assert session is not None
    return session.end_reason


async def set_policy(house: House, person: Person, **seconds: int) -> None:
    """Give the organisation a second version of its policy."""
    async with house.store.write(f"policy {seconds}", house.clock.now()) as tx:
        org_id = (await house.org_ids(tx))[0]
        policy = replace(STANDARD, **seconds)  # type: ignore[arg-type]
        await put(tx, org_id, policy, version=2, at=house.clock.now(), by=person.account_id)


async def test_a_name_is_that_of_the_device_in_all_its_sessions_and_of_no_other(house: House) -> None:
    owner = await house.owner()
    same = await owner.sign_in(owner.origin)
    other = await owner.sign_in()
    await house.services.sessions.name_device(
        owner.token, same.session_id, "  Work\u00a0 laptop ", owner.origin
    )
    assert await names(house, owner.token) == {
        owner.signed_in.session_id: "Work laptop",
        same.session_id: "Work laptop",
        other.session_id: None,
    }
    later = await owner.sign_in(owner.origin)
    assert (await names(house, owner.token))[later.session_id] == "Work laptop"


async def test_a_name_is_audited_and_every_live_session_of_the_device_is_told_as_changed(
    house: House,
) -> None:
    owner = await house.owner()
    same = await owner.sign_in(owner.origin)
    gone = await owner.sign_in(owner.origin)
    await owner.sign_in()
    await house.services.sessions.revoke(owner.token, gone.session_id, owner.origin)
    before = len(await house.change_kinds())
    await house.services.sessions.name_device(owner.token, same.session_id, "Desk", owner.origin)
    event = (await owner.events())[-1]
    assert (event.name, event.outcome) == ("auth.device_named", "success")
    assert json.loads(event.details)["name"] == "Desk"
    assert (await house.change_kinds())[before:] == ["session_changed"] * 2


@pytest.mark.parametrize("nothing", ["", "   ", "\u00a0"])
async def test_an_empty_name_takes_the_name_away(house: House, nothing: str) -> None:
    owner = await house.owner()
    mine = owner.signed_in.session_id
    await house.services.sessions.name_device(owner.token, mine, "Desk", owner.origin)
    await house.services.sessions.name_device(owner.token, mine, nothing, owner.origin)
    assert await names(house, owner.token) == {mine: None}
    assert await owner.count_events(EventName.DEVICE_NAMED) == 2


async def test_the_name_that_it_has_already_writes_nothing(house: House) -> None:
    owner = await house.owner()
    mine = owner.signed_in.session_id
    await house.services.sessions.name_device(owner.token, mine, "Desk", owner.origin)
    before = await house.change_kinds()
    await house.services.sessions.name_device(owner.token, mine, " Desk ", owner.origin)
    assert await owner.count_events(EventName.DEVICE_NAMED) == 1
    assert await house.change_kinds() == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("\x1b]0;evil\x07", "control_characters"),
        ("Desk\u202eksed", "control_characters"),
        ("De\u200bsk", "control_characters"),
        ("D\u0435sk", "mixed_scripts"),
        ("x" * 101, "too_long"),
        (" " * 5000, "too_long"),
    ],
)
async def test_a_name_that_hides_or_misleads_is_refused_and_audited(
    house: House, name: str, reason: str
) -> None:
    owner = await house.owner()
    mine = owner.signed_in.session_id
    with pytest.raises(UnusableField) as refusal:
        await house.services.sessions.name_device(owner.token, mine, name, owner.origin)
    assert (refusal.value.field, refusal.value.reason) == ("device", reason)
    assert await owner.last_event() == ("auth.device_named", "failure", "unusable_field")
    assert await names(house, owner.token) == {mine: None}


async def test_foreign_unknown_ended_and_overdue_sessions_are_one_refusal_when_they_are_named(
    house: House,
) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    ended, due = await owner.sign_in(), await owner.sign_in()
    await house.services.sessions.revoke(owner.token, ended.session_id, owner.origin)
    owner.wait(days=6)
    await house.services.sessions.touch(owner.token)
    await house.services.sessions.touch(bea.token)
    owner.wait(days=1)
    answers = []
    for session_id in (
        bea.signed_in.session_id,
        "0198c0de-0000-7000-8000-000000000000",
        ended.session_id,
        due.session_id,
        "",
    ):
        with pytest.raises(NotFound) as refusal:
            await house.services.sessions.name_device(owner.token, session_id, "Mine", owner.origin)
        answers.append((str(refusal.value), await owner.last_event()))
    assert set(answers) == {("", ("auth.device_named", "failure", "not_found"))}
    assert await names(house, bea.token) == {bea.signed_in.session_id: None}


async def test_nobody_sees_the_name_that_another_person_gave_to_the_same_terminal(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.services.sessions.name_device(owner.token, owner.signed_in.session_id, "Amir's", owner.origin)
    shared = replace(an_origin(), device_secret=owner.origin.device_secret)
    await bea.sign_in(shared)
    assert set((await names(house, bea.token)).values()) == {None}


async def test_behind_the_idle_lock_nothing_is_chosen(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.lock(owner.token)
    sessions = house.services.sessions
    for act in (
        sessions.view(owner.token),
        sessions.name_device(owner.token, owner.signed_in.session_id, "Desk", owner.origin),
        sessions.set_lifetime(owner.token, HOUR, owner.origin),
    ):
        with pytest.raises(SessionLocked):
            await act


@pytest.mark.parametrize("lifetime", [HOUR, DAY, timedelta(days=30)])
async def test_a_lifetime_between_an_hour_and_the_policys_is_taken(house: House, lifetime: timedelta) -> None:
    owner = await house.owner()
    view = await house.services.sessions.set_lifetime(owner.token, lifetime, owner.origin)
    assert (view.lifetime, view.longest) == (lifetime, timedelta(days=30))
    assert view.sessions[0].expires_at == view.sessions[0].created_at + lifetime
    assert (await owner.sign_in()).expires_at == house.clock.now() + lifetime
    told = [event for event in await owner.events() if event.name == EventName.SESSION_LIFETIME_CHANGED]
    assert [json.loads(event.details) for event in told] == [{"seconds": str(int(lifetime.total_seconds()))}]


@pytest.mark.parametrize("lifetime", [HOUR - TICK, timedelta(0), -DAY, timedelta.min])
async def test_a_lifetime_below_an_hour_is_refused_and_audited(house: House, lifetime: timedelta) -> None:
    owner = await house.owner()
    with pytest.raises(UnusableField) as refusal:
        await house.services.sessions.set_lifetime(owner.token, lifetime, owner.origin)
    assert (refusal.value.field, refusal.value.reason) == ("lifetime", "too_short")
    assert await owner.last_event() == ("auth.session_lifetime_changed", "failure", "unusable_field")
    assert (await house.services.sessions.view(owner.token)).lifetime == timedelta(days=30)


@pytest.mark.parametrize("lifetime", [DAY + TICK, timedelta(days=31), timedelta.max])
async def test_a_lifetime_above_the_policys_is_refused_and_audited(house: House, lifetime: timedelta) -> None:
    owner = await house.owner(policy=replace(STANDARD, lifetime_seconds=86400, idle_seconds=3600))
    with pytest.raises(PolicyForbids):
        await house.services.sessions.set_lifetime(owner.token, lifetime, owner.origin)
    assert await owner.last_event() == ("auth.session_lifetime_changed", "failure", "policy_forbids")
    assert (await house.services.sessions.view(owner.token)).lifetime == DAY


async def test_a_shorter_lifetime_acts_on_live_sessions_at_exactly_its_end(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    owner.wait(hours=1, microseconds=-1)
    await house.services.accounts.view(owner.token)
    owner.wait(microseconds=1)
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(owner.token)
    assert over.value.reason == "expired"
    assert await end_of(house, owner.signed_in) == "expired"
    owner.wait(minutes=-30)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(owner.token)


async def test_sessions_older_than_the_new_lifetime_end_in_the_same_act(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    owner.wait(hours=2)
    fresh = await owner.sign_in()
    before = len(await house.change_kinds())
    view = await house.services.sessions.set_lifetime(fresh.token, HOUR, owner.origin)
    assert [session.id for session in view.sessions] == [fresh.session_id]
    assert {session.id for session in view.just_ended} == {owner.signed_in.session_id, other.session_id}
    assert await end_of(house, other) == await end_of(house, owner.signed_in) == "expired"
    assert (await house.change_kinds())[before:] == ["session_changed", "session_ended", "session_ended"]


async def test_who_chooses_a_lifetime_shorter_than_their_session_is_old_is_signed_out_by_it(
    house: House,
) -> None:
    owner = await house.owner()
    owner.wait(hours=1)
    with pytest.raises(SessionOver) as over:
        await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    assert over.value.reason == "expired"
    assert await end_of(house, owner.signed_in) == "expired"
    again = await owner.sign_in()
    assert (await house.services.sessions.view(again.token)).lifetime == HOUR


async def test_a_longer_lifetime_makes_no_session_longer_than_it_began_with(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    short = await owner.sign_in()
    view = await house.services.sessions.set_lifetime(owner.token, None, owner.origin)
    expiries = {session.id: session.expires_at for session in view.sessions}
    assert expiries[short.session_id] == house.clock.now() + HOUR
    assert expiries[owner.signed_in.session_id] == house.clock.now() + timedelta(days=30)
    assert view.lifetime == view.longest
    owner.wait(hours=1)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(short.token)
    await house.services.accounts.view(owner.token)


async def test_the_lifetime_that_it_is_already_writes_nothing(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.set_lifetime(owner.token, None, owner.origin)
    assert await owner.count_events(EventName.SESSION_LIFETIME_CHANGED) == 0
    for _ in range(2):
        await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    assert await owner.count_events(EventName.SESSION_LIFETIME_CHANGED) == 1


async def test_a_policy_that_became_shorter_stands_above_ones_own_lifetime(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.set_lifetime(owner.token, 2 * DAY, owner.origin)
    await set_policy(house, owner, lifetime_seconds=86400, idle_seconds=86400)
    view = await house.services.sessions.view(owner.token)
    assert (view.lifetime, view.longest) == (DAY, DAY)
    assert view.sessions[0].expires_at == house.clock.now() + DAY
    assert (await owner.sign_in()).expires_at == house.clock.now() + DAY


async def test_a_lifetime_of_ones_own_is_nobody_elses(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    owner.wait(hours=1)
    assert await house.services.sessions.expire_due() == 1
    assert await end_of(house, owner.signed_in) == "expired"
    assert (await house.services.sessions.view(bea.token)).lifetime == timedelta(days=30)


async def test_two_lifetimes_at_once_leave_one_of_them_and_a_whole_audit(house: House) -> None:
    owner = await house.owner()
    store, services = await house.second()
    try:
        await asyncio.gather(
            house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin),
            services.sessions.set_lifetime(owner.token, DAY, owner.origin),
        )
    finally:
        await store.close()
    told = [event for event in await owner.events() if event.name == EventName.SESSION_LIFETIME_CHANGED]
    seconds = json.loads(told[-1].details)["seconds"]
    view = await house.services.sessions.view(owner.token)
    assert view.lifetime == timedelta(seconds=int(seconds))
    assert len(told) == 2
    assert await house.audit_is_whole()
