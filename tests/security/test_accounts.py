"""Accounts: name, appearance, the Overview in one snapshot, and the closing of a member's account."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from security.policy import STANDARD
from security.refusals import (
    NameTaken,
    NotAllowed,
    NotFound,
    ReauthenticationNeeded,
    SessionOver,
    UnusableField,
    WrongCredentials,
)
from security.vocabulary import Appearance, EventName, Measure, NoticeKind, RiskLevel, Role
from tests.security.people import House


async def test_a_new_name_is_kept_audited_and_told(house: House) -> None:
    owner = await house.owner()
    assert (await house.services.accounts.rename(owner.token, " Amir  H ", owner.origin)).name == "Amir H"
    assert (await house.services.accounts.view(owner.token)).name == "Amir H"
    assert await owner.last_event() == ("account.renamed", "success", "")
    assert (await house.change_kinds())[-1] == "account_changed"


@pytest.mark.parametrize("name", ["", "   ", "x" * 10_000, "a\x1b[31m", "аdmin"])
async def test_a_name_that_hides_or_misleads_is_refused_and_audited(house: House, name: str) -> None:
    owner = await house.owner()
    with pytest.raises(UnusableField) as refusal:
        await house.services.accounts.rename(owner.token, name, owner.origin)
    assert refusal.value.field == "name"
    assert await owner.last_event() == ("account.renamed", "failure", "unusable_field")
    assert (await house.services.accounts.view(owner.token)).name == "Amir Haddad"


async def test_a_name_that_could_pass_for_a_colleagues_is_refused_and_audited(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    rename = house.services.accounts.rename
    with pytest.raises(NameTaken) as refusal:
        await rename(bea.token, "Arnir Haddad", bea.origin)
    assert refusal.value.field == "name"
    assert await bea.last_event() == ("account.renamed", "failure", "name_taken")
    assert (await rename(owner.token, "Arnir Haddad", owner.origin)).name == "Arnir Haddad"
    assert (await rename(bea.token, "Arnir Haddad", bea.origin)).name == "Arnir Haddad"


async def test_of_two_who_take_names_that_look_alike_at_once_one_gets_it(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    rename = house.services.accounts.rename
    found = await asyncio.gather(
        rename(owner.token, "Bo Arnold", owner.origin),
        rename(bea.token, "Bo Amold", bea.origin),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in found) == ["AccountView", "NameTaken"]


async def test_the_appearance_is_kept_with_the_account(house: House) -> None:
    owner = await house.owner()
    view = await house.services.accounts.set_appearance(owner.token, Appearance.LIGHT)
    assert view.appearance is Appearance.LIGHT
    assert (await house.services.accounts.view(owner.token)).appearance is Appearance.LIGHT
    assert await owner.count_events(EventName.APPEARANCE_CHANGED) == 1


async def test_the_overview_goes_from_high_to_negligible(house: House) -> None:
    owner = await house.owner()
    before = await house.services.accounts.overview(owner.token)
    assert before.risk is RiskLevel.HIGH
    await owner.enrol()
    after = await house.services.accounts.overview(owner.token)
    assert after.risk is RiskLevel.NEGLIGIBLE
    assert all(state.is_on for state in after.measures)
    assert after.two_factor.codes_left == 8
    assert [view.is_current for view in after.sessions] == [True]


async def test_a_new_device_elsewhere_shows_in_the_overview(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await owner.sign_in()
    overview = await house.services.accounts.overview(owner.token)
    assert [state.measure for state in overview.measures if not state.is_on] == [Measure.SESSIONS]


async def test_the_overview_shows_the_newest_eight_events_newest_first(house: House) -> None:
    owner = await house.owner()
    for turn in range(10):
        owner.wait(seconds=1)
        await house.services.accounts.rename(owner.token, f"Amir {turn}", owner.origin)
    lately = (await house.services.accounts.overview(owner.token)).lately
    assert len(lately) == 8
    assert [event.at for event in lately] == sorted((event.at for event in lately), reverse=True)
    assert {event.name for event in lately} == {EventName.ACCOUNT_RENAMED}


async def test_the_advice_to_change_the_password_is_a_reminder_of_the_policy(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, rotation_days=30))
    for days in (6, 6, 6, 6, 5):
        owner.wait(days=days)
        await house.services.sessions.touch(owner.token)
    assert not (await house.services.accounts.overview(owner.token)).is_rotation_due
    owner.signed_in = await owner.sign_in()
    owner.wait(days=1)
    assert (await house.services.accounts.overview(owner.token)).is_rotation_due


async def test_a_suspended_member_cannot_sign_in_any_more(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin)
    with pytest.raises(WrongCredentials):
        await bea.sign_in()
    with pytest.raises(NotFound):
        await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin)


async def test_a_member_hears_that_their_account_was_closed_and_by_whom_the_audit_tells(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    half = (await bea.sign_in()).session_id
    assert await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin) == 2
    assert (await house.mail_of(NoticeKind.ACCOUNT_SUSPENDED)).address == bea.email
    events = await bea.events()
    assert {event.actor_id for event in events[-3:]} == {owner.account_id}
    assert [event.name for event in events[-3:]] == [
        "auth.session_revoked",
        "auth.session_revoked",
        "account.suspended",
    ]
    assert half in events[-2].details + events[-3].details


async def test_who_may_close_which_account(house: House) -> None:
    owner = await house.owner()
    admin = await house.member(owner, "Ada", Role.ADMIN)
    member = await house.member(owner, "Bea")
    suspend = house.services.accounts.suspend
    with pytest.raises(NotAllowed):
        await suspend(member.token, admin.account_id, member.origin)
    with pytest.raises(NotAllowed):
        await suspend(admin.token, owner.account_id, admin.origin)
    with pytest.raises(NotAllowed):
        await suspend(owner.token, owner.account_id, owner.origin)
    with pytest.raises(NotFound):
        await suspend(owner.token, "nobody", owner.origin)
    owner.wait(minutes=6)
    with pytest.raises(ReauthenticationNeeded):
        await suspend(owner.token, member.account_id, owner.origin)
    assert await house.services.sessions.list(member.token)


async def test_an_ended_session_sees_nothing(house: House) -> None:
    owner = await house.owner()
    await house.services.sign_in.sign_out(owner.token, owner.origin)
    with pytest.raises(SessionOver):
        await house.services.accounts.overview(owner.token)
