"""Policies: each version follows the one before, and two writers cannot both be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import policies
from store.errors import Stale
from store.policies import PolicyRecord
from store.store import Store
from tests.store.samples import ADA, NOW, ORG, settle, writing

FIRST = PolicyRecord(org_id=ORG, version=1, document="{}", updated_at=NOW, updated_by=None)


async def put(store: Store, record: PolicyRecord) -> None:
    """Write a policy in an act of its own."""
    async with writing(store) as tx:
        await policies.put(tx, record)


async def test_a_policy_comes_back_as_it_was_kept(store: Store) -> None:
    await settle(store)
    second = replace(FIRST, version=2, document='{"minimum_length":15}', updated_by=ADA)
    await put(store, FIRST)
    await put(store, second)
    async with store.read() as tx:
        assert await policies.get(tx, ORG) == second
        assert await policies.get(tx, "other") is None


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_a_version_that_does_not_follow_is_stale(store: Store, version: int) -> None:
    await settle(store)
    await put(store, FIRST)
    await put(store, replace(FIRST, version=2))
    with pytest.raises(Stale):
        await put(store, replace(FIRST, version=version))


async def test_a_policy_begins_with_version_one(store: Store) -> None:
    await settle(store)
    with pytest.raises(Stale):
        await put(store, replace(FIRST, version=2))
