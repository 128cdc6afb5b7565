"""Organisations: whose members the accounts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.rows import Row, moment, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """One organisation."""

    id: str
    """UUIDv7 in text form."""
    name: str
    """What its members call it."""
    short_name: str
    """The issuer that authenticator apps show."""
    created_at: datetime
    """When it was founded, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> OrganisationRecord:
        """Build the record from its row."""
        return cls(text(row, "id"), text(row, "name"), text(row, "short_name"), moment(row, "created_at"))


async def insert(tx: Transaction, record: OrganisationRecord) -> None:
    """Keep a new organisation."""
    await tx.execute(
        "INSERT INTO organisations (id, name, short_name, created_at)"
        " VALUES (:id, :name, :short_name, :created_at)",
        **values(record),
    )


async def get(tx: Transaction, org_id: str) -> OrganisationRecord | None:
    """Find an organisation by its id."""
    row = await tx.fetch_one("SELECT * FROM organisations WHERE id = :org_id", org_id=org_id)
    return None if row is None else OrganisationRecord.from_row(row)


async def list_all(tx: Transaction) -> Sequence[OrganisationRecord]:
    """List every organisation, oldest first."""
    rows = await tx.fetch("SELECT * FROM organisations ORDER BY id")
    return [OrganisationRecord.from_row(row) for row in rows]
