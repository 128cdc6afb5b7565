"""Sessions: who is signed in, from where, until when. An ended session never comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.errors import Corrupt
from store.rows import Row, blob, flag, maybe_moment, maybe_text, moment, text, values
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One sign-in on one terminal."""

    id: str
    """UUIDv7 in text form."""
    account_id: str
    """Who is signed in."""
    org_id: str
    """The organisation of that account."""
    token_hash: bytes = field(repr=False)
    """SHA-256 of the session token (R048)."""
    device_id: str | None
    """The device it runs on, where that keeps a device secret."""
    client: str
    """The client as it names itself."""
    source_ip: str
    """The address it came from, or the name of a local terminal."""
    network: str
    """The network of that address, as novelty is judged."""
    city: str | None
    """The city of that address, where it is known."""
    country: str | None
    """The country of that address, where it is known."""
    is_new_device: bool
    """The device was not known before."""
    is_new_network: bool
    """The network was not known before."""
    is_new_country: bool
    """The country was not known before, and another one was."""
    is_kept: bool
    """It is kept signed in on its machine."""
    methods: str
    """How the person signed in, as the rules write it."""
    created_at: datetime
    """When it began, aware UTC."""
    authenticated_at: datetime
    """When the person last proved who they are, aware UTC."""
    last_active_at: datetime
    """When it was last used, aware UTC."""
    expires_at: datetime
    """The moment at which it is dead whatever happens, aware UTC (R051)."""
    locked_at: datetime | None
    """Since when it waits to be unlocked, aware UTC."""
    ended_at: datetime | None
    """When it ended, aware UTC; final."""
    end_reason: str | None
    """Why it ended, in the rules' vocabulary."""

    @classmethod
    def from_row(cls, row: Row) -> SessionRecord:
        """Build the record from its row."""
        return cls(
            id=text(row, "id"),
            account_id=text(row, "account_id"),
            org_id=text(row, "org_id"),
            token_hash=blob(row, "token_hash"),
            device_id=maybe_text(row, "device_id"),
            client=text(row, "client"),
            source_ip=text(row, "source_ip"),
            network=text(row, "network"),
            city=maybe_text(row, "city"),
            country=maybe_text(row, "country"),
            is_new_device=flag(row, "is_new_device"),
            is_new_network=flag(row, "is_new_network"),
            is_new_country=flag(row, "is_new_country"),
            is_kept=flag(row, "is_kept"),
            methods=text(row, "methods"),
            created_at=moment(row, "created_at"),
            authenticated_at=moment(row, "authenticated_at"),
            last_active_at=moment(row, "last_active_at"),
            expires_at=moment(row, "expires_at"),
            locked_at=maybe_moment(row, "locked_at"),
            ended_at=maybe_moment(row, "ended_at"),
            end_reason=maybe_text(row, "end_reason"),
        )


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """What an account has had before."""

    device_id: str | None
    """The device; None where it is not one of the account's."""
    network: bool
    """The network."""
    country: bool
    """The country."""
    countries: bool
    """Any country that is known."""


async def insert(tx: Transaction, record: SessionRecord) -> None:
    """Keep a new session."""
    await tx.execute(
        "INSERT INTO sessions (id, account_id, org_id, token_hash, device_id, client, source_ip, network,"
        " city, country, is_new_device, is_new_network, is_new_country, is_kept, methods, created_at,"
        " authenticated_at, last_active_at, expires_at, locked_at, ended_at, end_reason)"
        " VALUES (:id, :account_id, :org_id, :token_hash, :device_id, :client, :source_ip, :network,"
        " :city, :country, :is_new_device, :is_new_network, :is_new_country, :is_kept, :methods,"
        " :created_at, :authenticated_at, :last_active_at, :expires_at, :locked_at, :ended_at, :end_reason)",
        **values(record),
    )


async def get(tx: Transaction, session_id: str) -> SessionRecord | None:
    """Find a session by its id, also one that has ended."""
    row = await tx.fetch_one("SELECT * FROM sessions WHERE id = :session_id", session_id=session_id)
    return None if row is None else SessionRecord.from_row(row)


async def find_by_hash(tx: Transaction, token_hash: bytes) -> SessionRecord | None:
    """Find a session by the hash of its token, also one that has ended."""
    row = await tx.fetch_one("SELECT * FROM sessions WHERE token_hash = :token_hash", token_hash=token_hash)
    return None if row is None else SessionRecord.from_row(row)


async def org_of(tx: Transaction, token_hash: bytes) -> str | None:
    """Tell in which organisation a session is, by the hash of its token, also one that has ended."""
    row = await tx.fetch_one(
        "SELECT org_id FROM sessions WHERE token_hash = :token_hash", token_hash=token_hash
    )
    return None if row is None else text(row, "org_id")


async def list_open(tx: Transaction, account_id: str) -> Sequence[SessionRecord]:
    """List an account's sessions whose end is not stored, last used first; some may be due to end."""
    rows = await tx.fetch(
        "SELECT * FROM sessions WHERE account_id = :account_id AND ended_at IS NULL"
        " ORDER BY last_active_at DESC, id DESC",
        account_id=account_id,
    )
    return [SessionRecord.from_row(row) for row in rows]


async def list_ended(
    tx: Transaction, account_id: str, after: datetime, until: datetime, limit: int = 50
) -> Sequence[SessionRecord]:
    """List an account's sessions that ended after a moment and up to another, newest end first."""
    rows = await tx.fetch(
        "SELECT * FROM sessions WHERE account_id = :account_id AND ended_at > :after AND ended_at <= :until"
        " ORDER BY ended_at DESC, id DESC LIMIT :limit",
        account_id=account_id,
        after=after,
        until=until,
        limit=limit,
    )
    return [SessionRecord.from_row(row) for row in rows]


async def touch(tx: Transaction, session_id: str, at: datetime) -> bool:
    """Note that a session was used; False where it has ended or was used later."""
    changed = await tx.execute(
        "UPDATE sessions SET last_active_at = :at"
        " WHERE id = :session_id AND ended_at IS NULL AND last_active_at < :at",
        session_id=session_id,
        at=at,
    )
    return changed == 1


async def rotate(
    tx: Transaction,
    session_id: str,
    old_hash: bytes,
    new_hash: bytes,
    *,
    authenticated_at: datetime | None = None,
    methods: str | None = None,
) -> bool:
    """Give a session a new token and end the old one at once; False where the old one is not its token.

    With `authenticated_at` the person has proved who they are again, by `methods` (R049).
    """
    changed = await tx.execute(
        "UPDATE sessions SET token_hash = :new_hash,"
        " authenticated_at = COALESCE(:authenticated_at, authenticated_at),"
        " methods = COALESCE(:methods, methods)"
        " WHERE id = :session_id AND token_hash = :old_hash AND ended_at IS NULL",
        session_id=session_id,
        old_hash=old_hash,
        new_hash=new_hash,
        authenticated_at=authenticated_at,
        methods=methods,
    )
    return changed == 1


async def set_locked(tx: Transaction, session_id: str, at: datetime | None) -> bool:
    """Lock a session from a moment on, or unlock it with None; False where it has ended."""
    changed = await tx.execute(
        "UPDATE sessions SET locked_at = :at WHERE id = :session_id AND ended_at IS NULL",
        session_id=session_id,
        at=at,
    )
    return changed == 1


async def seen_before(
    tx: Transaction, account_id: str, secret_hash: bytes, network: str, country: str | None
) -> SeenBefore:
    """Tell what of a session that begins its account has had before."""
    row = await tx.fetch_one(
        "SELECT EXISTS (SELECT 1 FROM sessions WHERE account_id = :who AND network = :network) AS network,"
        " EXISTS (SELECT 1 FROM sessions WHERE account_id = :who AND country = :country) AS country,"
        " EXISTS (SELECT 1 FROM sessions WHERE account_id = :who AND country IS NOT NULL) AS countries,"
        " (SELECT id FROM devices WHERE account_id = :who AND secret_hash = :secret_hash) AS device_id",
        who=account_id,
        secret_hash=secret_hash,
        network=network,
        country=country,
    )
    if row is None:
        raise Corrupt("The store did not answer what it was asked.")
    return SeenBefore(
        device_id=maybe_text(row, "device_id"),
        network=flag(row, "network"),
        country=flag(row, "country"),
        countries=flag(row, "countries"),
    )
