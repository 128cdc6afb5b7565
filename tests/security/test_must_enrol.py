"""Whose second factor was reset sets it up again before anything else, by whatever door (R040)."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from security.activity_facts import ActivityMark, ActivityQuery
from security.facts import SignedIn
from security.policy import STANDARD
from security.refusals import (
    EnrolmentNeeded,
    EnrolmentOver,
    ReauthenticationNeeded,
    Refusal,
    SessionLocked,
    SessionOver,
)
from security.services import Services
from security.vocabulary import Appearance, ExportForm, Role
from tests.security.conftest import NOON
from tests.security.people import OPERATOR, PASSWORD, Authenticator, House, Person, an_origin

OPEN = {
    *("accounts.view", "policies.view", "reauthentication.prove"),
    *("two_factor.begin", "two_factor.pending", "two_factor.confirm", "two_factor.cancel"),
    *("sessions.touch", "sessions.lock", "sessions.unlock", "sessions.crashed"),
    *("sign_in.resume", "sign_in.sign_out"),
}
"""The flows of a session that belong to setting it up, or to leaving."""

GIVEN: dict[str, object] = {
    "above": ActivityMark(NOON, 1),
    "below": ActivityMark(NOON, 1),
    "account_id": "none",
    "appearance": Appearance.LIGHT,
    "batch_id": "none",
    "before": ActivityMark(NOON, 1),
    "after": ActivityMark(NOON, 1),
    "candidate": PASSWORD,
    "code": "123456",
    "confirmation": PASSWORD,
    "current": PASSWORD,
    "event_id": "none",
    "form": ExportForm.CSV,
    "index": 0,
    "lifetime": timedelta(hours=1),
    "limit": 10,
    "mark": ActivityMark(NOON, 1),
    "name": "Bea L",
    "new": PASSWORD,
    "origin": an_origin(),
    "password": PASSWORD,
    "proof_code": "none",
    "query": ActivityQuery(),
    "session_id": "none",
}
"""What a flow may ask for beside the token, by the name of its parameter."""


async def a_reset_member(house: House, role: Role = Role.MEMBER, *, keep: bool = False) -> Person:
    """Somebody who lost phone and codes, was helped, and has signed in by the password alone."""
    owner = await house.owner()
    bea = await house.member(owner, role=role)
    await bea.enrol()
    await house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, an_origin())
    bea.signed_in = await bea.sign_in(bea.origin, keep=keep)
    return bea


def flows_of_a_session(services: Services) -> dict[str, Callable[..., Any]]:
    """Every public flow whose first argument is a token, by noun and verb."""
    found = {}
    for noun in (field.name for field in fields(services)):
        for verb, flow in inspect.getmembers(getattr(services, noun), inspect.iscoroutinefunction):
            if not verb.startswith("_") and [*inspect.signature(flow).parameters][:1] == ["token"]:
                found[f"{noun}.{verb}"] = flow
    return found


def called(flow: Callable[..., Any], person: Person) -> Awaitable[object]:
    """Call a flow with something for whatever it must be given."""
    needed = [one.name for one in inspect.signature(flow).parameters.values() if one.default is one.empty]
    answer: Awaitable[object] = flow(**{name: GIVEN[name] for name in needed[1:]}, token=person.token)
    return answer


async def test_nothing_else_is_done_or_read_before(house: House) -> None:
    bea = await a_reset_member(house, Role.ADMIN)
    before = {table: rows for table, rows in (await house.dump()).items() if table != "acts"}
    shut = flows_of_a_session(house.services)
    assert len(shut) > len(OPEN) * 2
    for name in sorted(set(shut) - OPEN):
        try:
            answer: object = await called(shut[name], bea)
        except Refusal as refusal:
            answer = refusal
        assert isinstance(answer, EnrolmentNeeded), name
    assert {table: rows for table, rows in (await house.dump()).items() if table != "acts"} == before


async def test_what_belongs_to_setting_it_up_is_answered(house: House) -> None:
    bea = await a_reset_member(house)
    assert bea.signed_in.account.must_enrol
    assert not bea.signed_in.account.has_two_factor
    assert (await house.services.accounts.view(bea.token)).must_enrol
    assert (await house.services.policies.view(bea.token)).minimum_length == 12
    bea.wait(minutes=2)
    assert (await house.services.sessions.touch(bea.token)).must_enrol
    first = await house.services.two_factor.begin(bea.token, bea.origin)
    await house.services.two_factor.cancel(bea.token, first.id, bea.origin)
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.cancel(bea.token, first.id, bea.origin)
    await house.services.sign_in.sign_out(bea.token, bea.origin)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(bea.token)


async def test_setting_it_up_opens_everything_in_the_same_transaction(house: House) -> None:
    bea = await a_reset_member(house)
    codes = await bea.enrol()
    assert not codes.signed_in.account.must_enrol
    assert codes.signed_in.account.has_two_factor
    assert not (await house.services.accounts.view(bea.token)).must_enrol
    assert (await house.services.two_factor.state(bea.token)).codes_left == 8
    assert (await house.operations.members.list())[-1].must_enrol is False
    again = await bea.sign_in()
    assert not again.account.must_enrol


async def test_another_terminal_of_theirs_is_open_from_then_on_too(house: House) -> None:
    bea = await a_reset_member(house)
    other = await bea.sign_in(an_origin())
    await bea.enrol(end_others=False)
    assert not (await house.services.accounts.view(other.token)).must_enrol
    assert await house.services.sessions.list(other.token)


async def test_the_password_is_asked_for_where_the_sign_in_is_not_fresh(house: House) -> None:
    bea = await a_reset_member(house)
    bea.wait(minutes=6)
    with pytest.raises(ReauthenticationNeeded) as needed:
        await house.services.two_factor.begin(bea.token, bea.origin)
    assert not needed.value.second_factor
    bea.signed_in = await house.services.reauthentication.prove(bea.token, PASSWORD, None, bea.origin)
    assert bea.signed_in.account.must_enrol
    await bea.enrol()


async def test_a_session_kept_on_its_machine_is_no_way_round(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    kept = await bea.sign_in(bea.origin, keep=True)
    await house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, an_origin())
    with pytest.raises(SessionOver):
        await house.services.sign_in.resume(kept.token, bea.origin)
    bea.signed_in = await bea.sign_in(bea.origin, keep=True)
    resumed = await house.services.sign_in.resume(bea.token, bea.origin)
    assert resumed.account.must_enrol
    with pytest.raises(EnrolmentNeeded):
        await house.services.sessions.list(resumed.token)


async def test_the_idle_lock_closes_and_opens_as_for_everybody(house: House) -> None:
    bea = await a_reset_member(house)
    await house.services.sessions.lock(bea.token)
    with pytest.raises(SessionLocked):
        await house.services.two_factor.begin(bea.token, bea.origin)
    bea.signed_in = await house.services.sessions.unlock(bea.token, password=PASSWORD, origin=bea.origin)
    assert bea.signed_in.account.must_enrol
    await bea.enrol()


async def test_a_policy_that_enforces_two_factors_leaves_the_reset_as_the_only_way(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, enforces_two_factor=True))
    await owner.enrol()
    await house.operations.members.reset_two_factor(owner.email, "Lost both", OPERATOR, an_origin())
    owner.signed_in = await owner.sign_in()
    with pytest.raises(EnrolmentNeeded):
        await house.services.accounts.overview(owner.token)
    await owner.enrol()
    assert (await house.services.accounts.overview(owner.token)).two_factor.is_on


async def test_a_new_phone_is_not_the_old_one(house: House) -> None:
    bea = await a_reset_member(house)
    old = bea.app
    await bea.enrol()
    assert bea.app.secret.reveal != old.secret.reveal
    assert isinstance(old, Authenticator)
    signed_in = await bea.sign_in()
    assert isinstance(signed_in, SignedIn)
