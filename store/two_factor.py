"""Two-factor authentication: one sealed TOTP secret an account, and its pending enrolment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.rows import Row, blob, moment, number, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class TotpRecord:
    """The authenticator of one account."""

    account_id: str
    """Whose authenticator it is."""
    sealed: bytes = field(repr=False)
    """The secret under AES-256-GCM."""
    key_id: str
    """The key that sealed it."""
    last_step: int
    """The newest time step that was spent; it only grows (R033)."""
    consecutive_failures: int
    """Wrong codes since the last right one."""
    enrolled_at: datetime
    """When it was confirmed, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> TotpRecord:
        """Build the record from its row."""
        return cls(
            account_id=text(row, "account_id"),
            sealed=blob(row, "sealed"),
            key_id=text(row, "key_id"),
            last_step=number(row, "last_step"),
            consecutive_failures=number(row, "consecutive_failures"),
            enrolled_at=moment(row, "enrolled_at"),
        )


@dataclass(frozen=True, slots=True)
class EnrolmentRecord:
    """A secret that is shown and not yet confirmed."""

    account_id: str
    """Who is enrolling."""
    id: str
    """UUIDv7 in text form."""
    session_id: str
    """The session that began it, and alone may confirm it (R038)."""
    sealed: bytes = field(repr=False)
    """The secret under AES-256-GCM."""
    key_id: str
    """The key that sealed it."""
    created_at: datetime
    """When it began, aware UTC."""
    expires_at: datetime
    """From when on it is void, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> EnrolmentRecord:
        """Build the record from its row."""
        return cls(
            account_id=text(row, "account_id"),
            id=text(row, "id"),
            session_id=text(row, "session_id"),
            sealed=blob(row, "sealed"),
            key_id=text(row, "key_id"),
            created_at=moment(row, "created_at"),
            expires_at=moment(row, "expires_at"),
        )


async def get(tx: Transaction, account_id: str) -> TotpRecord | None:
    """Read an account's authenticator."""
    row = await tx.fetch_one(
        "SELECT * FROM totp_secrets WHERE account_id = :account_id", account_id=account_id
    )
    return None if row is None else TotpRecord.from_row(row)


async def insert(tx: Transaction, record: TotpRecord) -> None:
    """Keep a confirmed authenticator.

    Raises Duplicate where the account has one.
    """
    await tx.execute(
        "INSERT INTO totp_secrets (account_id, sealed, key_id, last_step, consecutive_failures, enrolled_at)"
        " VALUES (:account_id, :sealed, :key_id, :last_step, :consecutive_failures, :enrolled_at)",
        **values(record),
    )


async def delete(tx: Transaction, account_id: str) -> bool:
    """Erase an account's authenticator; False where it had none."""
    gone = await tx.execute("DELETE FROM totp_secrets WHERE account_id = :account_id", account_id=account_id)
    return gone == 1


async def spend_step(tx: Transaction, account_id: str, step: int) -> bool:
    """Spend a time step; False where it, or a newer one, was spent before (R033, RFC 6238 §5.2)."""
    spent = await tx.execute(
        "UPDATE totp_secrets SET last_step = :step, consecutive_failures = 0"
        " WHERE account_id = :account_id AND last_step < :step",
        account_id=account_id,
        step=step,
    )
    return spent == 1


async def add_failure(tx: Transaction, account_id: str) -> int:
    """Count a wrong code and give how many came one after another; 0 without an authenticator."""
    row = await tx.fetch_one(
        "UPDATE totp_secrets SET consecutive_failures = consecutive_failures + 1"
        " WHERE account_id = :account_id RETURNING consecutive_failures",
        account_id=account_id,
    )
    return 0 if row is None else number(row, "consecutive_failures")


async def clear_failures(tx: Transaction, account_id: str) -> None:
    """Forget the wrong codes, because a recovery code was right."""
    await tx.execute(
        "UPDATE totp_secrets SET consecutive_failures = 0 WHERE account_id = :account_id",
        account_id=account_id,
    )


async def reseal(tx: Transaction, account_id: str, sealed: bytes, key_id: str, was_key_id: str) -> bool:
    """Keep the same secret under another key; False where the row is no longer under the old one."""
    changed = await tx.execute(
        "UPDATE totp_secrets SET sealed = :sealed, key_id = :key_id"
        " WHERE account_id = :account_id AND key_id = :was_key_id",
        account_id=account_id,
        sealed=sealed,
        key_id=key_id,
        was_key_id=was_key_id,
    )
    return changed == 1


async def org_by_key(tx: Transaction, key_id: str) -> str | None:
    """Find an organisation that has authenticators which a key sealed; None where nobody has."""
    row = await tx.fetch_one(
        "SELECT accounts.org_id FROM totp_secrets JOIN accounts ON accounts.id = totp_secrets.account_id"
        " WHERE totp_secrets.key_id = :key_id LIMIT 1",
        key_id=key_id,
    )
    return None if row is None else text(row, "org_id")


async def all_by_key(tx: Transaction, org_id: str, key_id: str, limit: int) -> Sequence[TotpRecord]:
    """List some of an organisation's authenticators that a key sealed, for re-sealing."""
    rows = await tx.fetch(
        "SELECT totp_secrets.* FROM totp_secrets JOIN accounts ON accounts.id = totp_secrets.account_id"
        " WHERE accounts.org_id = :org_id AND totp_secrets.key_id = :key_id"
        " ORDER BY totp_secrets.account_id LIMIT :limit",
        org_id=org_id,
        key_id=key_id,
        limit=limit,
    )
    return [TotpRecord.from_row(row) for row in rows]


async def page(tx: Transaction, after: str, limit: int) -> Sequence[TotpRecord]:
    """List authenticators by their accounts' ids, those behind an id; of every organisation."""
    rows = await tx.fetch(
        "SELECT * FROM totp_secrets WHERE account_id > :after ORDER BY account_id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [TotpRecord.from_row(row) for row in rows]


async def put_enrolment(tx: Transaction, record: EnrolmentRecord) -> None:
    """Keep a pending enrolment in place of any before it."""
    await delete_enrolment(tx, record.account_id)
    await tx.execute(
        "INSERT INTO totp_enrolments (account_id, id, session_id, sealed, key_id, created_at, expires_at)"
        " VALUES (:account_id, :id, :session_id, :sealed, :key_id, :created_at, :expires_at)",
        **values(record),
    )


async def get_enrolment(tx: Transaction, account_id: str) -> EnrolmentRecord | None:
    """Read an account's pending enrolment, which may have expired."""
    row = await tx.fetch_one(
        "SELECT * FROM totp_enrolments WHERE account_id = :account_id", account_id=account_id
    )
    return None if row is None else EnrolmentRecord.from_row(row)


async def delete_enrolment(tx: Transaction, account_id: str) -> bool:
    """Erase an account's pending enrolment; False where it had none."""
    gone = await tx.execute(
        "DELETE FROM totp_enrolments WHERE account_id = :account_id", account_id=account_id
    )
    return gone == 1


async def delete_expired_enrolments(tx: Transaction, org_id: str, now: datetime) -> int:
    """Erase an organisation's pending enrolments whose time is up and give how many there were."""
    return await tx.execute(
        "DELETE FROM totp_enrolments WHERE expires_at <= :now AND EXISTS"
        " (SELECT 1 FROM accounts WHERE accounts.id = totp_enrolments.account_id AND org_id = :org_id)",
        org_id=org_id,
        now=now,
    )
