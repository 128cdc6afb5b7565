"""Recovery codes: a fresh batch in place of the old one, and the proof that it was saved."""

from __future__ import annotations

import asyncio

import pytest

from security.facts import RecoveryCodes, SignedIn
from security.refusals import CodeRejected, NotEnrolled, NotFound, ReauthenticationNeeded
from security.vocabulary import EventName
from tests.security.people import House, Person, an_origin


@pytest.fixture
async def owner(house: House) -> Person:
    """An owner with codes that were never acknowledged."""
    person = await house.owner()
    await person.enrol(acknowledge=False)
    return person


async def test_regenerating_voids_the_old_batch_and_the_new_one_works(house: House, owner: Person) -> None:
    old = owner.recovery
    new = await house.services.recovery_codes.regenerate(owner.token, owner.origin)
    assert not {code.reveal for code in old.codes} & {code.reveal for code in new.codes}
    assert await house.count("recovery_codes") == 8
    assert await owner.last_event() == ("auth.2fa_recovery_codes_regenerated", "success", "")
    assert "recovery_codes_regenerated" in await house.mail_kinds()
    origin = an_origin()
    sign_in = house.services.sign_in
    with pytest.raises(CodeRejected):
        await sign_in.finish_with_recovery_code(await owner.half(origin), old.codes[0].reveal, origin)
    await sign_in.finish_with_recovery_code(await owner.half(origin), new.codes[0].reveal, origin)


async def test_regenerating_ends_the_other_sessions_unless_that_is_not_wished(
    house: House, owner: Person
) -> None:
    await owner.sign_in()
    regenerate = house.services.recovery_codes.regenerate
    assert (await regenerate(owner.token, owner.origin, end_others=False)).sessions_ended == 0
    assert (await regenerate(owner.token, owner.origin)).sessions_ended == 1


async def test_regenerating_needs_a_fresh_authentication_and_a_second_factor_that_is_on(house: House) -> None:
    person = await house.owner()
    with pytest.raises(NotEnrolled):
        await house.services.recovery_codes.regenerate(person.token, person.origin)
    assert await person.last_event() == ("auth.2fa_recovery_codes_regenerated", "failure", "not_enrolled")
    await person.enrol()
    person.wait(minutes=6)
    with pytest.raises(ReauthenticationNeeded) as needed:
        await house.services.recovery_codes.regenerate(person.token, person.origin)
    assert needed.value.second_factor


async def test_one_of_the_codes_proves_that_they_were_saved_and_is_not_spent(
    house: House, owner: Person
) -> None:
    proof = owner.recovery.codes[5].reveal.lower()
    acknowledge = house.services.recovery_codes.acknowledge
    await acknowledge(owner.token, owner.recovery.batch_id, proof, owner.origin)
    await acknowledge(owner.token, owner.recovery.batch_id, proof, owner.origin)
    assert await owner.count_events(EventName.RECOVERY_CODES_ACKNOWLEDGED) == 1
    state = await house.services.two_factor.state(owner.token)
    assert (state.codes_acknowledged, state.codes_left) == (True, 8)


@pytest.mark.parametrize("proof", ["", "0000-0000-0000-0000", "123456", "Z" * 500])
async def test_a_wrong_proof_is_refused_and_counts_in_no_counter(
    house: House, owner: Person, proof: str
) -> None:
    for _ in range(6):
        with pytest.raises(CodeRejected):
            await house.services.recovery_codes.acknowledge(
                owner.token, owner.recovery.batch_id, proof, owner.origin
            )
    assert await owner.last_event() == ("auth.2fa_recovery_codes_acknowledged", "failure", "code_rejected")
    assert isinstance(await owner.sign_in(), SignedIn)


async def test_a_void_batch_cannot_be_acknowledged(house: House, owner: Person) -> None:
    old = owner.recovery
    await house.services.recovery_codes.regenerate(owner.token, owner.origin)
    with pytest.raises(NotFound):
        await house.services.recovery_codes.acknowledge(
            owner.token, old.batch_id, old.codes[0].reveal, owner.origin
        )


async def test_two_regenerations_at_once_leave_one_whole_batch(house: House, owner: Person) -> None:
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            house.services.recovery_codes.regenerate(owner.token, owner.origin),
            services.recovery_codes.regenerate(owner.token, owner.origin),
        )
    finally:
        await store.close()
    assert await house.count("recovery_codes") == 8
    origin = an_origin()
    works = []
    for batch in answers:
        assert isinstance(batch, RecoveryCodes)
        try:
            await house.services.sign_in.finish_with_recovery_code(
                await owner.half(origin), batch.codes[0].reveal, origin
            )
            works.append(True)
        except CodeRejected:
            works.append(False)
    assert sorted(works) == [False, True]


async def test_the_live_batch_is_acknowledged_without_its_id(house: House, owner: Person) -> None:
    acknowledge = house.services.recovery_codes.acknowledge
    await acknowledge(owner.token, None, owner.recovery.codes[1].reveal, owner.origin)
    assert (await house.services.two_factor.state(owner.token)).codes_acknowledged


async def test_where_no_batch_lives_there_is_none_to_acknowledge(house: House) -> None:
    person = await house.owner()
    with pytest.raises(NotFound):
        await house.services.recovery_codes.acknowledge(
            person.token, None, "0000-0000-0000-0000", person.origin
        )
