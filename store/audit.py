"""The audit: a hash chain of events an organisation, with signed checkpoints. Events are never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.errors import Stale
from store.rows import Row, Value, blob, maybe_text, moment, number, text, values
from store.times import EPOCH
from store.transaction import Transaction

GENESIS_HASH = bytes(32)
"""The hash before the first event of every chain."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One event of a chain (R073)."""

    org_id: str
    """The chain: an organisation's id, or the nil UUID."""
    seq: int
    """Its place in the chain, from 1 without gaps."""
    id: str
    """UUIDv7 in text form."""
    at: datetime
    """When it happened, aware UTC."""
    name: str
    """What happened, in the rules' vocabulary."""
    actor_id: str | None
    """Who did it."""
    subject_id: str | None
    """To whom it was done."""
    session: str | None
    """The beginning of the hash of the session it was done in."""
    source_ip: str
    """Where it was done from."""
    client: str
    """The client it was done with."""
    outcome: str
    """success or failure."""
    reason: str
    """Why, as a code of the rules."""
    node: str
    """The machine that wrote it."""
    details: str
    """Whatever else belongs to it, as JSON."""
    prev_hash: bytes
    """The hash of the event before it."""
    hash: bytes
    """SHA-256 over that hash and this event (R075)."""

    @classmethod
    def from_row(cls, row: Row) -> AuditRecord:
        """Build the record from its row."""
        return cls(
            org_id=text(row, "org_id"),
            seq=number(row, "seq"),
            id=text(row, "id"),
            at=moment(row, "at"),
            name=text(row, "name"),
            actor_id=maybe_text(row, "actor_id"),
            subject_id=maybe_text(row, "subject_id"),
            session=maybe_text(row, "session"),
            source_ip=text(row, "source_ip"),
            client=text(row, "client"),
            outcome=text(row, "outcome"),
            reason=text(row, "reason"),
            node=text(row, "node"),
            details=text(row, "details"),
            prev_hash=blob(row, "prev_hash"),
            hash=blob(row, "hash"),
        )


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain ends now."""

    org_id: str
    """The chain."""
    seq: int
    """The place of its newest event; 0 before the first."""
    hash: bytes
    """The hash of its newest event; `GENESIS_HASH` before the first."""
    checkpoint_seq: int
    """The place of its newest regular checkpoint; 0 before the first."""
    checkpoint_at: datetime
    """When that was made, aware UTC; the epoch before the first."""

    @classmethod
    def from_row(cls, row: Row) -> ChainHead:
        """Build the record from its row."""
        return cls(
            org_id=text(row, "org_id"),
            seq=number(row, "seq"),
            hash=blob(row, "hash"),
            checkpoint_seq=number(row, "checkpoint_seq"),
            checkpoint_at=moment(row, "checkpoint_at"),
        )


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """A signature under a chain as it stood."""

    org_id: str
    """The chain."""
    seq: int
    """The place of the event that it stands for."""
    at: datetime
    """When it was made, aware UTC."""
    hash: bytes
    """The hash of that event."""
    kind: str
    """regular, or purge where the events up to `seq` may go (R077)."""
    key_id: str
    """The key that signed it."""
    signature: bytes
    """The Ed25519 signature."""

    @classmethod
    def from_row(cls, row: Row) -> CheckpointRecord:
        """Build the record from its row."""
        return cls(
            org_id=text(row, "org_id"),
            seq=number(row, "seq"),
            at=moment(row, "at"),
            hash=blob(row, "hash"),
            kind=text(row, "kind"),
            key_id=text(row, "key_id"),
            signature=blob(row, "signature"),
        )


async def head(tx: Transaction, org_id: str) -> ChainHead:
    """Read where a chain ends and hold it until the commit, beginning the chain where there is none."""
    row = await tx.fetch_one(
        "INSERT INTO audit_chains (org_id, seq, hash, checkpoint_seq, checkpoint_at)"
        " VALUES (:org_id, 0, :genesis, 0, :epoch)"
        " ON CONFLICT (org_id) DO UPDATE SET seq = audit_chains.seq RETURNING *",
        org_id=org_id,
        genesis=GENESIS_HASH,
        epoch=EPOCH,
    )
    if row is None:
        raise Stale("The audit chain could not be opened.")
    return ChainHead.from_row(row)


async def heads(tx: Transaction) -> Sequence[ChainHead]:
    """List where every chain ends, without holding them."""
    rows = await tx.fetch("SELECT * FROM audit_chains ORDER BY org_id")
    return [ChainHead.from_row(row) for row in rows]


async def last_seq(tx: Transaction, org_id: str) -> int:
    """Tell the place of the newest event of a chain, without holding it; 0 before the first."""
    row = await tx.fetch_one("SELECT seq FROM audit_chains WHERE org_id = :org_id", org_id=org_id)
    return 0 if row is None else number(row, "seq")


async def insert(tx: Transaction, *records: AuditRecord) -> None:
    """Add events to their chain, one after the other; `set_head` goes with them.

    Raises Duplicate where the place of one is taken.
    """
    params: dict[str, Value] = {}
    rows = []
    for place, record in enumerate(records):
        placed = {f"{name}{place}": value for name, value in values(record).items()}
        rows.append(f"({', '.join(f':{name}' for name in placed)})")
        params |= placed
    await tx.execute(
        "INSERT INTO audit_events (org_id, seq, id, at, name, actor_id, subject_id, session, source_ip,"  # noqa: S608 - names of ours
        f" client, outcome, reason, node, details, prev_hash, hash) VALUES {', '.join(rows)}",
        **params,
    )


async def set_head(tx: Transaction, org_id: str, seq: int, new_hash: bytes, *, by: int = 1) -> None:
    """Move a chain's end on, by one event or more.

    Raises Stale where `seq` does not follow the present end by so many.
    """
    moved = await tx.execute(
        "UPDATE audit_chains SET seq = :seq, hash = :new_hash WHERE org_id = :org_id AND seq + :by = :seq",
        org_id=org_id,
        seq=seq,
        new_hash=new_hash,
        by=by,
    )
    if moved != 1:
        raise Stale("The audit chain has moved on in the meantime.")


async def newest(
    tx: Transaction, subject_id: str, *, before: str | None = None, limit: int = 50
) -> Sequence[AuditRecord]:
    """List the newest events done to somebody, newest first, below the event with the id `before`."""
    if before is None:
        rows = await tx.fetch(
            "SELECT * FROM audit_events WHERE subject_id = :subject_id"
            " ORDER BY at DESC, seq DESC LIMIT :limit",
            subject_id=subject_id,
            limit=limit,
        )
    else:
        rows = await tx.fetch(
            "SELECT * FROM audit_events WHERE subject_id = :subject_id"
            " AND (at, seq) < (SELECT at, seq FROM audit_events WHERE id = :before)"
            " ORDER BY at DESC, seq DESC LIMIT :limit",
            subject_id=subject_id,
            before=before,
            limit=limit,
        )
    return [AuditRecord.from_row(row) for row in rows]


async def walk(tx: Transaction, org_id: str, after_seq: int, limit: int) -> Sequence[AuditRecord]:
    """List the events of a chain after a place, in order."""
    rows = await tx.fetch(
        "SELECT * FROM audit_events WHERE org_id = :org_id AND seq > :after_seq ORDER BY seq LIMIT :limit",
        org_id=org_id,
        after_seq=after_seq,
        limit=limit,
    )
    return [AuditRecord.from_row(row) for row in rows]


async def insert_checkpoint(tx: Transaction, record: CheckpointRecord) -> None:
    """Keep a signed checkpoint; a regular one is noted at the chain's head too."""
    await tx.execute(
        "INSERT INTO audit_checkpoints (org_id, seq, at, hash, kind, key_id, signature)"
        " VALUES (:org_id, :seq, :at, :hash, :kind, :key_id, :signature)",
        **values(record),
    )
    if record.kind == "regular":
        await tx.execute(
            "UPDATE audit_chains SET checkpoint_seq = :seq, checkpoint_at = :at WHERE org_id = :org_id",
            org_id=record.org_id,
            seq=record.seq,
            at=record.at,
        )


async def newest_named(tx: Transaction, org_id: str, name: str) -> AuditRecord | None:
    """Find the newest event of a name in a chain."""
    row = await tx.fetch_one(
        "SELECT * FROM audit_events WHERE org_id = :org_id AND name = :name ORDER BY seq DESC LIMIT 1",
        org_id=org_id,
        name=name,
    )
    return None if row is None else AuditRecord.from_row(row)


async def checkpoints(tx: Transaction, org_id: str) -> Sequence[CheckpointRecord]:
    """List the checkpoints of a chain in order."""
    rows = await tx.fetch(
        "SELECT * FROM audit_checkpoints WHERE org_id = :org_id ORDER BY seq, kind", org_id=org_id
    )
    return [CheckpointRecord.from_row(row) for row in rows]


async def delete_prefix(tx: Transaction, org_id: str, upto_seq: int) -> int:
    """Erase the events of a chain up to a place, that included, and give how many there were.

    Raises Stale where no purge checkpoint stands for them: insert that first.
    """
    return await tx.execute(
        "DELETE FROM audit_events WHERE org_id = :org_id AND seq <= :upto_seq",
        org_id=org_id,
        upto_seq=upto_seq,
    )
