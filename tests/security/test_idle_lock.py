"""The idle lock: password or code lets the person back in, under a new token."""

from __future__ import annotations

import pytest

from security.refusals import (
    CodeRejected,
    NotEnrolled,
    ReauthenticationNeeded,
    SessionOver,
    Throttled,
    WrongPassword,
)
from security.vocabulary import EventName
from tests.security.people import PASSWORD, WRONG_PASSWORD, House


async def test_the_password_unlocks_under_a_new_token(house: House) -> None:
    owner = await house.owner()
    sessions = house.services.sessions
    await sessions.lock(owner.token)
    await sessions.lock(owner.token)
    assert await owner.count_events(EventName.SESSION_LOCKED) == 1
    owner.wait(minutes=10)
    unlocked = await sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)
    assert unlocked.session_id == owner.signed_in.session_id
    assert await owner.last_event() == ("auth.session_unlocked", "success", "")
    await house.services.accounts.view(unlocked.token)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(owner.token)


async def test_a_code_unlocks_and_is_spent(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await house.services.sessions.lock(owner.token)
    code = owner.app.next_code()
    unlocked = await house.services.sessions.unlock(owner.token, code=code, origin=owner.origin)
    await house.services.sessions.lock(unlocked.token)
    with pytest.raises(CodeRejected) as refusal:
        await house.services.sessions.unlock(unlocked.token, code=code, origin=owner.origin)
    assert refusal.value.already_used


async def test_unlocking_by_one_factor_of_two_is_no_fresh_authentication(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await house.services.sessions.lock(owner.token)
    owner.wait(minutes=6)
    unlocked = await house.services.sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.recovery_codes.regenerate(unlocked.token, owner.origin)


async def test_wrong_answers_leave_the_session_locked_and_are_throttled(house: House) -> None:
    owner = await house.owner()
    sessions = house.services.sessions
    await sessions.lock(owner.token)
    with pytest.raises(ReauthenticationNeeded):
        await sessions.unlock(owner.token, origin=owner.origin)
    with pytest.raises(NotEnrolled):
        await sessions.unlock(owner.token, code="123456", origin=owner.origin)
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await sessions.unlock(owner.token, password=WRONG_PASSWORD, origin=owner.origin)
    assert await owner.last_event() == ("auth.reauthentication_failed", "failure", "wrong_password")
    with pytest.raises(Throttled):
        await sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)
    assert await owner.last_event() == ("auth.reauthentication_failed", "failure", "throttled")


async def test_a_locked_session_still_grows_old(house: House) -> None:
    owner = await house.owner()
    await house.services.sessions.lock(owner.token)
    owner.wait(days=7)
    with pytest.raises(SessionOver) as over:
        await house.services.sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)
    assert over.value.reason == "idle"


async def test_wrong_answers_at_the_lock_are_no_use_of_the_session(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await house.services.sessions.lock(owner.token)
    owner.wait(days=6)
    with pytest.raises(CodeRejected):
        await house.services.sessions.unlock(owner.token, code=owner.app.wrong_code(), origin=owner.origin)
    owner.wait(days=1)
    with pytest.raises(SessionOver) as over:
        await house.services.sessions.unlock(owner.token, password=PASSWORD, origin=owner.origin)
    assert over.value.reason == "idle"
