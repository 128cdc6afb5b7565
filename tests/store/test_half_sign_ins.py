"""Half sign-ins: spent once, and not after their time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import half_sign_ins
from store.errors import Stale
from store.half_sign_ins import HalfSignInRecord
from store.ids import new_id
from store.store import Store
from tests.store.samples import ADA, MINUTE, NOW, ORG, hashed, settle, writing

END = NOW + 5 * MINUTE
HALF = HalfSignInRecord(
    id=new_id(NOW),
    token_hash=hashed("half"),
    connection_hash=hashed("connection"),
    account_id=ADA,
    device_id=None,
    failures=0,
    created_at=NOW,
    expires_at=END,
    spent_at=None,
)


@pytest.fixture(autouse=True)
async def kept(store: Store) -> None:
    """Ada's password was right."""
    await settle(store)
    async with writing(store) as tx:
        await half_sign_ins.insert(tx, HALF)


async def test_a_half_sign_in_is_found_by_its_token(store: Store) -> None:
    async with store.read() as tx:
        assert await half_sign_ins.find(tx, hashed("half")) == HALF
        assert await half_sign_ins.find(tx, hashed("other")) is None


async def test_a_half_sign_in_is_spent_once(store: Store) -> None:
    async with writing(store) as tx:
        assert await half_sign_ins.spend(tx, HALF.id, NOW)
        assert not await half_sign_ins.spend(tx, HALF.id, NOW)
        assert await half_sign_ins.find(tx, hashed("half")) == replace(HALF, spent_at=NOW)


async def test_a_half_sign_in_is_not_spent_at_exactly_its_end(store: Store) -> None:
    async with writing(store) as tx:
        assert not await half_sign_ins.spend(tx, HALF.id, END)


async def test_another_program_cannot_spend_it_again(store: Store) -> None:
    async with writing(store) as tx:
        await half_sign_ins.spend(tx, HALF.id, NOW)
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await tx.execute("UPDATE half_sign_ins SET spent_at = NULL")


async def test_failures_add_up(store: Store) -> None:
    async with writing(store) as tx:
        assert [await half_sign_ins.add_failure(tx, HALF.id) for _ in range(3)] == [1, 2, 3]
        assert await half_sign_ins.add_failure(tx, "other") == 0


async def test_what_has_expired_is_erased(store: Store) -> None:
    async with writing(store) as tx:
        assert await half_sign_ins.delete_expired(tx, ORG, END - MINUTE) == 0
        assert await half_sign_ins.delete_expired(tx, ORG, END) == 1
        assert await half_sign_ins.find(tx, hashed("half")) is None


def test_hashes_are_in_no_repr() -> None:
    assert "_hash" not in repr(HALF)


async def test_what_is_not_spent_can_be_voided_for_one_account_before_its_time(store: Store) -> None:
    spent = replace(HALF, id=new_id(NOW), token_hash=hashed("spent"), spent_at=NOW)
    async with writing(store) as tx:
        await half_sign_ins.insert(tx, spent)
        assert await half_sign_ins.void(tx, "nobody") == 0
        assert await half_sign_ins.void(tx, ADA) == 1
        assert await half_sign_ins.find(tx, hashed("half")) is None
        assert await half_sign_ins.find(tx, hashed("spent")) == spent
