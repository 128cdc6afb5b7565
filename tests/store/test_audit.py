"""The audit: a chain grows by one, nothing in it is edited, and it shrinks only below a signed checkpoint."""

from __future__ import annotations

import pytest

from store import audit
from store.audit import GENESIS_HASH, AuditRecord, ChainHead, CheckpointRecord
from store.errors import Duplicate, Stale
from store.ids import NIL_ID
from store.store import Store
from store.times import EPOCH
from store.transaction import Transaction
from tests.store.samples import ADA, MINUTE, NOW, ORG, event, writing


async def grow(tx: Transaction, *subjects: str | None) -> list[AuditRecord]:
    """Add events done to somebody, a minute apart."""
    added = []
    for subject_id in subjects:
        head = await audit.head(tx, ORG)
        new = event(head.seq + 1, head.hash, subject_id=subject_id, at=NOW + head.seq * MINUTE)
        await audit.insert(tx, new)
        await audit.set_head(tx, ORG, new.seq, new.hash)
        added.append(new)
    return added


def checkpoint(seq: int, digest: bytes, kind: str = "regular") -> CheckpointRecord:
    """A checkpoint of the organisation's chain."""
    return CheckpointRecord(ORG, seq, NOW, digest, kind, "audit-1", b"signature")


async def test_a_chain_begins_at_genesis(store: Store) -> None:
    async with writing(store) as tx:
        assert await audit.head(tx, NIL_ID) == ChainHead(NIL_ID, 0, GENESIS_HASH, 0, EPOCH)
        assert await audit.head(tx, NIL_ID) == ChainHead(NIL_ID, 0, GENESIS_HASH, 0, EPOCH)


async def test_events_come_back_in_order_as_they_were_kept(store: Store) -> None:
    async with writing(store) as tx:
        added = await grow(tx, ADA, None, ADA)
        assert await audit.walk(tx, ORG, 0, 10) == added
        assert await audit.walk(tx, ORG, 1, 1) == [added[1]]
        head = await audit.head(tx, ORG)
        assert (head.seq, head.hash) == (3, added[2].hash)
        assert await audit.heads(tx) == [head]


@pytest.mark.parametrize("seq", [2, 4, 0])
async def test_a_head_moves_on_by_exactly_one(store: Store, seq: int) -> None:
    async with writing(store) as tx:
        await grow(tx, ADA, ADA)
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await audit.set_head(tx, ORG, seq, GENESIS_HASH)


async def test_a_place_in_the_chain_is_taken_once(store: Store) -> None:
    async with writing(store) as tx:
        await grow(tx, ADA)
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await audit.insert(tx, event(1, GENESIS_HASH))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET reason = 'edited'",
        "DELETE FROM audit_events",
        "UPDATE audit_chains SET seq = 0",
        "DELETE FROM audit_chains",
        "UPDATE audit_checkpoints SET signature = hash",
    ],
)
async def test_another_program_cannot_edit_what_happened(store: Store, statement: str) -> None:
    async with writing(store) as tx:
        (added,) = await grow(tx, ADA)
        await audit.insert_checkpoint(tx, checkpoint(1, added.hash))
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await tx.execute(statement)


async def test_the_newest_events_of_a_person_come_page_by_page(store: Store) -> None:
    async with writing(store) as tx:
        added = await grow(tx, ADA, ADA, "somebody else", ADA, ADA)
        hers = [one for one in reversed(added) if one.subject_id == ADA]
        first = await audit.newest(tx, ADA, limit=3)
        assert first == hers[:3]
        assert await audit.newest(tx, ADA, before=first[-1].id, limit=3) == hers[3:]
        assert await audit.newest(tx, "nobody") == []


async def test_a_regular_checkpoint_is_noted_at_the_head(store: Store) -> None:
    async with writing(store) as tx:
        added = await grow(tx, ADA, ADA)
        await audit.insert_checkpoint(tx, checkpoint(2, added[1].hash))
        head = await audit.head(tx, ORG)
        assert (head.checkpoint_seq, head.checkpoint_at) == (2, NOW)
        assert await audit.checkpoints(tx, ORG) == [checkpoint(2, added[1].hash)]


async def test_a_prefix_goes_only_below_its_purge_checkpoint(store: Store) -> None:
    async with writing(store) as tx:
        added = await grow(tx, ADA, ADA, ADA)
        await audit.insert_checkpoint(tx, checkpoint(2, added[1].hash, "purge"))
        assert await audit.delete_prefix(tx, ORG, 2) == 2
        assert await audit.walk(tx, ORG, 0, 10) == added[2:]
        assert (await audit.head(tx, ORG)).checkpoint_seq == 0
    with pytest.raises(Stale):
        async with writing(store) as tx:
            await audit.delete_prefix(tx, ORG, 3)
