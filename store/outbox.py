"""The outbox: mail to send, committed with the change it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.rows import Row, maybe_moment, maybe_text, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One mail that waits or was sent."""

    id: str
    """UUIDv7 in text form."""
    account_id: str | None
    """The account it is for."""
    address: str
    """Where it goes: the stored address, never a typed one."""
    kind: str
    """Which notice it is, in the rules' vocabulary."""
    facts: str
    """What the notice tells, as JSON."""
    created_at: datetime
    """When it was queued, aware UTC."""
    sent_at: datetime | None
    """When it was handed over, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> OutboxRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            account_id=maybe_text(row, "account_id"),
            address=text(row, "address"),
            kind=text(row, "kind"),
            facts=text(row, "facts"),
            created_at=moment(row, "created_at"),
            sent_at=maybe_moment(row, "sent_at"),
        )


async def insert(tx: Transaction, record: OutboxRecord) -> None:
    """Queue a mail."""
    await tx.execute(
        "INSERT INTO outbox (id, account_id, address, kind, facts, created_at, sent_at)"
        " VALUES (:id, :account_id, :address, :kind, :facts, :created_at, :sent_at)",
        **values(record),
    )


async def list_waiting(tx: Transaction, limit: int = 100) -> Sequence[OutboxRecord]:
    """List the mails that wait, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY created_at, id LIMIT :limit", limit=limit
    )
    return [OutboxRecord.from_row(row) for row in rows]


async def count_waiting(tx: Transaction) -> int:
    """Count the mails that wait."""
    row = await tx.fetch_one("SELECT count(*) AS waiting FROM outbox WHERE sent_at IS NULL")
    return 0 if row is None else number(row, "waiting")
