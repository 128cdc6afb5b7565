"""Sessions: the gate, expiry, the list, revoking, the heartbeat and the end of a crashed one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from security.facts import SignedIn
from security.policy import STANDARD, put
from security.refusals import NotFound, SessionLocked, SessionOver
from security.vocabulary import Appearance, EventName, Role
from store import sessions as session_rows
from tests.security.people import PASSWORD, House, Person, an_origin


async def end_reason(house: House, person: Person) -> str | None:
    """Why the person's first session ended, as it is stored."""
    async with house.store.read() as tx:
        session = await session_rows.get(tx, person.signed_in.session_id)
    assert session is not None
    return session.end_reason


async def test_the_list_shows_the_current_session_first_and_every_field_made_safe(house: House) -> None:
    owner = await house.owner()
    owner.wait(seconds=5)
    await owner.sign_in(an_origin(client="\x1b]0;evil\x07[/red]", city="Oslo", country="Norway"))
    views = await house.services.sessions.list(owner.token)
    assert [view.is_current for view in views] == [True, False]
    assert "\x1b" not in views[1].client
    assert (views[1].city, views[1].country, views[1].source_ip) == ("Oslo", "Norway", "203.0.113.7")


async def test_a_session_is_dead_at_exactly_its_expiry_and_stays_so_when_the_clock_falls_back(
    house: House,
) -> None:
    owner = await house.owner()
    for _ in range(5):
        owner.wait(days=6)
        if house.clock.now() < owner.signed_in.expires_at:
            await house.services.sessions.touch(owner.token)
    assert house.clock.now() == owner.signed_in.expires_at
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(owner.token)
    assert over.value.reason == "expired"
    assert await owner.last_event() == ("auth.session_expired", "success", "expired")
    owner.wait(days=-10)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(owner.token)


async def test_a_session_idle_for_seven_days_is_over(house: House) -> None:
    owner = await house.owner()
    owner.wait(days=7, microseconds=-1)
    await house.services.sessions.touch(owner.token)
    owner.wait(days=7)
    with pytest.raises(SessionOver) as over:
        await house.services.sessions.revoke_others(owner.token, owner.origin)
    assert over.value.reason == "idle"
    assert await end_reason(house, owner) == "idle"


async def test_a_shorter_policy_acts_on_the_next_action_of_live_sessions(house: House) -> None:
    owner = await house.owner()
    owner.wait(hours=2)
    async with house.store.write("policy", house.clock.now()) as tx:
        org_id = (await house.org_ids(tx))[0]
        shorter = replace(STANDARD, lifetime_seconds=3600, idle_seconds=900)
        await put(tx, org_id, shorter, version=2, at=house.clock.now(), by=owner.account_id)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(owner.token)


async def test_the_heartbeat_writes_last_activity_at_most_once_a_minute(house: House) -> None:
    owner = await house.owner()
    acts = await house.count("acts")
    for _ in range(5):
        owner.wait(seconds=11)
        assert (await house.services.sessions.touch(owner.token)).id == owner.account_id
    assert await house.count("acts") == acts
    owner.wait(seconds=5)
    await house.services.sessions.touch(owner.token)
    assert await house.count("acts") == acts + 1
    views = await house.services.sessions.list(owner.token)
    assert views[0].last_active_at == house.clock.now()


async def test_a_revoked_session_is_refused_at_its_next_action(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    await house.services.sessions.revoke(owner.token, other.session_id, owner.origin)
    assert await owner.last_event() == ("auth.session_revoked", "success", "revoked")
    assert (await house.change_kinds())[-1] == "session_ended"
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(other.token)
    assert over.value.reason == "revoked"


async def test_a_foreign_session_and_an_unknown_one_are_the_same_refusal(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    answers = []
    for session_id in (bea.signed_in.session_id, "0198c0de-0000-7000-8000-000000000000", "", "x" * 5000):
        with pytest.raises(NotFound) as refusal:
            await house.services.sessions.revoke(owner.token, session_id, owner.origin)
        answers.append((str(refusal.value), await owner.last_event()))
    assert len(set(answers)) == 1
    assert answers[0][1] == ("auth.session_revoked", "failure", "not_found")
    await house.services.accounts.view(bea.token)


async def test_revoking_twice_finds_nothing_the_second_time(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    answers = await asyncio.gather(
        *(house.services.sessions.revoke(owner.token, other.session_id, owner.origin) for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 1
    assert await owner.count_events(EventName.SESSION_REVOKED) == 1


async def test_sign_out_everywhere_else_keeps_exactly_this_session(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    others = [await owner.sign_in() for _ in range(3)]
    assert await house.services.sessions.revoke_others(owner.token, owner.origin) == 3
    assert len(await house.services.sessions.list(owner.token)) == 1
    assert await owner.count_events(EventName.SESSION_REVOKED) == 3
    for other in others:
        with pytest.raises(SessionOver):
            await house.services.accounts.view(other.token)
    await house.services.accounts.view(bea.token)


async def test_a_session_begun_beside_sign_out_everywhere_is_ended_or_younger_than_it(house: House) -> None:
    owner = await house.owner()
    store, services = await house.second()
    try:
        before = [asyncio.ensure_future(owner.sign_in()) for _ in range(4)]
        revoking = asyncio.ensure_future(services.sessions.revoke_others(owner.token, owner.origin))
        await asyncio.gather(*before, *(owner.sign_in() for _ in range(4)))
        ended = await revoking
    finally:
        await store.close()
    alive = await house.services.sessions.list(owner.token)
    assert len(alive) == 1 + 8 - ended
    chain = [
        event.name
        for event in await owner.events()
        if event.name in ("auth.signed_in", "auth.session_revoked")
    ]
    after = len(chain) - 1 - chain[::-1].index("auth.session_revoked") if ended else 0
    assert chain[after:].count("auth.signed_in") == 8 - ended or not ended


async def test_expired_sessions_are_not_counted_as_signed_out(house: House) -> None:
    owner = await house.owner()
    await owner.sign_in()
    for _ in range(5):
        owner.wait(days=6)
        if house.clock.now() < owner.signed_in.expires_at:
            await house.services.sessions.touch(owner.token)
    fresh = await owner.sign_in()
    assert await house.services.sessions.revoke_others(fresh.token, owner.origin) == 0


async def test_a_suspended_members_sessions_end_in_the_same_transaction(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner, "Bea", Role.ADMIN)
    await bea.sign_in()
    assert await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin) == 2
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(bea.token)
    assert over.value.reason == "account_closed"
    assert await bea.last_event() == ("account.suspended", "success", "")


async def test_what_is_due_is_ended_without_anybody_asking(house: House) -> None:
    owner = await house.owner()
    owner.wait(days=7)
    assert await house.services.sessions.expire_due() == 1
    assert await house.services.sessions.expire_due() == 0
    assert await owner.last_event() == ("auth.session_expired", "success", "idle")
    assert (await house.change_kinds())[-1] == "session_ended"


async def test_a_locked_session_answers_nothing_but_unlock_and_sign_out(house: House) -> None:
    owner = await house.owner()
    services = house.services
    await services.sessions.lock(owner.token)
    token, origin = owner.token, owner.origin
    asked = [
        services.accounts.view(token),
        services.accounts.overview(token),
        services.accounts.rename(token, "X Y", origin),
        services.sessions.list(token),
        services.sessions.touch(token),
        services.sessions.revoke_others(token, origin),
        services.two_factor.state(token),
        services.two_factor.begin(token, origin),
        services.two_factor.confirm(token, "", "123456", origin),
        services.two_factor.cancel(token, "", origin),
        services.two_factor.disable(token, PASSWORD, "123456", origin),
        services.recovery_codes.acknowledge(token, "", "", origin),
        services.sessions.revoke(token, "", origin),
        services.sign_in.resume(token, origin),
        services.accounts.set_appearance(token, Appearance.LIGHT),
        services.recovery_codes.regenerate(token, origin),
        services.passwords.advise(token, "candidate"),
        services.passwords.change(token, PASSWORD, "a", "a", None, origin),
        services.reauthentication.prove(token, PASSWORD, None, origin),
        services.policies.view(token),
    ]
    for act in asked:
        with pytest.raises(SessionLocked):
            await act
    await services.sign_in.sign_out(token, origin)


async def test_a_crash_ends_its_session_and_is_audited_with_its_incident(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.crashed(owner.token, "INC-7", "ValueError", owner.origin)
    event = (await owner.events())[-1]
    assert event.name == "system.crashed"
    assert "INC-7" in event.details
    assert await end_reason(house, owner) == "crashed"
    await house.services.sessions.crashed(None, "INC-8", "ValueError", owner.origin)
    assert await house.audit_is_whole()


async def test_a_sign_in_beside_an_ending_session_leaves_no_half_state(house: House) -> None:
    owner = await house.owner()
    answers = await asyncio.gather(
        owner.sign_in(), house.services.sign_in.sign_out(owner.token, owner.origin), return_exceptions=True
    )
    assert isinstance(answers[0], SignedIn)
    assert house.clock.now() + timedelta(days=30) == answers[0].expires_at
