"""Recovery codes: batches of one-time codes, kept as MACs under a key outside the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.rows import Row, blob, maybe_moment, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """The codes that were made at one time."""

    id: str
    """UUIDv7 in text form."""
    account_id: str
    """Whose codes they are."""
    size: int
    """How many were made."""
    created_at: datetime
    """When they were made, aware UTC."""
    acknowledged_at: datetime | None
    """When the person proved to have kept them, aware UTC."""
    voided_at: datetime | None
    """When they ceased to work, aware UTC; at most one batch an account is not void."""

    @classmethod
    def from_row(cls, row: Row) -> BatchRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            account_id=text(row, "account_id"),
            size=number(row, "size"),
            created_at=moment(row, "created_at"),
            acknowledged_at=maybe_moment(row, "acknowledged_at"),
            voided_at=maybe_moment(row, "voided_at"),
        )


@dataclass(frozen=True, slots=True)
class CodeRecord:
    """One code of a batch."""

    id: str
    """UUIDv7 in text form."""
    batch_id: str
    """The batch it came with."""
    account_id: str
    """Whose code it is."""
    mac: bytes = field(repr=False)
    """HMAC-SHA-256 of the code (R042)."""
    key_id: str
    """The key of the MAC."""
    used_at: datetime | None
    """When it was spent, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> CodeRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            batch_id=text(row, "batch_id"),
            account_id=text(row, "account_id"),
            mac=blob(row, "mac"),
            key_id=text(row, "key_id"),
            used_at=maybe_moment(row, "used_at"),
        )


async def insert_batch(tx: Transaction, batch: BatchRecord, codes: Sequence[CodeRecord]) -> None:
    """Keep a new batch with its codes.

    Raises Duplicate where the account has a live batch: void that first, in the same transaction.
    """
    await tx.execute(
        "INSERT INTO recovery_batches (id, account_id, size, created_at, acknowledged_at, voided_at)"
        " VALUES (:id, :account_id, :size, :created_at, :acknowledged_at, :voided_at)",
        **values(batch),
    )
    for code in codes:
        await tx.execute(
            "INSERT INTO recovery_codes (id, batch_id, account_id, mac, key_id, used_at)"
            " VALUES (:id, :batch_id, :account_id, :mac, :key_id, :used_at)",
            **values(code),
        )


async def live_batch(tx: Transaction, account_id: str) -> BatchRecord | None:
    """Find the batch that works, if the account has one."""
    row = await tx.fetch_one(
        "SELECT * FROM recovery_batches WHERE account_id = :account_id AND voided_at IS NULL",
        account_id=account_id,
    )
    return None if row is None else BatchRecord.from_row(row)


async def count_left(tx: Transaction, batch_id: str) -> int:
    """Count the codes of a batch that are not spent."""
    row = await tx.fetch_one(
        "SELECT count(*) AS left_over FROM recovery_codes WHERE batch_id = :batch_id AND used_at IS NULL",
        batch_id=batch_id,
    )
    return 0 if row is None else number(row, "left_over")


async def unused_by_key(tx: Transaction) -> Mapping[str, int]:
    """Count the codes that can still be spent, by the key that made their HMAC."""
    rows = await tx.fetch(
        "SELECT recovery_codes.key_id AS key_id, count(*) AS codes"
        " FROM recovery_codes JOIN recovery_batches ON recovery_batches.id = recovery_codes.batch_id"
        " WHERE recovery_batches.voided_at IS NULL AND recovery_codes.used_at IS NULL"
        " GROUP BY recovery_codes.key_id"
    )
    return {text(row, "key_id"): number(row, "codes") for row in rows}


async def count_holders(tx: Transaction) -> int:
    """Count the accounts with codes that can still be spent."""
    row = await tx.fetch_one(
        "SELECT count(DISTINCT recovery_codes.account_id) AS people"
        " FROM recovery_codes JOIN recovery_batches ON recovery_batches.id = recovery_codes.batch_id"
        " WHERE recovery_batches.voided_at IS NULL AND recovery_codes.used_at IS NULL"
    )
    return 0 if row is None else number(row, "people")


async def void(tx: Transaction, account_id: str, at: datetime) -> bool:
    """End the live batch and erase all codes of the account; False where no batch was live."""
    ended = await tx.execute(
        "UPDATE recovery_batches SET voided_at = :at WHERE account_id = :account_id AND voided_at IS NULL",
        account_id=account_id,
        at=at,
    )
    await tx.execute("DELETE FROM recovery_codes WHERE account_id = :account_id", account_id=account_id)
    return ended == 1


async def spend(tx: Transaction, account_id: str, macs: Sequence[bytes], at: datetime) -> bool:
    """Spend a code, given its MAC under each key that may have made it; False where none is unspent.

    Each key is one guarded UPDATE whose row count decides (R044).
    """
    for mac in macs:
        spent = await tx.execute(
            "UPDATE recovery_codes SET used_at = :at"
            " WHERE mac = :mac AND account_id = :account_id AND used_at IS NULL",
            account_id=account_id,
            mac=mac,
            at=at,
        )
        if spent == 1:
            return True
    return False


async def exists_unspent(tx: Transaction, account_id: str, macs: Sequence[bytes]) -> bool:
    """Tell whether a code is one of the account's unspent ones, without spending it."""
    for mac in macs:
        row = await tx.fetch_one(
            "SELECT id FROM recovery_codes WHERE mac = :mac AND account_id = :account_id AND used_at IS NULL",
            account_id=account_id,
            mac=mac,
        )
        if row is not None:
            return True
    return False


async def acknowledge(tx: Transaction, batch_id: str, at: datetime) -> bool:
    """Note that the person has kept the codes; False where the batch is void or was acknowledged."""
    noted = await tx.execute(
        "UPDATE recovery_batches SET acknowledged_at = :at"
        " WHERE id = :batch_id AND voided_at IS NULL AND acknowledged_at IS NULL",
        batch_id=batch_id,
        at=at,
    )
    return noted == 1
