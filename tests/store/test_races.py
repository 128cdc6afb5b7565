"""Fifty processes at one barrier: one-time things are spent once, and nobody finds the store locked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from store import audit, two_factor
from store.store import open_store
from tests.store.children import (
    FAILED,
    LOST,
    WON,
    append_event,
    create,
    later,
    migrate_further,
    open_and_close,
    open_whole,
    race,
    spend_code,
    spend_step,
)
from tests.store.outside import outside
from tests.store.samples import ADA, ORG, mac, settle_with_second_factor, writing

MANY = 50


@pytest.fixture
async def batch_id(store_url: str) -> str:
    """A closed store with Ada in it; the id of her recovery codes."""
    store = await open_store(store_url, create=True)
    batch_id = await settle_with_second_factor(store)
    await store.close()
    return batch_id


def test_one_time_step_is_spent_by_exactly_one_of_fifty(store_url: str, batch_id: str) -> None:
    ends = race(MANY, spend_step, store_url, 101)
    assert (ends.count(WON), ends.count(LOST), ends.count(FAILED)) == (1, MANY - 1, 0)


def test_one_recovery_code_is_spent_by_exactly_one_of_fifty(store_url: str, batch_id: str) -> None:
    ends = race(MANY, spend_code, store_url, mac(batch_id, 3))
    assert (ends.count(WON), ends.count(LOST), ends.count(FAILED)) == (1, MANY - 1, 0)


async def test_fifty_writers_make_one_chain_without_a_gap(store_url: str, batch_id: str) -> None:
    assert race(MANY, append_event, store_url, ORG) == [WON] * MANY
    store = await open_store(store_url)
    await store.check(full=True)
    async with store.read() as tx:
        events = await audit.walk(tx, ORG, 0, 100)
        assert [event.seq for event in events] == list(range(1, MANY + 1))
        assert all(after.prev_hash == before.hash for before, after in pairwise(events))
    await store.close()


def test_a_store_is_made_by_exactly_one_of_ten(store_url: str) -> None:
    ends = race(10, create, store_url)
    assert (ends.count(WON), ends.count(LOST)) == (1, 9)


def test_a_file_is_made_by_exactly_one_of_ten_and_nothing_is_left_beside_it(
    store_url: str, sqlite_path: Path
) -> None:
    race(10, create, store_url)
    assert [file.name for file in sqlite_path.parent.iterdir()] == [sqlite_path.name]


def test_ten_processes_open_the_same_store(store_url: str, batch_id: str) -> None:
    assert race(10, open_whole, store_url) == [WON] * 10


def test_a_store_opens_in_the_moment_in_which_another_process_closes_it(
    store_url: str, batch_id: str, sqlite_path: Path
) -> None:
    assert race(4, open_and_close, store_url, 150) == [WON] * 4


async def test_ten_processes_migrate_and_each_migration_runs_once(
    store_url: str, engine: str, batch_id: str
) -> None:
    assert race(10, migrate_further, store_url) == [WON] * 10
    assert await outside(store_url, "SELECT n FROM later") == [{"n": 1}]
    newest = await outside(store_url, "SELECT max(version) AS newest FROM schema_migrations")
    assert newest == [{"newest": later(engine).version}]


async def test_a_spent_step_stays_spent_after_a_newer_one_and_a_restart(
    store_url: str, batch_id: str
) -> None:
    for step, is_new in ((101, True), (102, True), (101, False)):
        store = await open_store(store_url)
        async with writing(store) as tx:
            assert await two_factor.spend_step(tx, ADA, step) == is_new
        await store.close()
