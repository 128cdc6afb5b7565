"""Accounts: who may sign in, with what password and what rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store.rows import Row, flag, maybe_moment, maybe_text, moment, number, text, values
from store.times import span_to_micros
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One member of an organisation."""

    id: str
    """UUIDv7 in text form."""
    org_id: str
    """The organisation it belongs to."""
    email: str
    """The address as it was given: mail goes there."""
    email_canonical: str
    """The address as it is compared; unique in the store (R064)."""
    name: str
    """What the person is called."""
    role: str
    """owner, admin or member."""
    status: str
    """active, suspended or removed."""
    appearance: str
    """The look kept with the account: dark or light."""
    password_hash: str | None = field(repr=False)
    """An argon2id PHC string; None where there is no password."""
    password_changed_at: datetime | None
    """When the password was set, aware UTC."""
    breach_outcome: str
    """What the breach check said of the password."""
    created_at: datetime
    """When the account was made, aware UTC."""
    last_sign_in_at: datetime | None
    """When the person last signed in, aware UTC."""
    session_lifetime: timedelta | None
    """The longest life of this person's sessions; None where the organisation's holds."""
    must_enrol: bool
    """The second factor was reset: it is set up again before anything else (R040)."""

    @classmethod
    def from_row(cls, row: Row) -> AccountRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            org_id=text(row, "org_id"),
            email=text(row, "email"),
            email_canonical=text(row, "email_canonical"),
            name=text(row, "name"),
            role=text(row, "role"),
            status=text(row, "status"),
            appearance=text(row, "appearance"),
            password_hash=maybe_text(row, "password_hash"),
            password_changed_at=maybe_moment(row, "password_changed_at"),
            breach_outcome=text(row, "breach_outcome"),
            created_at=moment(row, "created_at"),
            last_sign_in_at=maybe_moment(row, "last_sign_in_at"),
            session_lifetime=_maybe_span(row, "session_lifetime"),
            must_enrol=flag(row, "must_enrol"),
        )


async def insert(tx: Transaction, record: AccountRecord) -> None:
    """Keep a new account.

    Raises Duplicate where the canonical address is taken.
    """
    await tx.execute(
        "INSERT INTO accounts (id, org_id, email, email_canonical, name, role, status, appearance,"
        " password_hash, password_changed_at, breach_outcome, created_at, last_sign_in_at, session_lifetime,"
        " must_enrol)"
        " VALUES (:id, :org_id, :email, :email_canonical, :name, :role, :status, :appearance,"
        " :password_hash, :password_changed_at, :breach_outcome, :created_at, :last_sign_in_at,"
        " :session_lifetime, :must_enrol)",
        **{**values(record), "session_lifetime": _maybe_micros(record.session_lifetime)},
    )


async def get(tx: Transaction, account_id: str) -> AccountRecord | None:
    """Find an account by its id."""
    row = await tx.fetch_one("SELECT * FROM accounts WHERE id = :account_id", account_id=account_id)
    return None if row is None else AccountRecord.from_row(row)


async def find_by_email(tx: Transaction, canonical: str) -> AccountRecord | None:
    """Find an account by its canonical address."""
    row = await tx.fetch_one("SELECT * FROM accounts WHERE email_canonical = :canonical", canonical=canonical)
    return None if row is None else AccountRecord.from_row(row)


async def arriving(
    tx: Transaction, canonical: str, secret_hash: bytes
) -> tuple[AccountRecord | None, str | None]:
    """Find an account by its canonical address, and its device with a secret where that is one of its own."""
    row = await tx.fetch_one(
        "SELECT accounts.*, (SELECT devices.id FROM devices WHERE devices.secret_hash = :secret_hash"
        " AND devices.account_id = accounts.id) AS device_id"
        " FROM accounts WHERE email_canonical = :canonical",
        canonical=canonical,
        secret_hash=secret_hash,
    )
    return (None, None) if row is None else (AccountRecord.from_row(row), maybe_text(row, "device_id"))


async def set_password(
    tx: Transaction,
    account_id: str,
    password_hash: str,
    at: datetime,
    breach_outcome: str,
    *,
    was: str | None,
) -> bool:
    """Set a new password if the old hash is still the one that was checked; False where it is not."""
    changed = await tx.execute(
        "UPDATE accounts SET password_hash = :password_hash, password_changed_at = :at,"
        " breach_outcome = :breach_outcome"
        " WHERE id = :account_id AND COALESCE(password_hash, '') = :was",
        account_id=account_id,
        password_hash=password_hash,
        at=at,
        breach_outcome=breach_outcome,
        was=was or "",
    )
    return changed == 1


async def rehash(tx: Transaction, account_id: str, password_hash: str, *, was: str) -> bool:
    """Keep the same password under a newer hash; False where it was changed meanwhile (R011)."""
    changed = await tx.execute(
        "UPDATE accounts SET password_hash = :password_hash WHERE id = :account_id AND password_hash = :was",
        account_id=account_id,
        password_hash=password_hash,
        was=was,
    )
    return changed == 1


async def set_name(tx: Transaction, account_id: str, name: str) -> bool:
    """Rename a person; False where there is no such account."""
    changed = await tx.execute(
        "UPDATE accounts SET name = :name WHERE id = :account_id", account_id=account_id, name=name
    )
    return changed == 1


async def set_appearance(tx: Transaction, account_id: str, appearance: str) -> bool:
    """Keep the look that a person chose; False where there is no such account."""
    changed = await tx.execute(
        "UPDATE accounts SET appearance = :appearance WHERE id = :account_id",
        account_id=account_id,
        appearance=appearance,
    )
    return changed == 1


async def set_session_lifetime(tx: Transaction, account_id: str, lifetime: timedelta | None) -> bool:
    """Keep how long a person's sessions live at most, or leave that to the policy; False without account."""
    changed = await tx.execute(
        "UPDATE accounts SET session_lifetime = :lifetime WHERE id = :account_id",
        account_id=account_id,
        lifetime=_maybe_micros(lifetime),
    )
    return changed == 1


async def set_status(tx: Transaction, account_id: str, status: str) -> bool:
    """Make an account active, suspended or removed; False where there is no such account."""
    changed = await tx.execute(
        "UPDATE accounts SET status = :status WHERE id = :account_id", account_id=account_id, status=status
    )
    return changed == 1


async def set_must_enrol(tx: Transaction, account_id: str, *, must_enrol: bool) -> bool:
    """Ask a person to set up their second factor first, or no longer; False where there is no account."""
    changed = await tx.execute(
        "UPDATE accounts SET must_enrol = :must_enrol WHERE id = :account_id",
        account_id=account_id,
        must_enrol=must_enrol,
    )
    return changed == 1


async def note_sign_in(tx: Transaction, account_id: str, at: datetime) -> bool:
    """Remember when the person last signed in; False where there is no such account."""
    changed = await tx.execute(
        "UPDATE accounts SET last_sign_in_at = :at WHERE id = :account_id", account_id=account_id, at=at
    )
    return changed == 1


async def count(tx: Transaction) -> int:
    """Count all accounts of the store."""
    row = await tx.fetch_one("SELECT count(*) AS total FROM accounts")
    return 0 if row is None else number(row, "total")


async def count_active(tx: Transaction, org_id: str, role: str) -> int:
    """Count an organisation's active accounts of a role."""
    row = await tx.fetch_one(
        "SELECT count(*) AS total FROM accounts"
        " WHERE org_id = :org_id AND role = :role AND status = 'active'",
        org_id=org_id,
        role=role,
    )
    return 0 if row is None else number(row, "total")


def _maybe_span(row: Row, column: str) -> timedelta | None:
    """Read a length of time that may be absent."""
    return None if row[column] is None else timedelta(microseconds=number(row, column))


def _maybe_micros(span: timedelta | None) -> int | None:
    """Turn a length of time that may be absent into microseconds."""
    return None if span is None else span_to_micros(span)
