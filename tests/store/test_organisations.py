"""Organisations and what is written of the store as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store import facts, organisations
from store.errors import Duplicate
from store.ids import new_id
from store.store import Store
from tests.store.samples import NOW, ORG, organisation, writing


async def test_an_organisation_comes_back_as_it_was_kept(store: Store) -> None:
    async with writing(store) as tx:
        await organisations.insert(tx, organisation())
        assert await organisations.get(tx, ORG) == organisation()
        assert await organisations.get(tx, "other") is None


async def test_organisations_are_listed_oldest_first(store: Store) -> None:
    younger = replace(organisation(), id=new_id(NOW + timedelta(days=1)))
    async with writing(store) as tx:
        await organisations.insert(tx, younger)
        await organisations.insert(tx, organisation())
        assert await organisations.list_all(tx) == [organisation(), younger]


async def test_an_organisation_is_kept_once(store: Store) -> None:
    async with writing(store) as tx:
        await organisations.insert(tx, organisation())
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await organisations.insert(tx, organisation())


async def test_a_fact_is_written_over_the_one_before(store: Store) -> None:
    async with writing(store) as tx:
        assert await facts.get(tx, "keys") is None
        await facts.put(tx, "keys", "first")
        await facts.put(tx, "keys", "second")
        assert await facts.get(tx, "keys") == "second"
