"""Half sign-ins: the password was right, the second factor is awaited, nothing is open yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from store.rows import Row, blob, maybe_moment, maybe_text, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class HalfSignInRecord:
    """One sign-in between its two steps (R027)."""

    id: str
    """UUIDv7 in text form."""
    token_hash: bytes = field(repr=False)
    """SHA-256 of the token that names it."""
    connection_hash: bytes = field(repr=False)
    """SHA-256 of the connection that it is bound to."""
    account_id: str
    """Whose password was right."""
    device_id: str | None
    """The known device it comes from."""
    failures: int
    """Wrong codes so far."""
    created_at: datetime
    """When the password was right, aware UTC."""
    expires_at: datetime
    """From when on it is void, aware UTC."""
    spent_at: datetime | None
    """When it became a session, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> HalfSignInRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            token_hash=blob(row, "token_hash"),
            connection_hash=blob(row, "connection_hash"),
            account_id=text(row, "account_id"),
            device_id=maybe_text(row, "device_id"),
            failures=number(row, "failures"),
            created_at=moment(row, "created_at"),
            expires_at=moment(row, "expires_at"),
            spent_at=maybe_moment(row, "spent_at"),
        )


async def insert(tx: Transaction, record: HalfSignInRecord) -> None:
    """Keep a sign-in whose first step succeeded."""
    await tx.execute(
        "INSERT INTO half_sign_ins (id, token_hash, connection_hash, account_id, device_id, failures,"
        " created_at, expires_at, spent_at)"
        " VALUES (:id, :token_hash, :connection_hash, :account_id, :device_id, :failures,"
        " :created_at, :expires_at, :spent_at)",
        **values(record),
    )


async def find(tx: Transaction, token_hash: bytes) -> HalfSignInRecord | None:
    """Find a half sign-in by its token, also one that is spent or has expired."""
    row = await tx.fetch_one(
        "SELECT * FROM half_sign_ins WHERE token_hash = :token_hash", token_hash=token_hash
    )
    return None if row is None else HalfSignInRecord.from_row(row)


async def spend(tx: Transaction, half_id: str, at: datetime) -> bool:
    """Spend a half sign-in; False where it was spent before or its time is up."""
    spent = await tx.execute(
        "UPDATE half_sign_ins SET spent_at = :at"
        " WHERE id = :half_id AND spent_at IS NULL AND expires_at > :at",
        half_id=half_id,
        at=at,
    )
    return spent == 1


async def add_failure(tx: Transaction, half_id: str) -> int:
    """Count a wrong code and give how many there were; 0 where there is no such half sign-in."""
    row = await tx.fetch_one(
        "UPDATE half_sign_ins SET failures = failures + 1 WHERE id = :half_id RETURNING failures",
        half_id=half_id,
    )
    return 0 if row is None else number(row, "failures")


async def void(tx: Transaction, account_id: str) -> int:
    """Erase the half sign-ins of an account that were not spent, whatever a clock says of their age."""
    return await tx.execute(
        "DELETE FROM half_sign_ins WHERE account_id = :account_id AND spent_at IS NULL",
        account_id=account_id,
    )


async def delete_expired(tx: Transaction, org_id: str, now: datetime) -> int:
    """Erase an organisation's half sign-ins whose time is up and give how many there were."""
    return await tx.execute(
        "DELETE FROM half_sign_ins WHERE expires_at <= :now AND EXISTS"
        " (SELECT 1 FROM accounts WHERE accounts.id = half_sign_ins.account_id AND org_id = :org_id)",
        org_id=org_id,
        now=now,
    )
