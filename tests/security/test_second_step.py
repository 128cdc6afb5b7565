"""The second step: six digits or a recovery code, the half-way state, and the one counter of failures."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from security.facts import Secret, SignedIn
from security.refusals import (
    CodeRejected,
    HalfSignInOver,
    NotEnrolled,
    Refusal,
    SecondFactorBlocked,
    Throttled,
)
from security.vocabulary import EventName
from store import two_factor as two_factor_rows
from tests.security.people import OTHER_PASSWORD, PASSWORD, House, Person, an_origin


@pytest.fixture
async def owner(house: House) -> Person:
    """An enrolled owner."""
    person = await house.owner()
    await person.enrol()
    person.wait(seconds=30)
    return person


async def test_the_right_code_begins_a_session_and_spends_the_half_way_state(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    signed_in = await house.services.sign_in.finish(half, owner.app.code(), origin)
    assert signed_in.account.has_two_factor
    names = [event.name for event in await owner.events()]
    assert names[-3:] == ["auth.password_accepted", "auth.signed_in", "auth.new_device"]
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, owner.app.next_code(), origin)


async def test_blanks_and_a_dash_in_the_code_do_not_matter(house: House, owner: Person) -> None:
    origin = an_origin()
    code = owner.app.code()
    half = await owner.half(origin)
    await house.services.sign_in.finish(half, f" {code[:3]} {code[3:]} ", origin)


async def test_the_code_that_confirmed_the_enrolment_is_no_sign_in_code(house: House) -> None:
    person = await house.owner()
    await person.enrol()
    origin = an_origin()
    half = await person.half(origin)
    with pytest.raises(CodeRejected) as refusal:
        await house.services.sign_in.finish(half, person.app.code(), origin)
    assert refusal.value.already_used


async def test_a_code_works_once_and_older_ones_never_after_it(house: House, owner: Person) -> None:
    first = owner.app.code()
    origin = an_origin()
    second = owner.app.next_code()
    await house.services.sign_in.finish(await owner.half(origin), second, origin)
    for spent in (second, first):
        with pytest.raises(CodeRejected) as refusal:
            await house.services.sign_in.finish(await owner.half(origin), spent, origin)
        assert refusal.value.already_used


async def test_a_clock_that_is_off_is_named_with_its_size(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    with pytest.raises(CodeRejected) as refusal:
        await house.services.sign_in.finish(half, owner.app.code(steps=4), origin)
    assert refusal.value.drift_seconds == 120


@pytest.mark.parametrize("typed", ["", "12345", "١٢٣٤٥٦", "1234567", "abcdef", "x" * 10_000])
async def test_what_is_no_code_counts_as_a_failure(house: House, owner: Person, typed: str) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish(half, typed, origin)
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "code_rejected")


async def test_the_half_way_state_is_bound_to_its_connection(house: House, owner: Person) -> None:
    half = await owner.half(an_origin())
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, owner.app.code(), an_origin())
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(Secret("made up"), owner.app.code(), an_origin())


async def test_the_half_way_state_ends_at_exactly_five_minutes(house: House, owner: Person) -> None:
    origin = an_origin()
    early, late = await owner.half(origin), await owner.half(origin)
    owner.wait(minutes=4, seconds=59)
    await house.services.sign_in.finish(early, owner.app.code(), origin)
    owner.wait(seconds=1)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(late, owner.app.next_code(), origin)


async def test_a_password_change_voids_the_half_way_state(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    owner.wait(seconds=1)
    await house.services.passwords.change(
        owner.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, owner.app.code(), owner.origin
    )
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, owner.app.next_code(), origin)


async def test_a_closed_account_does_not_finish(house: House, owner: Person) -> None:
    bea = await house.member(owner)
    await bea.enrol()
    origin = an_origin()
    half = await bea.half(origin)
    await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, bea.app.next_code(), origin)


async def test_a_recovery_code_typed_with_blanks_and_in_lower_case_works_once(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    code = owner.recovery.codes[3].reveal
    typed = f" {code.lower().replace('-', ' ')} "
    sign_in = house.services.sign_in
    signed_in = await sign_in.finish_with_recovery_code(await owner.half(origin), typed, origin)
    assert signed_in.recovery_codes_left == 7
    assert await owner.count_events(EventName.RECOVERY_CODE_USED) == 1
    assert "recovery_code_used" in await house.mail_kinds()
    with pytest.raises(CodeRejected) as refusal:
        await sign_in.finish_with_recovery_code(await owner.half(origin), typed, origin)
    assert refusal.value == CodeRejected()
    state = await house.services.two_factor.state(owner.token)
    assert (state.codes_left, state.codes_in_batch) == (7, 8)


async def test_each_step_takes_only_its_kind_of_code(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish(half, owner.recovery.codes[0].reveal, origin)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish_with_recovery_code(half, owner.app.code(), origin)
    assert (await house.services.two_factor.state(owner.token)).codes_left == 8


async def test_a_recovery_code_of_another_person_is_refused(house: House, owner: Person) -> None:
    bea = await house.member(owner)
    await bea.enrol()
    origin = an_origin()
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish_with_recovery_code(
            await owner.half(origin), bea.recovery.codes[0].reveal, origin
        )


async def test_both_kinds_of_code_share_one_counter_of_five(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    sign_in = house.services.sign_in
    for attempt in range(5):
        if attempt % 2:
            guess = sign_in.finish(half, owner.app.wrong_code(), origin)
        else:
            guess = sign_in.finish_with_recovery_code(half, "0000-0000-0000-0000", origin)
        with pytest.raises(CodeRejected):
            await guess
    with pytest.raises(Throttled) as refusal:
        await sign_in.finish(half, owner.app.code(), origin)
    assert refusal.value.until == house.clock.now() + timedelta(minutes=5)
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "throttled")


async def test_a_hundred_codes_at_once_are_checked_five_times_at_most(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    guesses = [house.services.sign_in.finish(half, f"{guess:06d}", origin) for guess in range(100)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, CodeRejected) for answer in answers) == 5
    assert sum(isinstance(answer, Throttled) for answer in answers) == 95


async def test_three_wrong_codes_after_the_right_password_are_told_once(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    for _ in range(4):
        with pytest.raises(CodeRejected):
            await house.services.sign_in.finish(half, owner.app.wrong_code(), origin)
    assert (await house.mail_kinds()).count("second_factor_failures") == 1


async def test_failures_of_both_steps_count_for_the_notice_after_success(house: House, owner: Person) -> None:
    origin = an_origin()
    for _ in range(3):
        with pytest.raises(Refusal):
            await house.services.sign_in.begin(owner.email, OTHER_PASSWORD, origin)
    half = await owner.half(origin)
    for _ in range(2):
        with pytest.raises(CodeRejected):
            await house.services.sign_in.finish(half, owner.app.wrong_code(), origin)
    await house.services.sign_in.finish(half, owner.app.code(), origin)
    assert "signed_in_after_failures" in await house.mail_kinds()


async def test_a_hundred_failures_in_a_row_block_the_second_factor(house: House, owner: Person) -> None:
    async with house.store.write("ninety-nine", house.clock.now()) as tx:
        for _ in range(99):
            await two_factor_rows.add_failure(tx, owner.account_id)
    origin = an_origin()
    half = await owner.half(origin)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish(half, owner.app.wrong_code(), origin)
    with pytest.raises(SecondFactorBlocked):
        await house.services.sign_in.finish(half, owner.app.code(), origin)
    with pytest.raises(SecondFactorBlocked):
        await house.services.sign_in.finish_with_recovery_code(half, owner.recovery.codes[0].reveal, origin)
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "second_factor_blocked")


async def test_a_success_forgets_the_failures_before_it(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish(half, owner.app.wrong_code(), origin)
    await house.services.sign_in.finish_with_recovery_code(half, owner.recovery.codes[0].reveal, origin)
    async with house.store.read() as tx:
        totp = await two_factor_rows.get(tx, owner.account_id)
    assert totp is not None
    assert totp.consecutive_failures == 0


async def test_one_code_sent_twice_at_once_succeeds_exactly_once(house: House, owner: Person) -> None:
    store, services = await house.second()
    try:
        origin = an_origin()
        halves = [await owner.half(origin), await owner.half(origin)]
        answers = await asyncio.gather(
            house.services.sign_in.finish(halves[0], owner.app.code(), origin),
            services.sign_in.finish(halves[1], owner.app.code(), origin),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert sum(isinstance(answer, CodeRejected) for answer in answers) == 1


async def test_one_half_way_state_spent_twice_at_once_succeeds_exactly_once(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    answers = await asyncio.gather(
        house.services.sign_in.finish(half, owner.app.code(), origin),
        house.services.sign_in.finish_with_recovery_code(half, owner.recovery.codes[0].reveal, origin),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert sum(isinstance(answer, HalfSignInOver) for answer in answers) == 1


async def test_codes_never_acknowledged_are_reported_at_the_next_sign_in(house: House) -> None:
    person = await house.owner()
    await person.enrol(acknowledge=False)
    signed_in = await person.sign_in()
    assert signed_in.codes_unacknowledged
    await house.services.recovery_codes.acknowledge(
        person.token, person.recovery.batch_id, person.recovery.codes[0].reveal, person.origin
    )
    assert not (await person.sign_in()).codes_unacknowledged


async def test_a_known_device_stays_known_through_both_steps(house: House, owner: Person) -> None:
    assert not (await owner.sign_in(replace(owner.origin))).is_new_device


async def test_a_password_change_voids_the_half_way_state_also_when_the_clock_went_back(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    owner.wait(seconds=-2)
    await house.services.passwords.change(
        owner.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, None, owner.origin
    )
    owner.wait(seconds=32)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, owner.app.code(), origin)


async def test_a_clock_that_is_set_back_makes_no_half_way_state_last_longer(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    owner.wait(minutes=-30)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish_with_recovery_code(half, owner.recovery.codes[1].reveal, origin)


async def test_a_code_that_was_told_to_be_ahead_is_refused_when_its_time_comes(
    house: House, owner: Person
) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    guess = owner.app.code(steps=4)
    with pytest.raises(CodeRejected) as refusal:
        await house.services.sign_in.finish(half, guess, origin)
    assert refusal.value.drift_seconds == 120
    owner.wait(seconds=120)
    assert owner.app.code() == guess
    with pytest.raises(CodeRejected) as refusal:
        await house.services.sign_in.finish(half, guess, origin)
    assert refusal.value.already_used
    await house.services.sign_in.finish(half, owner.app.next_code(), origin)


async def test_a_stranger_with_the_password_does_not_keep_a_known_device_out(
    house: House, owner: Person
) -> None:
    strange = an_origin(source_ip="192.0.2.9")
    half = await owner.half(strange)
    for _ in range(5):
        with pytest.raises(CodeRejected):
            await house.services.sign_in.finish(half, owner.app.wrong_code(), strange)
    with pytest.raises(Throttled):
        await house.services.sign_in.finish(half, owner.app.code(), strange)
    await house.services.sign_in.finish(await owner.half(owner.origin), owner.app.code(), owner.origin)
    with pytest.raises(Throttled):
        await house.services.sign_in.finish(half, owner.app.next_code(), strange)


async def test_a_known_device_has_five_codes_in_five_minutes_of_its_own(house: House, owner: Person) -> None:
    half = await owner.half(owner.origin)
    for _ in range(5):
        with pytest.raises(CodeRejected):
            await house.services.sign_in.finish(half, owner.app.wrong_code(), owner.origin)
    with pytest.raises(Throttled):
        await house.services.sign_in.finish(half, owner.app.code(), owner.origin)
    with pytest.raises(Throttled):
        await house.services.two_factor.disable(owner.token, PASSWORD, owner.app.code(), owner.origin)
    await owner.sign_in(an_origin())


async def test_the_half_way_state_is_over_once_the_second_factor_is_off(house: House, owner: Person) -> None:
    origin = an_origin()
    half = await owner.half(origin)
    await house.services.two_factor.disable(owner.token, PASSWORD, owner.app.code(), owner.origin)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, owner.app.next_code(), origin)


async def test_a_code_where_no_second_factor_is_on_is_an_audited_failure(house: House) -> None:
    person = await house.owner()
    with pytest.raises(NotEnrolled):
        await house.services.sessions.unlock(person.token, code="123456", origin=person.origin)
    assert await person.last_event() == ("auth.second_factor_failed", "failure", NotEnrolled.tag)


async def test_a_password_that_was_changed_by_a_clock_ahead_keeps_nobody_out(
    house: House, owner: Person
) -> None:
    owner.wait(minutes=4)
    await house.services.passwords.change(
        owner.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, None, owner.origin
    )
    owner.wait(minutes=-3)
    owner.password = OTHER_PASSWORD
    await owner.sign_in()
