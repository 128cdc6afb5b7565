"""Rows to test with: one organisation, one person, and whatever else a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

from store import accounts, facts, organisations, recovery_codes, sessions, two_factor
from store.accounts import AccountRecord
from store.audit import AuditRecord
from store.ids import new_id
from store.organisations import OrganisationRecord
from store.recovery_codes import BatchRecord, CodeRecord
from store.sessions import SessionRecord
from store.store import Store, open_store
from store.transaction import Transaction
from store.two_factor import EnrolmentRecord, TotpRecord

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
"""When the tests take place."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ORG = new_id(NOW)
"""The one organisation."""
ADA = new_id(NOW)
"""The account of the one person."""


@asynccontextmanager
async def opened(url: str, *, create: bool = False, durable: bool = True) -> AsyncIterator[Store]:
    """Open a store, and close it at the end, whatever happens: an open connection outlives a failing test."""
    store = await open_store(url, create=create, durable=durable)
    try:
        yield store
    finally:
        await store.close()


def writing(store: Store) -> AbstractAsyncContextManager[Transaction]:
    """Write as one act with an id of its own."""
    return store.write(new_id(NOW), NOW)


async def fact_written(store: Store) -> None:
    """Write the fact that `fact` reads."""
    async with writing(store) as tx:
        await facts.put(tx, "name", "new")


async def fact(store: Store, name: str = "name") -> str | None:
    """Read one fact in a snapshot of its own."""
    async with store.read() as tx:
        return await facts.get(tx, name)


def organisation() -> OrganisationRecord:
    """The one organisation."""
    return OrganisationRecord(id=ORG, name="Analytical Engines", short_name="Engines", created_at=NOW)


def account(account_id: str = ADA, email: str = "ada@example.org") -> AccountRecord:
    """A person of the organisation."""
    return AccountRecord(
        id=account_id,
        org_id=ORG,
        email=email,
        email_canonical=email.casefold(),
        name="Ada Lovelace",
        role="owner",
        status="active",
        appearance="dark",
        password_hash="$argon2id$old",
        password_changed_at=NOW,
        breach_outcome="clear_embedded",
        created_at=NOW,
        last_sign_in_at=None,
        session_lifetime=None,
        must_enrol=False,
    )


def session(
    token: str, *, account_id: str = ADA, began: datetime = NOW, expires: datetime = NOW + 30 * DAY
) -> SessionRecord:
    """A session of a person, named by its token."""
    return SessionRecord(
        id=new_id(began),
        account_id=account_id,
        org_id=ORG,
        token_hash=hashed(token),
        device_id=None,
        client="xterm",
        source_ip="192.0.2.7",
        network="192.0.2.0/24",
        city=None,
        country=None,
        is_new_device=True,
        is_new_network=False,
        is_new_country=False,
        is_kept=False,
        methods="password",
        created_at=began,
        authenticated_at=began,
        last_active_at=began,
        expires_at=expires,
        locked_at=None,
        ended_at=None,
        end_reason=None,
    )


def hashed(token: str) -> bytes:
    """What a store keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def totp(step: int = 100) -> TotpRecord:
    """Ada's authenticator."""
    return TotpRecord(
        account_id=ADA,
        sealed=b"sealed",
        key_id="totp-1",
        last_step=step,
        consecutive_failures=0,
        enrolled_at=NOW,
    )


def enrolment(expires: datetime = NOW + 10 * MINUTE) -> EnrolmentRecord:
    """Ada's pending enrolment."""
    return EnrolmentRecord(
        account_id=ADA,
        id=new_id(NOW),
        session_id=new_id(NOW),
        sealed=b"sealed",
        key_id="totp-1",
        created_at=NOW,
        expires_at=expires,
    )


def batch(size: int = 8) -> tuple[BatchRecord, list[CodeRecord]]:
    """A batch of Ada's recovery codes; the MAC of code n is `mac(batch id, n)`."""
    record = BatchRecord(
        id=new_id(NOW), account_id=ADA, size=size, created_at=NOW, acknowledged_at=None, voided_at=None
    )
    codes = [
        CodeRecord(
            id=new_id(NOW),
            batch_id=record.id,
            account_id=ADA,
            mac=mac(record.id, place),
            key_id="codes-1",
            used_at=None,
        )
        for place in range(size)
    ]
    return record, codes


def mac(batch_id: str, place: int) -> bytes:
    """The MAC that stands for one code of a batch."""
    return hashed(f"{batch_id} {place}")


def event(seq: int, prev_hash: bytes, *, subject_id: str | None = ADA, at: datetime = NOW) -> AuditRecord:
    """An event of the organisation's chain."""
    return AuditRecord(
        org_id=ORG,
        seq=seq,
        id=new_id(at),
        at=at,
        name="auth.signed_in",
        actor_id=ADA,
        subject_id=subject_id,
        session="0123abcd",
        source_ip="192.0.2.7",
        client="xterm",
        outcome="success",
        reason="",
        node="engine-1",
        details="{}",
        prev_hash=prev_hash,
        hash=hashlib.sha256(prev_hash + str(seq).encode()).digest(),
    )


async def settle(store: Store) -> None:
    """Put the organisation and Ada into a store."""
    async with writing(store) as tx:
        await organisations.insert(tx, organisation())
        await accounts.insert(tx, account())


async def settle_with_second_factor(store: Store) -> str:
    """Put Ada in with an authenticator at step 100, a session and codes; gives the id of the batch."""
    await settle(store)
    record, codes = batch()
    async with writing(store) as tx:
        await two_factor.insert(tx, totp())
        await recovery_codes.insert_batch(tx, record, codes)
        await sessions.insert(tx, session("ada's"))
    return record.id
