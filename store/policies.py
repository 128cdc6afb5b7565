"""Policies: what each organisation asks of its members, one versioned document each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.errors import Stale
from store.rows import Row, maybe_text, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """One organisation's policy as it stands."""

    org_id: str
    """The organisation it binds."""
    version: int
    """1 for the first, one more with each change."""
    document: str
    """The policy itself, as JSON."""
    updated_at: datetime
    """When this version was written, aware UTC."""
    updated_by: str | None
    """The account that wrote it; None where no person did."""

    @classmethod
    def from_row(cls, row: Row) -> PolicyRecord:
        """Build the record from its row."""
        return cls(
            org_id=text(row, "org_id"),
            version=number(row, "version"),
            document=text(row, "document"),
            updated_at=moment(row, "updated_at"),
            updated_by=maybe_text(row, "updated_by"),
        )


async def get(tx: Transaction, org_id: str) -> PolicyRecord | None:
    """Read an organisation's policy."""
    row = await tx.fetch_one("SELECT * FROM policies WHERE org_id = :org_id", org_id=org_id)
    return None if row is None else PolicyRecord.from_row(row)


async def put(tx: Transaction, record: PolicyRecord) -> None:
    """Write version 1 of a policy, or the version that follows the one in the store.

    Raises Stale where another version was written in the meantime.
    """
    if record.version == 1:
        statement = (
            "INSERT INTO policies (org_id, version, document, updated_at, updated_by)"
            " VALUES (:org_id, :version, :document, :updated_at, :updated_by) ON CONFLICT DO NOTHING"
        )
    else:
        statement = (
            "UPDATE policies SET version = :version, document = :document,"
            " updated_at = :updated_at, updated_by = :updated_by"
            " WHERE org_id = :org_id AND version + 1 = :version"
        )
    written = await tx.execute(statement, **values(record))
    if written != 1:
        raise Stale("The policy was changed in the meantime. Read it again and repeat your change.")
