"""Two-factor authentication: enrolment in two acts, the state, and the way out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from security.facts import RecoveryCodes, Secret, TwoFactorDisabled
from security.policy import STANDARD
from security.refusals import (
    AlreadyEnrolled,
    CodeRejected,
    EnrolmentOver,
    NotEnrolled,
    PolicyForbids,
    ReauthenticationNeeded,
    SessionOver,
    Throttled,
    WrongPassword,
)
from security.vocabulary import EventName
from tests.security.people import PASSWORD, WRONG_PASSWORD, Authenticator, House, Person


async def test_enrolment_gives_a_secret_of_160_bits_and_the_shortest_uri(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    parts = urlsplit(enrolment.uri.reveal)
    assert parts.path == "/Acme:amir@acme.example"
    assert parse_qs(parts.query) == {"secret": [enrolment.secret.reveal], "issuer": ["Acme"]}
    assert len(enrolment.secret.reveal) == 32
    assert enrolment.expires_at == house.clock.now() + timedelta(minutes=10)
    assert await owner.last_event() == ("auth.2fa_enrolment_started", "success", "")
    assert not (await house.services.two_factor.state(owner.token)).is_on


async def test_the_first_code_turns_it_on_with_the_codes_in_one_act(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    before = owner.token
    codes = await owner.enrol(acknowledge=False)
    state = await house.services.two_factor.state(owner.token)
    assert state.is_on
    assert (state.codes_left, state.codes_in_batch, state.codes_acknowledged) == (8, 8, False)
    assert state.enrolled_at == house.clock.now()
    assert len({code.reveal for code in codes.codes}) == 8
    assert codes.signed_in.account.has_two_factor
    assert codes.sessions_ended == 1
    for token, reason in ((before, "unknown"), (other.token, "two_factor_changed")):
        with pytest.raises(SessionOver) as over:
            await house.services.accounts.view(token)
        assert over.value.reason == reason
    assert await owner.count_events(EventName.TWO_FACTOR_ENABLED) == 1
    assert "two_factor_enabled" in await house.mail_kinds()
    assert "two_factor_changed" in await house.change_kinds()


async def test_the_other_sessions_stay_where_that_is_wished(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    assert (await owner.enrol(end_others=False)).sessions_ended == 0
    await house.services.accounts.view(other.token)


async def test_policy_says_how_many_codes_there_are(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, recovery_code_count=10))
    assert len((await owner.enrol()).codes) == 10


async def test_a_wrong_first_code_leaves_the_enrolment_pending(house: House) -> None:
    owner = await house.owner()
    two_factor = house.services.two_factor
    enrolment = await two_factor.begin(owner.token, owner.origin)
    app = Authenticator(enrolment.secret, house.clock)
    with pytest.raises(CodeRejected) as refusal:
        await two_factor.confirm(owner.token, enrolment.id, app.code(steps=-4), owner.origin)
    assert refusal.value.drift_seconds == -120
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "code_rejected")
    await two_factor.confirm(owner.token, enrolment.id, app.code(), owner.origin)


async def test_guessing_the_first_code_is_throttled(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    for _ in range(5):
        with pytest.raises(CodeRejected):
            await house.services.two_factor.confirm(owner.token, enrolment.id, "no code", owner.origin)
    with pytest.raises(Throttled):
        await house.services.two_factor.confirm(owner.token, enrolment.id, "no code", owner.origin)


async def test_an_enrolment_ends_at_exactly_ten_minutes(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    owner.wait(minutes=10)
    app = Authenticator(enrolment.secret, house.clock)
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.confirm(owner.token, enrolment.id, app.code(), owner.origin)
    assert await owner.last_event() == ("auth.2fa_enabled", "failure", "enrolment_over")


async def test_a_new_enrolment_voids_the_one_before_it(house: House) -> None:
    owner = await house.owner()
    two_factor = house.services.two_factor
    first = await two_factor.begin(owner.token, owner.origin)
    second = await two_factor.begin(owner.token, owner.origin)
    assert first.secret != second.secret
    app = Authenticator(first.secret, house.clock)
    with pytest.raises(EnrolmentOver):
        await two_factor.confirm(owner.token, first.id, app.code(), owner.origin)
    assert await house.count("totp_enrolments") == 1


async def test_an_enrolment_belongs_to_its_session(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    app = Authenticator(enrolment.secret, house.clock)
    other = await owner.sign_in()
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.confirm(other.token, enrolment.id, app.code(), owner.origin)
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.cancel(other.token, enrolment.id, owner.origin)


async def test_a_cancelled_enrolment_is_erased(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    await house.services.two_factor.cancel(owner.token, enrolment.id, owner.origin)
    assert await house.count("totp_enrolments") == 0
    assert await owner.last_event() == ("auth.2fa_enrolment_cancelled", "success", "")
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.cancel(owner.token, enrolment.id, owner.origin)


async def test_it_is_turned_on_once(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    with pytest.raises(AlreadyEnrolled):
        await house.services.two_factor.begin(owner.token, owner.origin)
    with pytest.raises(AlreadyEnrolled):
        await house.services.two_factor.confirm(owner.token, "", owner.app.next_code(), owner.origin)


async def test_enrolling_needs_a_fresh_authentication(house: House) -> None:
    owner = await house.owner()
    owner.wait(minutes=6)
    with pytest.raises(ReauthenticationNeeded):
        await house.services.two_factor.begin(owner.token, owner.origin)


async def test_confirming_twice_at_once_succeeds_exactly_once(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    code = Authenticator(enrolment.secret, house.clock).code()
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            house.services.two_factor.confirm(owner.token, enrolment.id, code, owner.origin),
            services.two_factor.confirm(owner.token, enrolment.id, code, owner.origin),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, RecoveryCodes) for answer in answers) == 1
    assert sum(isinstance(answer, SessionOver) for answer in answers) == 1
    assert await house.count("recovery_codes") == 8


async def disable(owner: Person, password: str = PASSWORD, code: str | None = None) -> TwoFactorDisabled:
    """Disable, with the next code unless another is given."""
    typed = owner.app.next_code() if code is None else code
    return await owner.house.services.two_factor.disable(owner.token, password, typed, owner.origin)


async def test_disabling_erases_the_secret_and_the_codes(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    other = await owner.sign_in()
    disabled = await disable(owner)
    assert disabled.sessions_ended == 1
    assert not disabled.signed_in.account.has_two_factor
    assert await house.count("totp_secrets") == 0
    assert await house.count("recovery_codes") == 0
    assert await owner.last_event() == ("auth.2fa_disabled", "success", "")
    assert "two_factor_disabled" in await house.mail_kinds()
    for token in (owner.token, other.token):
        with pytest.raises(SessionOver):
            await house.services.accounts.view(token)
    assert not (await house.services.two_factor.state(disabled.signed_in.token)).is_on


async def test_after_disabling_a_fresh_enrolment_has_a_fresh_secret(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    old = owner.app.secret
    owner.signed_in = (await disable(owner)).signed_in
    await owner.enrol()
    assert owner.app.secret != old
    await owner.sign_in()


async def test_disabling_takes_a_recovery_code_as_well(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await disable(owner, code=owner.recovery.codes[7].reveal)


async def test_disabling_needs_both_factors_however_fresh(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    with pytest.raises(WrongPassword):
        await disable(owner, WRONG_PASSWORD)
    assert await owner.last_event() == ("auth.2fa_disabled", "failure", "wrong_password")
    with pytest.raises(CodeRejected):
        await disable(owner, code=owner.app.wrong_code())
    assert (await house.services.two_factor.state(owner.token)).is_on


async def test_an_enforcing_policy_forbids_disabling(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, enforces_two_factor=True))
    await owner.enrol()
    assert (await house.services.two_factor.state(owner.token)).is_enforced
    with pytest.raises(PolicyForbids):
        await disable(owner)
    assert await owner.last_event() == ("auth.2fa_disabled", "failure", "policy_forbids")


async def test_what_is_off_cannot_be_disabled(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(NotEnrolled):
        await house.services.two_factor.disable(owner.token, PASSWORD, "123456", owner.origin)


async def test_the_issuer_of_the_settings_stands_in_the_uri(house: House) -> None:
    from security.bundle import build_services

    owner = await house.owner()
    services = build_services(
        house.store, house.keys, house.clock, house.hasher, house.screening, node="test", issuer="Vault"
    )
    enrolment = await services.two_factor.begin(owner.token, owner.origin)
    assert "issuer=Vault" in enrolment.uri.reveal


async def test_an_unknown_token_reads_no_state(house: House) -> None:
    await house.owner()
    with pytest.raises(SessionOver):
        await house.services.two_factor.state(Secret("nobody's"))


async def test_a_clock_that_is_set_back_makes_no_enrolment_last_longer(house: House) -> None:
    owner = await house.owner()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    owner.wait(minutes=-30)
    app = Authenticator(enrolment.secret, house.clock)
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.confirm(owner.token, enrolment.id, app.code(), owner.origin)


async def test_what_waits_for_its_first_code_is_told_to_its_session_alone(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    pending = house.services.two_factor.pending
    assert await pending(owner.token) is None
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    waiting = await pending(owner.token)
    assert waiting is not None
    assert (waiting.id, waiting.expires_at) == (enrolment.id, enrolment.expires_at)
    assert enrolment.secret.reveal not in repr(waiting)
    assert await pending(other.token) is None
    house.clock.advance(timedelta(minutes=10))
    assert await pending(owner.token) is None


async def test_nothing_waits_once_two_factor_is_on(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    assert await house.services.two_factor.pending(owner.token) is None
