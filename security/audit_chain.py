"""The audit's chain: the canonical form of an event, its hash, and the search for tampering (R075)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from store.audit import GENESIS_HASH, AuditRecord, ChainHead, CheckpointRecord
from store.times import EPOCH, to_micros

if TYPE_CHECKING:
    from security.keys import KeyRing

CHECKPOINT_EVENTS = 1000
"""A checkpoint stands after at most so many events."""

CHECKPOINT_INTERVAL = timedelta(minutes=10)
"""Events wait at most so long for a signature."""


class Tampering(StrEnum):
    """What was done to a chain."""

    EDITED = "edited"
    """An event is not what was written."""
    DELETED = "deleted"
    """One event or more are gone."""
    INSERTED = "inserted"
    """An event was put in between."""
    REORDERED = "reordered"
    """Events changed places."""
    REWRITTEN = "rewritten"
    """Events and their hashes were made anew; a signed checkpoint tells of others."""
    CUT = "cut"
    """The newest events are gone."""
    FORGED_CHECKPOINT = "forged_checkpoint"
    """A checkpoint carries no signature of the audit key."""
    MISSING_CHECKPOINT = "missing_checkpoint"
    """A checkpoint that must stand here is gone."""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What the check of one chain found."""

    org_id: str
    events: int
    """Events that were read and found right."""
    last_seq: int
    """The place of the last event that was found right."""
    bad_seq: int | None = None
    """The first place that is wrong; None where the chain is whole."""
    tampering: Tampering | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.tampering is None


def canonical(record: AuditRecord, *, seq: int | None = None) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no blanks, UTF-8, without the two hashes."""
    fields = {
        "org_id": record.org_id,
        "seq": record.seq if seq is None else seq,
        "id": record.id,
        "at": to_micros(record.at),
        "name": record.name,
        "actor_id": record.actor_id,
        "subject_id": record.subject_id,
        "session": record.session,
        "source_ip": record.source_ip,
        "client": record.client,
        "outcome": record.outcome,
        "reason": record.reason,
        "node": record.node,
        "details": record.details,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def digest_of(prev_hash: bytes, record: AuditRecord, *, seq: int | None = None) -> bytes:
    """SHA-256 over the hash of the event before and the canonical event."""
    return hashlib.sha256(prev_hash + canonical(record, seq=seq)).digest()


def is_due(seq: int, at: datetime, *, signed_seq: int, signed_at: datetime) -> bool:
    """Whether a checkpoint must stand at a place: 1,000 events or ten minutes after the one before it.

    The first event of a chain has none before it and is always signed.
    """
    return seq - signed_seq >= CHECKPOINT_EVENTS or at - signed_at >= CHECKPOINT_INTERVAL


def signed_message(org_id: str, seq: int, at_micros: int, chain_hash: bytes, kind: str) -> bytes:
    """The bytes that a checkpoint's signature stands under."""
    fields = {"org_id": org_id, "seq": seq, "at": at_micros, "hash": chain_hash.hex(), "kind": kind}
    return b"strongroom audit checkpoint\x00" + json.dumps(
        fields, sort_keys=True, separators=(",", ":")
    ).encode("utf-8")


async def verify_chain(
    head: ChainHead,
    events: AsyncIterator[AuditRecord],
    checkpoints: Sequence[CheckpointRecord],
) -> AuditVerdict:
    """Read a chain from its beginning, or from its last purge, and name the first thing that is wrong.

    An edit, a deletion, an insertion or a change of places breaks a hash. A chain that was made anew
    as a whole, or whose end was cut, is told by the checkpoints, whose signatures are another matter.
    """
    walk = _Walk(head, checkpoints)
    async for record in events:
        if not walk.takes(record):
            return walk.verdict_of_break(record, await anext(events, None))
    return walk.verdict_of_end()


def verify_signatures(checkpoints: Sequence[CheckpointRecord], keys: KeyRing) -> AuditVerdict | None:
    """Name the first checkpoint that the audit key has not signed; None where all are right.

    A quarter of a millisecond each, and a chain has up to fifty thousand a year: not on the event loop,
    and not within a snapshot, which a server ends where nothing is asked for seconds.
    """
    for checkpoint in checkpoints:
        if not is_signed(checkpoint, keys):
            return AuditVerdict(checkpoint.org_id, 0, 0, checkpoint.seq, Tampering.FORGED_CHECKPOINT)
    return None


def is_signed(checkpoint: CheckpointRecord, keys: KeyRing) -> bool:
    """Whether the audit key signed just this checkpoint."""
    message = signed_message(
        checkpoint.org_id, checkpoint.seq, to_micros(checkpoint.at), checkpoint.hash, checkpoint.kind
    )
    return keys.verify(checkpoint.key_id, message, checkpoint.signature)


class _Walk:
    """Where the check stands in a chain."""

    def __init__(self, head: ChainHead, checkpoints: Sequence[CheckpointRecord]) -> None:
        self._head = head
        self._marks: Mapping[int, bytes] = {mark.seq: mark.hash for mark in checkpoints}
        regular = {mark.seq: mark.at for mark in checkpoints if mark.kind == "regular"}
        self._regular: Mapping[int, datetime] = regular
        purged = max(
            (mark for mark in checkpoints if mark.kind == "purge"), key=lambda mark: mark.seq, default=None
        )
        self._seq = 0 if purged is None else purged.seq
        self._hash = GENESIS_HASH if purged is None else purged.hash
        self._before = self._hash
        self._signed_seq = max((seq for seq in regular if seq <= self._seq), default=0)
        self._signed_at = regular.get(self._signed_seq, EPOCH)
        self._events = 0

    def takes(self, record: AuditRecord) -> bool:
        """Take the next event where it follows the one before; False where something is wrong with it."""
        if self._what_is_wrong(record) is not None:
            return False
        if record.seq in self._regular:
            self._signed_seq, self._signed_at = record.seq, self._regular[record.seq]
        self._before, self._seq, self._hash = self._hash, record.seq, record.hash
        self._events += 1
        return True

    def verdict_of_end(self) -> AuditVerdict:
        """After the last event: whether the chain ends where its head and its checkpoints say."""
        if max(self._marks, default=0) > self._seq or self._head.seq > self._seq:
            return self._verdict(Tampering.CUT)
        if self._head.seq < self._seq:
            return self._verdict(Tampering.INSERTED, self._head.seq + 1)
        if self._head.hash != self._hash:
            return self._verdict(Tampering.REWRITTEN, self._seq)
        if self._head.checkpoint_seq > max(self._regular, default=0):
            return self._verdict(Tampering.MISSING_CHECKPOINT, self._head.checkpoint_seq)
        return AuditVerdict(self._head.org_id, self._events, self._seq)

    def verdict_of_break(self, record: AuditRecord, following: AuditRecord | None) -> AuditVerdict:
        """Name what was done where an event does not follow the one before.

        An event's hash stays right for the place that it was written at, so the hashes of the two
        events at the break tell where they came from.
        """
        wrong = self._what_is_wrong(record)
        if wrong is not Tampering.EDITED:
            return self._verdict(wrong)
        here = self._seq + 1
        was = _place_of(record, here)
        if was == here and record.prev_hash != self._hash and self._events:
            return self._verdict(Tampering.EDITED, self._seq)
        if was == self._seq and record.prev_hash == self._before:
            return self._verdict(Tampering.INSERTED, self._seq)
        next_belongs_here = following is not None and following.hash == digest_of(
            self._hash, following, seq=here
        )
        if next_belongs_here and (was is None or was <= here):
            return self._verdict(Tampering.INSERTED)
        if was is not None and was > here and (following is None or following.prev_hash == record.hash):
            return self._verdict(Tampering.DELETED)
        return self._verdict(Tampering.EDITED if was in (None, here) else Tampering.REORDERED)

    def _what_is_wrong(self, record: AuditRecord) -> Tampering | None:
        """What is wrong with the next event at first sight, if anything."""
        if record.seq != self._seq + 1:
            return Tampering.DELETED
        if record.prev_hash != self._hash or record.hash != digest_of(self._hash, record):
            return Tampering.EDITED
        if self._marks.get(record.seq, record.hash) != record.hash:
            return Tampering.REWRITTEN
        must_be_signed = is_due(record.seq, record.at, signed_seq=self._signed_seq, signed_at=self._signed_at)
        if must_be_signed and record.seq not in self._regular:
            return Tampering.MISSING_CHECKPOINT
        return None

    def _verdict(self, found: Tampering | None, bad_seq: int | None = None) -> AuditVerdict:
        """A verdict at the next place, or at another one that is named."""
        return AuditVerdict(self._head.org_id, self._events, self._seq, bad_seq or self._seq + 1, found)


def _place_of(record: AuditRecord, near: int) -> int | None:
    """The place that an event was written at, by its hash; None where it was edited."""
    reach = range(max(1, near - CHECKPOINT_EVENTS), near + CHECKPOINT_EVENTS)
    for place in sorted(reach, key=lambda place: abs(place - near)):
        if record.hash == digest_of(record.prev_hash, record, seq=place):
            return place
    return None
