"""Recovery codes: one live batch, each code once."""

from __future__ import annotations

import pytest

from store import recovery_codes
from store.errors import Duplicate, Refused, Stale
from store.store import Store
from tests.store.samples import (
    ADA,
    MINUTE,
    NOW,
    batch,
    hashed,
    mac,
    settle,
    settle_with_second_factor,
    writing,
)


async def test_a_code_is_spent_once(store: Store) -> None:
    batch_id = await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await recovery_codes.exists_unspent(tx, ADA, [mac(batch_id, 0)])
        assert await recovery_codes.spend(tx, ADA, [mac(batch_id, 0)], NOW)
        assert not await recovery_codes.spend(tx, ADA, [mac(batch_id, 0)], NOW)
        assert not await recovery_codes.exists_unspent(tx, ADA, [mac(batch_id, 0)])
        assert await recovery_codes.count_left(tx, batch_id) == 7


async def test_a_code_is_found_under_any_of_its_keys_and_only_one_is_spent(store: Store) -> None:
    batch_id = await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await recovery_codes.spend(
            tx, ADA, [hashed("newer key"), mac(batch_id, 1), mac(batch_id, 2)], NOW
        )
        assert await recovery_codes.count_left(tx, batch_id) == 7


async def test_a_code_of_somebody_else_is_not_spent(store: Store) -> None:
    batch_id = await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert not await recovery_codes.spend(tx, "somebody else", [mac(batch_id, 0)], NOW)
        assert not await recovery_codes.exists_unspent(tx, "somebody else", [mac(batch_id, 0)])


async def test_another_program_cannot_spend_a_code_again_or_give_it_back(store: Store) -> None:
    batch_id = await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await recovery_codes.spend(tx, ADA, [mac(batch_id, 0)], NOW)
    for used_at in (None, NOW + MINUTE):
        with pytest.raises(Stale):
            async with writing(store) as tx:
                await tx.execute(
                    "UPDATE recovery_codes SET used_at = :used_at WHERE mac = :mac",
                    used_at=used_at,
                    mac=mac(batch_id, 0),
                )


async def test_an_account_has_one_live_batch(store: Store) -> None:
    await settle_with_second_factor(store)
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await recovery_codes.insert_batch(tx, *batch())


async def test_a_new_batch_takes_the_place_of_the_voided_one(store: Store) -> None:
    old_id = await settle_with_second_factor(store)
    record, codes = batch(10)
    async with writing(store) as tx:
        assert await recovery_codes.void(tx, ADA, NOW)
        assert await recovery_codes.live_batch(tx, ADA) is None
        await recovery_codes.insert_batch(tx, record, codes)
        assert await recovery_codes.live_batch(tx, ADA) == record
        assert await recovery_codes.count_left(tx, old_id) == 0
        assert not await recovery_codes.spend(tx, ADA, [mac(old_id, 0)], NOW)
        assert await recovery_codes.spend(tx, ADA, [mac(record.id, 9)], NOW)


async def test_voiding_without_a_live_batch_says_so(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        assert not await recovery_codes.void(tx, ADA, NOW)


@pytest.mark.parametrize("size", [7, 17])
async def test_a_batch_of_an_odd_size_is_refused(store: Store, size: int) -> None:
    await settle(store)
    with pytest.raises(Refused):
        async with writing(store) as tx:
            await recovery_codes.insert_batch(tx, *batch(size))


async def test_a_batch_is_acknowledged_once_and_not_when_void(store: Store) -> None:
    batch_id = await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await recovery_codes.acknowledge(tx, batch_id, NOW)
        assert not await recovery_codes.acknowledge(tx, batch_id, NOW + MINUTE)
        live = await recovery_codes.live_batch(tx, ADA)
        assert live is not None
        assert live.acknowledged_at == NOW
        await recovery_codes.void(tx, ADA, NOW)
        assert not await recovery_codes.acknowledge(tx, batch_id, NOW)


def test_the_mac_of_a_code_is_in_no_repr() -> None:
    _, codes = batch()
    assert "mac=" not in repr(codes)
