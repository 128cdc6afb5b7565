"""Re-authentication: a fresh proof, a new token, and five minutes for what is sensitive."""

from __future__ import annotations

import asyncio

import pytest

from security.facts import SignedIn
from security.refusals import (
    CodeRejected,
    ReauthenticationNeeded,
    SessionOver,
    Throttled,
    UnusableInput,
    WrongPassword,
)
from security.vocabulary import EventName
from tests.security.people import PASSWORD, WRONG_PASSWORD, House


async def test_the_password_makes_the_authentication_fresh_under_a_new_token(house: House) -> None:
    owner = await house.owner()
    owner.wait(minutes=5, seconds=1)
    with pytest.raises(ReauthenticationNeeded) as needed:
        await house.services.two_factor.begin(owner.token, owner.origin)
    assert needed.value.second_factor is False
    proven = await house.services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin)
    assert await owner.last_event() == ("auth.reauthenticated", "success", "")
    await house.services.two_factor.begin(proven.token, owner.origin)
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(owner.token)
    assert over.value.reason == "unknown"


async def test_an_authentication_is_fresh_for_exactly_five_minutes(house: House) -> None:
    owner = await house.owner()
    owner.wait(minutes=5)
    await house.services.two_factor.begin(owner.token, owner.origin)
    owner.wait(microseconds=1)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.two_factor.begin(owner.token, owner.origin)


async def test_both_factors_are_asked_for_where_two_are_on(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    with pytest.raises(ReauthenticationNeeded) as needed:
        await house.services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin)
    assert needed.value.second_factor
    code = owner.app.next_code()
    proven = await house.services.reauthentication.prove(owner.token, PASSWORD, code, owner.origin)
    with pytest.raises(CodeRejected) as refusal:
        await house.services.reauthentication.prove(proven.token, PASSWORD, code, owner.origin)
    assert refusal.value.already_used


async def test_a_recovery_code_serves_as_second_factor_and_is_spent(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    proven = await house.services.reauthentication.prove(
        owner.token, PASSWORD, owner.recovery.codes[0].reveal, owner.origin
    )
    assert proven.recovery_codes_left == 7
    assert await owner.count_events(EventName.RECOVERY_CODE_USED) == 1


async def test_a_wrong_password_is_audited_and_spends_no_code(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    code = owner.app.next_code()
    with pytest.raises(WrongPassword):
        await house.services.reauthentication.prove(owner.token, WRONG_PASSWORD, code, owner.origin)
    assert await owner.last_event() == ("auth.reauthentication_failed", "failure", "wrong_password")
    await house.services.reauthentication.prove(owner.token, PASSWORD, code, owner.origin)


async def test_a_wrong_code_is_audited_and_leaves_the_token(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    with pytest.raises(CodeRejected):
        await house.services.reauthentication.prove(
            owner.token, PASSWORD, owner.app.wrong_code(), owner.origin
        )
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "code_rejected")
    await house.services.accounts.view(owner.token)


async def test_ten_wrong_passwords_are_enough(house: House) -> None:
    owner = await house.owner()
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await house.services.reauthentication.prove(owner.token, WRONG_PASSWORD, None, owner.origin)
    with pytest.raises(Throttled):
        await house.services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin)
    await house.services.accounts.view(owner.token)


async def test_an_unusable_password_is_refused(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(UnusableInput):
        await house.services.reauthentication.prove(owner.token, "a\nb", None, owner.origin)


async def test_two_proofs_at_once_leave_one_token(house: House) -> None:
    owner = await house.owner()
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            house.services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin),
            services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert sum(isinstance(answer, SessionOver) for answer in answers) == 1


async def test_a_clock_that_is_set_back_makes_no_old_authentication_fresh(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    owner.wait(minutes=10)
    owner.wait(hours=-1)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.recovery_codes.regenerate(owner.token, owner.origin)


async def test_a_session_of_the_password_alone_is_not_fresh_once_two_factors_are_on(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    await owner.enrol(end_others=False)
    with pytest.raises(ReauthenticationNeeded) as needed:
        await house.services.recovery_codes.regenerate(other.token, owner.origin)
    assert needed.value.second_factor
    proven = await house.services.reauthentication.prove(
        other.token, PASSWORD, owner.app.next_code(), owner.origin
    )
    await house.services.recovery_codes.regenerate(proven.token, owner.origin)


async def test_half_a_proof_at_the_lock_ends_the_fresh_authentication(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    sessions = house.services.sessions
    await sessions.lock(owner.token)
    opened = await sessions.unlock(owner.token, code=owner.app.next_code(), origin=owner.origin)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.recovery_codes.regenerate(opened.token, owner.origin)
    await sessions.lock(opened.token)
    opened = await sessions.unlock(opened.token, password=PASSWORD, origin=owner.origin)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.recovery_codes.regenerate(opened.token, owner.origin)
