"""Housekeeping: what falls due without anybody asking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from security.facts import SignedIn
from security.policy import STANDARD, STRICTEST
from security.refusals import WrongCredentials
from store.ids import new_id
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, an_origin


async def test_what_is_over_is_erased_and_what_is_not_stays(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    await house.services.two_factor.state(owner.token)
    await owner.half(an_origin())
    bea = await house.member(owner)
    await house.services.two_factor.begin(bea.token, bea.origin)
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    await house.services.housekeeping.run()
    kept = {table: await house.count(table) for table in ("half_sign_ins", "totp_enrolments", "attempts")}
    assert all(kept.values())
    owner.wait(days=1, hours=2)
    await house.services.housekeeping.run()
    for table in kept:
        assert await house.count(table) == 0
    assert await house.count("totp_secrets") == 1
    await house.services.accounts.view(owner.token)


async def test_running_twice_changes_nothing_the_second_time(house: House) -> None:
    owner = await house.owner()
    owner.wait(days=8)
    await house.services.housekeeping.run()
    before = await house.dump()
    await house.services.housekeeping.run()
    after = await house.dump()
    before.pop("acts")
    after.pop("acts")
    assert after == before


async def test_old_events_go_as_a_prefix_and_the_chain_still_verifies(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, audit_days=90))
    owner.wait(days=91)
    owner.signed_in = await owner.sign_in()
    await house.services.housekeeping.run()
    names = [event.name for event in await owner.events()]
    assert "org.created" not in names
    assert "auth.signed_in" in names
    assert await house.audit_is_whole()


async def test_a_checkpoint_is_signed_when_ten_minutes_have_passed(house: House) -> None:
    owner = await house.owner()
    before = await house.count("audit_checkpoints")
    owner.wait(minutes=11)
    await house.services.housekeeping.run()
    assert await house.count("audit_checkpoints") == before + 1


async def test_a_damaged_policy_of_one_organisation_is_told_once_and_stops_no_other(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, audit_days=90))
    own = await house.org_id()
    await house.operations.organisations.add(
        "Borealis", "Nord", "nord@borealis.example", PASSWORD, "root", an_origin()
    )
    async with house.store.write(new_id(house.clock.now()), house.clock.now()) as tx:
        await tx.execute("UPDATE policies SET document = 'damage' WHERE org_id <> :own", own=own)
    owner.wait(days=91)
    owner.signed_in = await owner.sign_in()
    await house.services.housekeeping.run()
    await house.services.housekeeping.run()
    assert "org.created" not in [event.name for event in await owner.events()]
    async with house.store.read() as tx:
        told = await tx.fetch("SELECT * FROM audit_events WHERE name = 'org.policy_damaged'")
    assert [(row["outcome"], row["reason"]) for row in told] == [("failure", "bad_policy")]
    assert "The policy is not JSON." in str(told[0]["details"])
    nord = await house.services.sign_in.begin("nord@borealis.example", PASSWORD, an_origin())
    assert isinstance(nord, SignedIn)
    assert nord.expires_at == house.clock.now() + STRICTEST.lifetime
    assert await house.audit_is_whole()
