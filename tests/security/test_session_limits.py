"""The limits of sessions: age, rest, number and token; reached exactly, found everywhere, never undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from security.acting import FRESH_FOR
from security.facts import Secret, SignedIn
from security.policy import BOUNDS, NIST_AAL2, STANDARD, Policy, put
from security.refusals import NotFound, ReauthenticationNeeded, SessionOver
from store import sessions as session_rows
from store.sessions import SessionRecord
from tests.security.people import OTHER_PASSWORD, PASSWORD, House, Person, an_origin

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)

SHORTEST = replace(
    STANDARD, lifetime_seconds=BOUNDS["lifetime_seconds"][0], idle_seconds=BOUNDS["idle_seconds"][0]
)
"""An hour of age, a quarter of an hour of rest."""

Find = Callable[[House, Person], Awaitable[object]]
"""Something by which the end of a person's first session may be found."""


async def record(house: House, session_id: str) -> SessionRecord:
    """A session as it is stored."""
    async with house.store.read() as tx:
        found = await session_rows.get(tx, session_id)
    assert found is not None
    return found


async def by_reading(house: House, person: Person) -> None:
    """The person looks."""
    with pytest.raises(SessionOver):
        await house.services.accounts.view(person.token)


async def by_writing(house: House, person: Person) -> None:
    """The person acts."""
    with pytest.raises(SessionOver):
        await house.services.accounts.rename(person.token, "Somebody Else", person.origin)


async def by_heartbeat(house: House, person: Person) -> None:
    """The person's open terminal asks."""
    with pytest.raises(SessionOver):
        await house.services.sessions.touch(person.token)


async def by_resuming(house: House, person: Person) -> None:
    """The person comes back to a machine on which the session was kept."""
    with pytest.raises(SessionOver):
        await house.services.sign_in.resume(person.token, person.origin)


async def by_housekeeping(house: House, person: Person) -> None:
    """Nobody does anything."""
    await house.services.housekeeping.run()


async def by_signing_in(house: House, person: Person) -> None:
    """The person signs in somewhere else."""
    await person.sign_in()


async def by_signing_out_elsewhere(house: House, person: Person) -> None:
    """The person signs out everywhere else, from a session that began just before the end."""
    house.clock.advance(-MINUTE)
    other = await person.sign_in()
    house.clock.advance(MINUTE)
    assert await house.services.sessions.revoke_others(other.token, person.origin) == 0


EVERYWHERE: list[Find] = [
    by_reading,
    by_writing,
    by_heartbeat,
    by_resuming,
    by_housekeeping,
    by_signing_in,
    by_signing_out_elsewhere,
]


async def grown_old(house: House) -> tuple[Person, str]:
    """A person whose session is as old as one may be, and was in use all the time."""
    owner = await house.owner(policy=SHORTEST, keep=True)
    for _ in range(5):
        owner.wait(minutes=10)
        await house.services.sessions.touch(owner.token)
    owner.wait(minutes=10)
    return owner, "expired"


async def rested(house: House) -> tuple[Person, str]:
    """A person whose session rested as long as one may."""
    owner = await house.owner(policy=SHORTEST, keep=True)
    owner.wait(minutes=15)
    return owner, "idle"


async def grown_old_by_choice(house: House) -> tuple[Person, str]:
    """A person whose session is as old as they themselves allow."""
    owner = await house.owner(keep=True)
    await house.services.sessions.set_lifetime(owner.token, HOUR, owner.origin)
    owner.wait(hours=1)
    return owner, "expired"


async def grown_old_by_policy(house: House) -> tuple[Person, str]:
    """A person whose session is as old as a policy allows that became stricter since."""
    owner = await house.owner(keep=True)
    async with house.store.write("stricter", house.clock.now()) as tx:
        org_id = (await house.org_ids(tx))[0]
        policy = replace(STANDARD, lifetime_seconds=3600, idle_seconds=3600)
        await put(tx, org_id, policy, version=2, at=house.clock.now(), by=owner.account_id)
    owner.wait(minutes=30)
    await house.services.sessions.touch(owner.token)
    owner.wait(minutes=30)
    return owner, "expired"


LIMITS = [grown_old, rested, grown_old_by_choice, grown_old_by_policy]


@pytest.mark.parametrize("find", EVERYWHERE)
@pytest.mark.parametrize("limit", LIMITS)
async def test_at_exactly_its_limit_a_session_is_over_wherever_that_is_found(
    house: House, limit: Callable[[House], Awaitable[tuple[Person, str]]], find: Find
) -> None:
    owner, reason = await limit(house)
    await find(house, owner)
    found = await record(house, owner.signed_in.session_id)
    assert found.end_reason == reason
    assert found.ended_at is not None
    told = [event for event in await owner.events() if event.name == "auth.session_expired"]
    assert [(event.outcome, event.reason) for event in told] == [("success", reason)]
    assert (await house.change_kinds()).count("session_ended") == 1


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_microsecond_before_its_limit_a_session_lives(
    house: House, limit: Callable[[House], Awaitable[tuple[Person, str]]]
) -> None:
    owner, _ = await limit(house)
    house.clock.advance(-TICK)
    await by_housekeeping(house, owner)
    await house.services.accounts.view(owner.token)
    assert (await record(house, owner.signed_in.session_id)).ended_at is None


@pytest.mark.parametrize("limit", LIMITS)
async def test_no_clock_that_falls_back_brings_an_ended_session_back(
    house: House, limit: Callable[[House], Awaitable[tuple[Person, str]]]
) -> None:
    owner, reason = await limit(house)
    await by_reading(house, owner)
    ended = await record(house, owner.signed_in.session_id)
    for _ in range(4):
        owner.wait(hours=-6)
        for find in (by_reading, by_writing, by_heartbeat, by_resuming):
            await find(house, owner)
        assert await house.services.sessions.expire_due() == 0
    assert await record(house, owner.signed_in.session_id) == ended
    assert ended.end_reason == reason


async def test_a_revoked_session_stays_so_when_the_clock_falls_back_to_before_it(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    await house.services.sessions.revoke(owner.token, other.session_id, owner.origin)
    owner.wait(days=-1)
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(other.token)
    assert over.value.reason == "revoked"


@pytest.mark.parametrize(
    ("policy", "lifetime", "idle"),
    [
        (STANDARD, timedelta(days=30), timedelta(days=7)),
        (NIST_AAL2, timedelta(hours=24), HOUR),
        (SHORTEST, HOUR, timedelta(minutes=15)),
    ],
    ids=["standard", "nist-aal2", "shortest"],
)
async def test_the_limits_are_those_of_the_policy(
    house: House, policy: Policy, lifetime: timedelta, idle: timedelta
) -> None:
    owner = await house.owner(policy=replace(policy, minimum_length=12))
    assert owner.signed_in.expires_at == house.clock.now() + lifetime
    house.clock.advance(idle - TICK)
    await house.services.accounts.view(owner.token)
    house.clock.advance(TICK)
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(owner.token)
    assert over.value.reason == "idle"


async def test_looking_alone_is_no_activity_but_acting_is(house: House) -> None:
    owner = await house.owner(policy=SHORTEST)
    owner.wait(minutes=10)
    await house.services.accounts.rename(owner.token, "Amir H", owner.origin)
    owner.wait(minutes=10)
    for _ in range(3):
        await house.services.accounts.view(owner.token)
    owner.wait(minutes=5)
    await by_reading(house, owner)


async def is_dead(house: House, token: Secret) -> bool:
    """Whether nobody acts by a token."""
    try:
        await house.services.accounts.view(token)
    except SessionOver as over:
        return over.reason == "unknown"
    return False


async def proven(house: House, owner: Person) -> SignedIn:
    """Prove the password and a code again."""
    code = owner.app.next_code()
    return await house.services.reauthentication.prove(owner.token, PASSWORD, code, owner.origin)


async def unlocked(house: House, owner: Person) -> SignedIn:
    """Lock and unlock."""
    await house.services.sessions.lock(owner.token)
    return await house.services.sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)


async def password_changed(house: House, owner: Person) -> SignedIn:
    """Take another password."""
    code = owner.app.next_code()
    changed = await house.services.passwords.change(
        owner.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, code, owner.origin
    )
    return changed.signed_in


async def disabled(house: House, owner: Person) -> SignedIn:
    """Turn two-factor authentication off."""
    code = owner.app.next_code()
    answer = await house.services.two_factor.disable(owner.token, PASSWORD, code, owner.origin)
    return answer.signed_in


async def enabled(house: House, owner: Person) -> SignedIn:
    """Turn it on again."""
    owner.signed_in = await disabled(house, owner)
    before = owner.token
    await owner.enrol()
    assert await is_dead(house, before)
    return owner.signed_in


@pytest.mark.parametrize("act", [proven, unlocked, password_changed, disabled, enabled])
async def test_a_proof_or_a_change_of_rights_gives_a_new_token_and_the_old_one_is_dead(
    house: House, act: Callable[[House, Person], Awaitable[SignedIn]]
) -> None:
    owner = await house.owner()
    await owner.enrol()
    old = owner.token
    again = await act(house, owner)
    assert again.token.reveal != old.reveal
    assert again.session_id == owner.signed_in.session_id
    assert await is_dead(house, old)
    await house.services.accounts.view(again.token)


async def test_every_sign_in_has_a_token_of_its_own_also_on_the_same_device(house: House) -> None:
    owner = await house.owner()
    tokens = {owner.token.reveal}
    for _ in range(5):
        tokens.add((await owner.sign_in(owner.origin)).token.reveal)
    assert len(tokens) == 6
    await house.services.accounts.view(owner.token)


async def test_what_is_sensitive_is_done_until_five_minutes_after_the_proof_and_then_asks(
    house: House,
) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    sensitive: list[Callable[[], Awaitable[object]]] = [
        lambda: house.services.accounts.suspend(owner.token, bea.account_id, owner.origin),
        lambda: house.services.two_factor.begin(owner.token, owner.origin),
    ]
    house.clock.advance(FRESH_FOR + TICK)
    for act in sensitive:
        with pytest.raises(ReauthenticationNeeded):
            await act()
    house.clock.advance(-TICK)
    for act in sensitive:
        await act()
    assert timedelta(seconds=300) == FRESH_FOR


async def test_the_one_that_began_first_ends_for_the_twenty_first(house: House) -> None:
    owner = await house.owner()
    begun = [owner.signed_in]
    for _ in range(19):
        owner.wait(minutes=2)
        begun.append(await owner.sign_in())
    await house.services.sessions.touch(begun[0].token)
    owner.wait(minutes=2)
    last = await owner.sign_in()
    assert last.other_sessions_ended == 1
    view = await house.services.sessions.view(last.token)
    assert {one.id for one in view.sessions} == {one.session_id for one in (*begun[1:], last)}
    assert [(one.id, one.end_reason) for one in view.just_ended] == [(begun[0].session_id, "limit")]
    told = [event for event in await owner.events() if event.reason == "limit"]
    assert [event.name for event in told] == ["auth.session_revoked"]


async def test_sessions_that_are_over_by_age_or_rest_take_no_place(house: House) -> None:
    owner = await house.owner(policy=replace(SHORTEST, session_limit=2))
    await owner.sign_in()
    owner.wait(minutes=15)
    fresh = [await owner.sign_in() for _ in range(2)]
    assert [one.other_sessions_ended for one in fresh] == [0, 0]
    view = await house.services.sessions.view(fresh[0].token)
    assert len(view.sessions) == 2
    assert {one.end_reason for one in view.just_ended} == {"idle"}


async def test_ones_own_sessions_are_revoked_by_id_and_those_of_others_are_not_there(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    old = await owner.sign_in(an_origin())
    owner.wait(days=6)
    await house.services.sessions.touch(owner.token)
    await house.services.sessions.touch(bea.token)
    owner.wait(days=1)
    answers = set()
    for session_id in (bea.signed_in.session_id, old.session_id, "no such id"):
        with pytest.raises(NotFound) as refusal:
            await house.services.sessions.revoke(owner.token, session_id, owner.origin)
        answers.add((str(refusal.value), await owner.last_event()))
    assert answers == {("", ("auth.session_revoked", "failure", "not_found"))}
    assert (await record(house, bea.signed_in.session_id)).ended_at is None
