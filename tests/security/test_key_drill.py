"""The loss of the keys, rehearsed: what a copy opens and lacks, and that nothing is changed (R118)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from security.key_drill import Drill, Opened, rehearse
from security.key_entries import KeyPurpose
from security.key_rotation import KeyRotation
from security.keys import KeyRing
from tests.security.people import House, an_origin
from tests.store.samples import writing


def copy_of(ring: KeyRing) -> KeyRing:
    """A ring with the same keys as they are now, which no file stands behind."""
    return KeyRing(ring._entries)


@pytest.fixture
async def peopled(house: House) -> House:
    """An owner and a member with authenticators and codes, and one without."""
    owner = await house.owner()
    await owner.enrol()
    await (await house.member(owner, "Bea")).enrol()
    await house.member(owner, "Cem")
    return house


async def rotated(house: House, *purposes: KeyPurpose) -> None:
    """Rotate keys of the house, later than they were made."""
    house.clock.advance(timedelta(days=7))
    rotation = KeyRotation(house.store, house.keys, house.clock, house.services.audit)
    await rotation.rotate(an_origin(), purposes or tuple(KeyPurpose))


async def test_a_copy_of_all_keys_passes_and_tells_what_hangs_on_it(peopled: House) -> None:
    before = await peopled.dump()
    drill = await rehearse(peopled.store, copy_of(peopled.keys))
    assert drill.is_passed
    assert drill.lacking == ()
    assert drill.accounts == 3
    assert drill.authenticators == Opened(2)
    assert (drill.code_holders, drill.codes.total) == (2, 16)
    assert drill.checkpoints.total >= 1
    assert drill.checkpoints.is_whole
    assert drill.rotated_at is None
    assert await peopled.dump() == before


async def test_a_copy_from_before_a_rotation_is_told_by_what_it_lacks_and_does_not_open(
    peopled: House,
) -> None:
    old = copy_of(peopled.keys)
    made_at = peopled.clock.now()
    await rotated(peopled)
    drill = await rehearse(peopled.store, old)
    assert not drill.is_passed
    assert drill.lacking == ("audit-2", "codes-2", "names-2", "totp-2")
    assert drill.authenticators == Opened(2, keyless=2)
    assert drill.codes == Opened(16), "the codes stay under the key that made them"
    assert drill.checkpoints.keyless >= 1
    assert drill.newest_key_at <= made_at
    assert drill.rotated_at == peopled.clock.now()
    assert (await rehearse(peopled.store, copy_of(peopled.keys))).is_passed


async def test_a_copy_that_lacks_one_key_alone_still_opens_the_rest(peopled: House) -> None:
    old = copy_of(peopled.keys)
    await rotated(peopled, KeyPurpose.NAMES)
    drill = await rehearse(peopled.store, old)
    assert drill.lacking == ("names-2",)
    assert drill.authenticators.is_whole
    assert not drill.is_passed


async def test_keys_of_another_store_are_told_apart_from_an_old_copy(peopled: House) -> None:
    drill = await rehearse(peopled.store, KeyRing.generate(peopled.clock.now()))
    assert drill.lacking is None
    assert drill.authenticators == Opened(2, broken=2)
    assert not drill.checkpoints.is_whole


async def test_a_damaged_seal_is_told_from_a_missing_key(peopled: House) -> None:
    async with writing(peopled.store) as tx:
        await tx.execute("UPDATE totp_secrets SET sealed = :sealed", sealed=bytes(60))
    drill = await rehearse(peopled.store, copy_of(peopled.keys))
    assert drill.lacking == ()
    assert drill.authenticators == Opened(2, broken=2)
    assert not drill.is_passed


async def test_nothing_that_is_told_holds_a_secret(peopled: House) -> None:
    drill = await rehearse(peopled.store, copy_of(peopled.keys))
    assert isinstance(drill, Drill)
    told = repr(drill)
    assert not any(entry.key.hex() in told or str(entry.key) in told for entry in peopled.keys._entries)
