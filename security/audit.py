"""The audit: every act in a hash chain, committed with what it tells of (R072-R077)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from security.audit_chain import (
    AuditVerdict,
    Tampering,
    digest_of,
    is_due,
    signed_message,
    verify_chain,
    verify_signatures,
)
from security.safe_text import sanitise
from store import audit as audit_rows
from store import organisations as organisation_rows
from store.audit import AuditRecord, ChainHead, CheckpointRecord
from store.ids import NIL_ID, new_id
from store.times import to_micros

if TYPE_CHECKING:
    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from security.vocabulary import EventName
    from store.store import Store
    from store.transaction import Transaction

__all__ = ["Audit", "AuditVerdict", "Event", "Tampering"]

PAGE = 500
"""Events that are read at once."""

PURGE_AT_ONCE = 1000
"""Events that one purge erases at most, so that it does not hold the chain for long."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as a flow tells it. Never a password, a code, a token or a whole hash (R074)."""

    name: EventName
    org_id: str | None
    """None for what concerns no organisation: such events have a chain of their own."""
    actor_id: str | None
    subject_id: str | None
    session: str | None
    """The first characters of the session's hash."""
    origin: Origin
    was_success: bool
    reason: str = ""
    """A refusal's tag, or what else explains the outcome in one word."""
    details: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    """Further facts; texts are made safe to show."""


class Audit:
    """Writes events and signs, checks and shortens their chains."""

    def __init__(self, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    async def append(self, tx: Transaction, event: Event) -> AuditRecord:
        """Add an event to its chain, and a signed checkpoint where one is due.

        The chain's head is held from here to the commit, so that events written at once stand one
        after the other (R076).
        """
        return (await self.append_all(tx, [event]))[-1]

    async def append_all(self, tx: Transaction, events: Sequence[Event]) -> Sequence[AuditRecord]:
        """Add events of one chain, one or more, in their order, by as many statements as for one."""
        (chain,) = {event.org_id or NIL_ID for event in events}
        end = await audit_rows.head(tx, chain)
        records, due = [], []
        for event in events:
            record = _record(event, end, self._clock.now())
            records.append(record)
            if _is_due(end, record.seq, record.at):
                due.append(record)
                end = replace(end, checkpoint_seq=record.seq, checkpoint_at=record.at)
            end = replace(end, seq=record.seq, hash=record.hash)
        await audit_rows.insert(tx, *records)
        await audit_rows.set_head(tx, chain, end.seq, end.hash, by=len(records))
        for record in due:
            await self._sign(tx, chain, record.seq, record.hash, "regular", record.at)
        return records

    async def checkpoint_if_due(self, tx: Transaction, org_id: str | None) -> bool:
        """Sign the end of a chain where unsigned events have waited ten minutes; whether it was signed."""
        head = await audit_rows.head(tx, org_id or NIL_ID)
        if head.seq == head.checkpoint_seq or not _is_due(head, head.seq, self._clock.now()):
            return False
        await self._sign(tx, head.org_id, head.seq, head.hash, "regular", self._clock.now())
        return True

    async def verify(self, org_id: str | None) -> AuditVerdict:
        """Check a whole chain in one snapshot and name the first place that is wrong, and how.

        A chain whose end is not recorded is whole only where nothing ever happened: the founding of an
        organisation is its first event.

        Raises:
            StoreError: the chain cannot be read.
        """
        chain = org_id or NIL_ID
        async with self._store.read(alone=True) as tx:
            heads = {head.org_id: head for head in await audit_rows.heads(tx)}
            head = heads.get(chain)
            if head is None:
                is_gone = await _was_begun(tx, chain)
                return AuditVerdict(chain, 0, 0, 1, Tampering.CUT) if is_gone else AuditVerdict(chain, 0, 0)
            signed = await audit_rows.checkpoints(tx, chain)
            verdict = await verify_chain(head, _walk(tx, chain), signed)
        return await asyncio.to_thread(verify_signatures, signed, self._keys) or verdict

    async def purge(self, tx: Transaction, org_id: str | None, before: datetime) -> int:
        """Erase the events before a moment as one prefix, and tell how many there were (R077).

        A signed checkpoint takes their place, so that the rest still verifies. An event that is older
        than one before it stays until that one may go. At most `PURGE_AT_ONCE` events go at a time.
        """
        last: AuditRecord | None = None
        gone = 0
        async for record in _walk(tx, org_id or NIL_ID):
            if record.at >= before or gone == PURGE_AT_ONCE:
                break
            last, gone = record, gone + 1
        if last is None:
            return 0
        await self._sign(tx, last.org_id, last.seq, last.hash, "purge", self._clock.now())
        return await audit_rows.delete_prefix(tx, last.org_id, last.seq)

    async def _sign(
        self, tx: Transaction, org_id: str, seq: int, chain_hash: bytes, kind: str, at: datetime
    ) -> None:
        """Keep a checkpoint with the signature of the audit key."""
        made = self._keys.sign(signed_message(org_id, seq, to_micros(at), chain_hash, kind))
        await audit_rows.insert_checkpoint(
            tx, CheckpointRecord(org_id, seq, at, chain_hash, kind, made.key_id, made.signature)
        )


def _is_due(head: ChainHead, seq: int, now: datetime) -> bool:
    """Whether a checkpoint is due at a place, by what the chain's head tells of the last one."""
    return is_due(seq, now, signed_seq=head.checkpoint_seq, signed_at=head.checkpoint_at)


def _record(event: Event, head: ChainHead, now: datetime) -> AuditRecord:
    """The row of an event at the end of its chain."""
    details = {name: sanitise(it) if isinstance(it, str) else it for name, it in event.details.items()}
    unhashed = AuditRecord(
        org_id=head.org_id,
        seq=head.seq + 1,
        id=new_id(now),
        at=now,
        name=event.name.value,
        actor_id=event.actor_id,
        subject_id=event.subject_id,
        session=event.session,
        source_ip=sanitise(event.origin.source_ip),
        client=sanitise(event.origin.client),
        outcome="success" if event.was_success else "failure",
        reason=event.reason,
        node=sanitise(event.origin.node),
        details=json.dumps(details, sort_keys=True, ensure_ascii=False),
        prev_hash=head.hash,
        hash=b"",
    )
    return replace(unhashed, hash=digest_of(head.hash, unhashed))


async def _was_begun(tx: Transaction, org_id: str) -> bool:
    """Whether a chain without an end must have had events: it has some, or its organisation exists."""
    if await audit_rows.walk(tx, org_id, 0, 1) or await audit_rows.checkpoints(tx, org_id):
        return True
    return await organisation_rows.get(tx, org_id) is not None


async def _walk(tx: Transaction, org_id: str) -> AsyncIterator[AuditRecord]:
    """The events of a chain in order, page by page."""
    after = 0
    while page := await audit_rows.walk(tx, org_id, after, PAGE):
        for record in page:
            yield record
        after = page[-1].seq
