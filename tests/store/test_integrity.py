"""The start-up check finds an audit chain that does not end where its head says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import audit
from store.audit import GENESIS_HASH, CheckpointRecord
from store.errors import Corrupt
from store.store import Store, open_store
from tests.store.outside import outside
from tests.store.samples import NOW, ORG, event, opened, settle, writing


@pytest.fixture
async def url(store_url: str) -> str:
    """A closed store whose chain has three events."""
    store = await open_store(store_url, create=True)
    await settle(store)
    await extend(store, 3)
    await store.close()
    return store_url


async def extend(store: Store, count: int) -> None:
    """Add events to the chain."""
    async with writing(store) as tx:
        for _ in range(count):
            head = await audit.head(tx, ORG)
            new = event(head.seq + 1, head.hash)
            await audit.insert(tx, new)
            await audit.set_head(tx, ORG, new.seq, new.hash)


async def test_a_sound_store_passes_both_checks(url: str) -> None:
    store = await open_store(url)
    await store.check()
    await store.check(full=True)
    await store.close()


@pytest.mark.parametrize(
    "script",
    [
        "DELETE FROM audit_events WHERE seq = 3",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET hash = prev_hash WHERE seq = 3",
        "UPDATE audit_chains SET seq = 2",
        "UPDATE audit_chains SET hash = (SELECT prev_hash FROM audit_events WHERE seq = 3)",
    ],
)
async def test_a_chain_that_does_not_end_at_its_head_stops_the_start(url: str, script: str) -> None:
    await outside(url, script, guarded=False)
    with pytest.raises(Corrupt, match="does not end where it should"):
        await open_store(url)


@pytest.mark.parametrize(
    "script",
    [
        "DELETE FROM audit_events WHERE seq = 2",
        "UPDATE audit_events SET prev_hash = hash WHERE seq = 2",
        "DELETE FROM audit_chains",
    ],
)
async def test_a_chain_with_a_gap_is_found_by_the_full_check(url: str, script: str) -> None:
    await outside(url, script, guarded=False)
    async with opened(url) as store:
        with pytest.raises(Corrupt, match="has a gap"):
            await store.check(full=True)


async def test_a_reference_to_nothing_is_found_by_the_full_check(url: str) -> None:
    await outside(url, "DELETE FROM organisations", guarded=False)
    async with opened(url) as store:
        with pytest.raises(Corrupt, match="refers to things that are gone"):
            await store.check(full=True)


@pytest.mark.parametrize("upto", [1, 3])
async def test_a_purged_prefix_is_sound_under_its_checkpoint(url: str, upto: int) -> None:
    store = await open_store(url)
    async with writing(store) as tx:
        last = (await audit.walk(tx, ORG, upto - 1, 1))[0]
        await audit.insert_checkpoint(
            tx, CheckpointRecord(ORG, upto, NOW, last.hash, "purge", "audit-1", b"signed")
        )
        assert await audit.delete_prefix(tx, ORG, upto) == upto
    await store.check()
    await store.check(full=True)
    await extend(store, 2)
    await store.check(full=True)
    await store.close()


async def test_an_event_at_no_head_is_found(url: str) -> None:
    store = await open_store(url)
    async with writing(store) as tx:
        await audit.insert(tx, replace(event(4, GENESIS_HASH)))
    with pytest.raises(Corrupt):
        await store.check()
    await store.close()


@pytest.mark.of_servers
async def test_a_guard_that_was_switched_off_is_found_by_the_full_check(url: str) -> None:
    await outside(url, "ALTER TABLE totp_secrets DISABLE TRIGGER totp_step_is_spent_once")
    async with opened(url) as store:
        with pytest.raises(Corrupt, match="totp_step_is_spent_once"):
            await store.check(full=True)
