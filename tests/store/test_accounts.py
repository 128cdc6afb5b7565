"""Accounts: one an address, and a password that changes only over the one that was checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store import accounts
from store.accounts import AccountRecord
from store.errors import Duplicate, Refused, Stale
from store.ids import new_id
from store.store import Store
from tests.store.samples import ADA, MINUTE, NOW, account, settle, writing


async def ada(store: Store) -> AccountRecord:
    """Read Ada's account."""
    async with store.read() as tx:
        found = await accounts.get(tx, ADA)
    assert found is not None
    return found


async def test_an_account_comes_back_as_it_was_kept(store: Store) -> None:
    await settle(store)
    assert await ada(store) == account()


async def test_an_account_is_found_by_its_canonical_address_only(store: Store) -> None:
    await settle(store)
    async with store.read() as tx:
        assert await accounts.find_by_email(tx, "ada@example.org") == account()
        assert await accounts.find_by_email(tx, "Ada@example.org") is None
        assert await accounts.count(tx) == 1


async def test_a_second_account_with_the_same_canonical_address_is_a_duplicate(store: Store) -> None:
    await settle(store)
    second = replace(account(new_id(NOW)), email="ADA@example.org")
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await accounts.insert(tx, second)


async def test_an_account_of_no_organisation_is_refused(store: Store) -> None:
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await accounts.insert(tx, account())


async def test_a_role_that_does_not_exist_is_refused(store: Store) -> None:
    await settle(store)
    with pytest.raises(Refused):
        async with writing(store) as tx:
            await accounts.insert(tx, replace(account(new_id(NOW), "b@example.org"), role="root"))


async def test_a_password_changes_over_the_hash_that_was_checked(store: Store) -> None:
    await settle(store)
    later = NOW + MINUTE
    async with writing(store) as tx:
        assert await accounts.set_password(tx, ADA, "$new", later, "clear_online", was="$argon2id$old")
        assert not await accounts.set_password(tx, ADA, "$late", later, "clear_online", was="$argon2id$old")
        assert not await accounts.set_password(tx, ADA, "$late", later, "clear_online", was=None)
    changed = await ada(store)
    assert (changed.password_hash, changed.password_changed_at, changed.breach_outcome) == (
        "$new",
        later,
        "clear_online",
    )


async def test_a_first_password_is_set_where_there_was_none(store: Store) -> None:
    await settle(store)
    other = replace(account(new_id(NOW), "b@example.org"), password_hash=None, password_changed_at=None)
    async with writing(store) as tx:
        await accounts.insert(tx, other)
        assert await accounts.set_password(tx, other.id, "$first", NOW, "not_checked", was=None)


async def test_a_rehash_changes_nothing_but_the_hash(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        assert await accounts.rehash(tx, ADA, "$stronger", was="$argon2id$old")
        assert not await accounts.rehash(tx, ADA, "$late", was="$argon2id$old")
    assert await ada(store) == replace(account(), password_hash="$stronger")


async def test_name_look_status_and_sign_in_are_kept(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        assert await accounts.set_name(tx, ADA, "Ada")
        assert await accounts.set_appearance(tx, ADA, "light")
        assert await accounts.set_status(tx, ADA, "suspended")
        assert await accounts.note_sign_in(tx, ADA, NOW + MINUTE)
        assert not await accounts.set_name(tx, "nobody", "Nobody")
    assert await ada(store) == replace(
        account(), name="Ada", appearance="light", status="suspended", last_sign_in_at=NOW + MINUTE
    )


async def test_a_lifetime_of_sessions_is_kept_to_the_microsecond_and_taken_away(store: Store) -> None:
    await settle(store)
    odd = timedelta(hours=1, microseconds=1)
    async with writing(store) as tx:
        assert await accounts.set_session_lifetime(tx, ADA, odd)
        assert not await accounts.set_session_lifetime(tx, "nobody", odd)
    assert await ada(store) == replace(account(), session_lifetime=odd)
    async with writing(store) as tx:
        assert await accounts.set_session_lifetime(tx, ADA, None)
    assert await ada(store) == account()


async def test_an_account_may_begin_with_a_lifetime_of_its_own(store: Store) -> None:
    await settle(store)
    kept = replace(account(new_id(NOW), "bea@example.org"), session_lifetime=timedelta(days=1))
    async with writing(store) as tx:
        await accounts.insert(tx, kept)
        assert await accounts.get(tx, kept.id) == kept


async def test_who_must_enrol_first_is_kept_until_it_is_taken_away(store: Store) -> None:
    await settle(store)
    async with writing(store) as tx:
        assert await accounts.set_must_enrol(tx, ADA, must_enrol=True)
        assert not await accounts.set_must_enrol(tx, "nobody", must_enrol=True)
    assert await ada(store) == replace(account(), must_enrol=True)
    async with writing(store) as tx:
        assert await accounts.set_must_enrol(tx, ADA, must_enrol=False)
    assert await ada(store) == account()


def test_a_password_hash_is_in_no_repr() -> None:
    assert "argon2id" not in repr(account())
