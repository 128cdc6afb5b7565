"""A program that still runs when a newer one has migrated the store does nothing more by its own rules."""

from __future__ import annotations

import asyncio

import pytest

from store import facts
from store.errors import NewerSchema
from store.schema import newest
from store.store import Store
from tests.store.children import migrate_further
from tests.store.outside import outside
from tests.store.samples import NOW, fact, fact_written, writing

WAIT = 20.0
"""Seconds for what takes milliseconds."""


async def test_whoever_was_outrun_writes_nothing_and_then_reads_nothing(store: Store, engine: str) -> None:
    await fact_written(store)
    await migrate_further(store.url)
    with pytest.raises(NewerSchema, match=f"to schema {newest(engine) + 1}.*Start the newer one") as refused:
        async with writing(store) as tx:
            await facts.put(tx, "name", "by the rules of before")
    assert "nothing was changed" in str(refused.value)
    assert await outside(store.url, "SELECT value FROM store_facts WHERE name = 'name'") == [{"value": "new"}]
    assert await outside(store.url, "SELECT COUNT(*) AS n FROM acts") == [{"n": 1}]
    with pytest.raises(NewerSchema):
        await fact(store)
    with pytest.raises(NewerSchema):
        async with store.look() as tx:
            await facts.get(tx, "name")
    with pytest.raises(NewerSchema, match="so it has ended") as ended:
        async with asyncio.timeout(WAIT):
            await store.known.stand()
    assert "changed" not in str(ended.value), (
        "what was done before the migration stands, as new recovery codes"
    )


async def test_an_act_that_names_what_it_holds_is_refused_too(store: Store) -> None:
    await migrate_further(store.url)
    for hold in (("lane",), ("a lane with blanks", "b")):
        with pytest.raises(NewerSchema):
            async with store.write("one act", NOW, hold=hold):
                pass


async def test_whoever_follows_is_told_at_the_migration(store: Store) -> None:
    begun = asyncio.Event()

    async def follow() -> None:
        """Follow until something ends it."""
        async for _ in store.follow(begun=begun.set):
            pass

    following = asyncio.create_task(follow())
    async with asyncio.timeout(WAIT):
        await begun.wait()
        await migrate_further(store.url)
        with pytest.raises(NewerSchema):
            await following
        with pytest.raises(NewerSchema):
            await fact(store)


async def test_a_migration_waits_for_the_act_that_is_under_way(store: Store, engine: str) -> None:
    async with writing(store) as tx:
        migrating = asyncio.create_task(asyncio.to_thread(asyncio.run, migrate_further(store.url)))
        if engine == "postgresql":
            async with asyncio.timeout(WAIT):
                while not await outside(  # noqa: ASYNC110 - the server tells nobody
                    store.url, "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
                ):
                    await asyncio.sleep(0.02)
        await facts.put(tx, "name", "whole")
    async with asyncio.timeout(WAIT):
        assert await migrating
    assert await outside(store.url, "SELECT value FROM store_facts WHERE name = 'name'") == [
        {"value": "whole"}
    ]
    with pytest.raises(NewerSchema):
        await fact_written(store)


async def test_tables_that_are_other_ones_are_told_as_a_newer_schema(store: Store) -> None:
    await fact_written(store)
    assert await fact(store) == "new"
    await migrate_further(store.url)
    await outside(store.url, "ALTER TABLE store_facts RENAME TO facts_of_tomorrow")
    with pytest.raises(NewerSchema):
        await fact(store)
    with pytest.raises(NewerSchema):
        async with store.look() as tx:
            await facts.get(tx, "name")
