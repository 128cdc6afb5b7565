"""The authenticator: a step is spent once and never goes back, whoever writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from store import two_factor
from store.errors import Duplicate, Stale
from store.store import Store
from tests.store.samples import (
    ADA,
    MINUTE,
    NOW,
    ORG,
    enrolment,
    settle,
    settle_with_second_factor,
    totp,
    writing,
)


async def test_an_authenticator_comes_back_as_it_was_kept(store: Store) -> None:
    await settle_with_second_factor(store)
    async with store.read() as tx:
        assert await two_factor.get(tx, ADA) == totp()
        assert await two_factor.get(tx, "nobody") is None


async def test_an_account_has_one_authenticator(store: Store) -> None:
    await settle_with_second_factor(store)
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await two_factor.insert(tx, totp())


async def test_a_step_is_spent_once_and_an_older_one_never(store: Store) -> None:
    await settle_with_second_factor(store)
    async with writing(store) as tx:
        spent = [await two_factor.spend_step(tx, ADA, step) for step in (101, 101, 102, 101, 100, 103)]
    assert spent == [True, False, True, False, False, True]


async def test_nobody_spends_a_step_without_an_authenticator(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        assert not await two_factor.spend_step(tx, ADA, 101)
        assert await two_factor.add_failure(tx, ADA) == 0


@pytest.mark.parametrize("step", [99, 100])
async def test_another_program_cannot_set_a_spent_step_again(store: Store, step: int) -> None:
    await settle_with_second_factor(store)
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await tx.execute("UPDATE totp_secrets SET last_step = :step", step=step)


async def test_failures_add_up_until_a_step_is_spent(store: Store) -> None:
    await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert [await two_factor.add_failure(tx, ADA) for _ in range(3)] == [1, 2, 3]
        assert await two_factor.spend_step(tx, ADA, 101)
        assert await two_factor.add_failure(tx, ADA) == 1
        await two_factor.clear_failures(tx, ADA)
        assert await two_factor.get(tx, ADA) == totp(101)


async def test_a_deleted_authenticator_is_gone(store: Store) -> None:
    await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await two_factor.delete(tx, ADA)
        assert not await two_factor.delete(tx, ADA)
        assert await two_factor.get(tx, ADA) is None


async def test_a_secret_is_resealed_only_over_the_key_it_was_read_under(store: Store) -> None:
    await settle_with_second_factor(store)
    async with writing(store) as tx:
        assert await two_factor.all_by_key(tx, ORG, "totp-1", 10) == [totp()]
        assert await two_factor.reseal(tx, ADA, b"again", "totp-2", "totp-1")
        assert not await two_factor.reseal(tx, ADA, b"late", "totp-2", "totp-1")
        assert await two_factor.all_by_key(tx, ORG, "totp-1", 10) == []
        assert await two_factor.get(tx, ADA) == replace(totp(), sealed=b"again", key_id="totp-2")


async def test_a_new_enrolment_takes_the_place_of_the_old(store: Store) -> None:
    await settle(store)
    first, second = enrolment(), enrolment()
    async with writing(store) as tx:
        await two_factor.put_enrolment(tx, first)
        await two_factor.put_enrolment(tx, second)
        assert await two_factor.get_enrolment(tx, ADA) == second
        assert await two_factor.delete_enrolment(tx, ADA)
        assert not await two_factor.delete_enrolment(tx, ADA)


async def test_an_enrolment_is_erased_at_exactly_its_end(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        await two_factor.put_enrolment(tx, enrolment(NOW + MINUTE))
        assert await two_factor.delete_expired_enrolments(tx, ORG, NOW + MINUTE - MINUTE / 60) == 0
        assert await two_factor.delete_expired_enrolments(tx, ORG, NOW + MINUTE) == 1


async def test_an_erased_secret_is_in_none_of_the_files_after_closing(
    store: Store, sqlite_path: Path
) -> None:
    canary = b"canary-" * 8
    await settle(store)
    async with writing(store) as tx:
        await two_factor.insert(tx, replace(totp(), sealed=canary))
    async with writing(store) as tx:
        await two_factor.delete(tx, ADA)
    await store.close()
    assert all(canary not in file.read_bytes() for file in sqlite_path.parent.iterdir())


def test_sealed_secrets_are_in_no_repr() -> None:
    assert "sealed" not in repr(totp()) + repr(enrolment())
