"""The one-time rules stand in the schema: another program that knows SQL cannot break them (R111)."""

from __future__ import annotations

import sqlite3

import asyncpg
import pytest

from store import audit, half_sign_ins, session_ends, sessions
from store.audit import CheckpointRecord
from store.half_sign_ins import HalfSignInRecord
from store.ids import new_id
from store.store import Store
from tests.store.outside import outside
from tests.store.samples import (
    ADA,
    MINUTE,
    NOW,
    ORG,
    event,
    hashed,
    session,
    settle_with_second_factor,
    writing,
)

REFUSED = (sqlite3.IntegrityError, asyncpg.PostgresError)
"""What the drivers call it."""


@pytest.fixture
async def url(store: Store) -> str:
    """A store in which each one-time thing was spent once."""
    batch_id = await settle_with_second_factor(store)
    ended = session("ended")
    async with writing(store) as tx:
        await sessions.insert(tx, ended)
        await session_ends.end(tx, ended.id, NOW, "revoked")
        await half_sign_ins.insert(
            tx,
            HalfSignInRecord(
                id=new_id(NOW),
                token_hash=hashed("half"),
                connection_hash=hashed("connection"),
                account_id=ADA,
                device_id=None,
                failures=0,
                created_at=NOW,
                expires_at=NOW + MINUTE,
                spent_at=NOW,
            ),
        )
        await tx.execute(
            "UPDATE recovery_codes SET used_at = 1 WHERE id = (SELECT min(id) FROM recovery_codes)"
        )
        for _ in range(2):
            head = await audit.head(tx, ORG)
            last = event(head.seq + 1, head.hash)
            await audit.insert(tx, last)
            await audit.set_head(tx, ORG, last.seq, last.hash)
        await audit.insert_checkpoint(
            tx, CheckpointRecord(ORG, 2, NOW, last.hash, "regular", "audit-1", b"signed")
        )
    assert batch_id
    return store.url


GUARDED = {
    "a step is spent twice": "UPDATE totp_secrets SET last_step = last_step",
    "a step comes back": "UPDATE totp_secrets SET last_step = last_step - 1",
    "a code is unspent": "UPDATE recovery_codes SET used_at = NULL WHERE used_at IS NOT NULL",
    "a code is spent again": "UPDATE recovery_codes SET used_at = 2 WHERE used_at IS NOT NULL",
    "a second live batch": "INSERT INTO recovery_batches (id, account_id, size, created_at)"
    " SELECT 'second', account_id, size, created_at FROM recovery_batches",
    "a voided batch lives beside another": "INSERT INTO recovery_batches"
    " (id, account_id, size, created_at, voided_at) SELECT 'second', account_id, size, created_at, 1"
    " FROM recovery_batches; UPDATE recovery_batches SET voided_at = NULL WHERE id = 'second'",
    "the same code in two batches": "INSERT INTO recovery_codes (id, batch_id, account_id, mac, key_id)"
    " SELECT 'second', batch_id, account_id, mac, key_id FROM recovery_codes LIMIT 1",
    "an ended session lives": "UPDATE sessions SET ended_at = NULL, end_reason = NULL"
    " WHERE ended_at IS NOT NULL",
    "an ended session gets another token": "UPDATE sessions SET token_hash = (SELECT max(mac)"
    " FROM recovery_codes) WHERE ended_at IS NOT NULL",
    "an end without a reason": "UPDATE sessions SET ended_at = 1 WHERE ended_at IS NULL",
    "two sessions of one token": "UPDATE sessions SET token_hash = (SELECT max(token_hash) FROM sessions"
    " WHERE ended_at IS NOT NULL) WHERE ended_at IS NULL",
    "half a sign-in is unspent": "UPDATE half_sign_ins SET spent_at = NULL",
    "half a sign-in is spent again": "UPDATE half_sign_ins SET spent_at = 2",
    "an event is edited": "UPDATE audit_events SET reason = 'edited'",
    "an event is erased": "DELETE FROM audit_events WHERE seq = 1",
    "all events are erased": "DELETE FROM audit_events",
    "a chain goes back": "UPDATE audit_chains SET seq = 1",
    "a chain is dropped": "DELETE FROM audit_chains",
    "a checkpoint is edited": "UPDATE audit_checkpoints SET kind = 'purge'",
    "an event takes another's place": "INSERT INTO audit_events SELECT org_id, seq, 'other', at, name,"
    " actor_id, subject_id, session, source_ip, client, outcome, reason, node, details, prev_hash, hash"
    " FROM audit_events",
    "an act takes place twice": "INSERT INTO acts (id, at) SELECT id, at FROM acts",
    "two accounts of one address": "INSERT INTO accounts (id, org_id, email, email_canonical, name, role,"
    " status, appearance, breach_outcome, created_at) SELECT 'second', org_id, email, email_canonical, name,"
    " role, status, appearance, breach_outcome, created_at FROM accounts",
}
ON_SERVERS = {
    "events are truncated": "TRUNCATE audit_events",
    "chains are truncated": "TRUNCATE audit_chains",
    "what others refer to is truncated": "TRUNCATE totp_secrets, organisations, audit_events CASCADE",
}
"""What SQLite has no statement for."""


async def content(url: str) -> list[object]:
    """What the guarded tables hold."""
    tables = (
        "totp_secrets", "recovery_batches", "recovery_codes", "sessions", "half_sign_ins", "audit_events",
        "audit_chains", "audit_checkpoints", "acts", "accounts",
    )  # fmt: skip
    return [
        sorted(repr(sorted(row.items())) for row in await outside(url, f"SELECT * FROM {table}"))  # noqa: S608
        for table in tables
    ]


async def is_refused(url: str, statement: str) -> bool:
    """Whether the store does not take a statement."""
    try:
        await outside(url, statement)
    except REFUSED:
        return True
    return False


PREPARED = [rule for rule, statements in GUARDED.items() if "; " in statements]
"""Rules that need something done before, which is allowed."""


async def test_another_program_cannot_break_a_rule(url: str) -> None:
    """One after the other in one store: each leaves it as it was."""
    before = await content(url)
    for rule, statement in GUARDED.items():
        if rule in PREPARED:
            continue
        assert await is_refused(url, statement), rule
        assert await content(url) == before, rule


@pytest.mark.parametrize("rule", PREPARED)
async def test_another_program_cannot_break_a_rule_that_needs_a_step_before(url: str, rule: str) -> None:
    *first, last = GUARDED[rule].split("; ")
    await outside(url, *first)
    before = await content(url)
    with pytest.raises(REFUSED):
        await outside(url, last)
    assert await content(url) == before


@pytest.mark.of_servers
async def test_another_program_cannot_empty_what_happened(url: str) -> None:
    before = await content(url)
    for rule, statement in ON_SERVERS.items():
        assert await is_refused(url, statement), rule
        assert await content(url) == before, rule
