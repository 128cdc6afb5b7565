"""Devices: the terminals that a person signed in from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.rows import Row, blob, maybe_text, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One terminal that keeps a device secret."""

    id: str
    """UUIDv7 in text form."""
    account_id: str
    """Whose device it is."""
    secret_hash: bytes = field(repr=False)
    """SHA-256 of the device secret."""
    client: str
    """The client as it named itself when it was first seen."""
    name: str | None
    """What the person calls it; None where they gave it no name."""
    first_seen_at: datetime
    """When it was first seen, aware UTC."""
    last_seen_at: datetime
    """When it was last seen, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> DeviceRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            account_id=text(row, "account_id"),
            secret_hash=blob(row, "secret_hash"),
            client=text(row, "client"),
            name=maybe_text(row, "name"),
            first_seen_at=moment(row, "first_seen_at"),
            last_seen_at=moment(row, "last_seen_at"),
        )


async def insert(tx: Transaction, record: DeviceRecord) -> None:
    """Keep a device that was seen for the first time."""
    await tx.execute(
        "INSERT INTO devices (id, account_id, secret_hash, client, name, first_seen_at, last_seen_at)"
        " VALUES (:id, :account_id, :secret_hash, :client, :name, :first_seen_at, :last_seen_at)",
        **values(record),
    )


async def find(tx: Transaction, account_id: str, secret_hash: bytes) -> DeviceRecord | None:
    """Find the device with this secret, if it is one of the account's."""
    row = await tx.fetch_one(
        "SELECT * FROM devices WHERE secret_hash = :secret_hash AND account_id = :account_id",
        account_id=account_id,
        secret_hash=secret_hash,
    )
    return None if row is None else DeviceRecord.from_row(row)


async def seen(tx: Transaction, device_id: str, at: datetime) -> bool:
    """Note that a device was seen again; False where it is gone or was seen later."""
    changed = await tx.execute(
        "UPDATE devices SET last_seen_at = :at WHERE id = :device_id AND last_seen_at < :at",
        device_id=device_id,
        at=at,
    )
    return changed == 1


async def set_name(tx: Transaction, device_id: str, name: str | None) -> bool:
    """Keep what a person calls a device, None for nothing; False where it is called so already, or gone."""
    changed = await tx.execute(
        "UPDATE devices SET name = :name WHERE id = :device_id AND COALESCE(name, '') <> COALESCE(:name, '')",
        device_id=device_id,
        name=name,
    )
    return changed == 1


async def ids(tx: Transaction, account_id: str) -> Sequence[str]:
    """List the devices of an account."""
    rows = await tx.fetch(
        "SELECT id FROM devices WHERE account_id = :account_id ORDER BY id", account_id=account_id
    )
    return [text(row, "id") for row in rows]


async def names(tx: Transaction, account_id: str, ended_after: datetime) -> Mapping[str, str]:
    """Give the names of the devices of an account's sessions, the open ones and those that ended since.

    An account may have had a great many devices: only those of these sessions are looked at.
    """
    rows = await tx.fetch(
        "SELECT devices.id, devices.name FROM sessions JOIN devices ON devices.id = sessions.device_id"
        " WHERE sessions.account_id = :account_id AND sessions.ended_at IS NULL AND devices.name IS NOT NULL"
        " UNION SELECT devices.id, devices.name FROM sessions JOIN devices ON devices.id = sessions.device_id"
        " WHERE sessions.account_id = :account_id AND sessions.ended_at > :ended_after"
        " AND devices.name IS NOT NULL",
        account_id=account_id,
        ended_after=ended_after,
    )
    return {text(row, "id"): text(row, "name") for row in rows}


async def count(tx: Transaction, account_id: str) -> int:
    """Count the devices of an account."""
    row = await tx.fetch_one(
        "SELECT count(*) AS total FROM devices WHERE account_id = :account_id", account_id=account_id
    )
    return 0 if row is None else number(row, "total")
