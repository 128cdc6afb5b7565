"""The ends of sessions: one, all others of an account, and those whose time is up; an end is for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store.rows import text
from store.sessions import SessionRecord
from store.times import EPOCH
from store.transaction import Transaction


async def end(tx: Transaction, session_id: str, at: datetime, reason: str) -> bool:
    """End a session for good; False where it had ended before."""
    ended = await tx.execute(
        "UPDATE sessions SET ended_at = :at, end_reason = :reason"
        " WHERE id = :session_id AND ended_at IS NULL",
        session_id=session_id,
        at=at,
        reason=reason,
    )
    return ended == 1


async def end_others(
    tx: Transaction, account_id: str, keep_id: str | None, at: datetime, reason: str
) -> Sequence[str]:
    """End every session of an account except the one to keep (None: all), and give their ids."""
    rows = await tx.fetch(
        "UPDATE sessions SET ended_at = :at, end_reason = :reason"
        " WHERE account_id = :account_id AND id <> :keep_id AND ended_at IS NULL RETURNING id",
        account_id=account_id,
        keep_id=keep_id or "",
        at=at,
        reason=reason,
    )
    return sorted(text(row, "id") for row in rows)


async def end_due(
    tx: Transaction,
    org_id: str,
    now: datetime,
    idle: timedelta | None = None,
    lifetime: timedelta | None = None,
    limit: int = 1000,
) -> Sequence[SessionRecord]:
    """End an organisation's sessions whose time is up ("expired") or that idled too long ("idle").

    Of each kind so many at most; where it gives fewer than `limit` there are none left.

    The time is up at the session's own limit, at the organisation's lifetime, or at the person's,
    whichever is first. Gives the records as they are now; at exactly the limit a session is over (R051).
    """
    expired = await tx.fetch(
        "UPDATE sessions SET ended_at = :now, end_reason = 'expired' WHERE id IN (SELECT id FROM sessions"
        " WHERE org_id = :org_id AND ended_at IS NULL AND (expires_at <= :now OR created_at <= :born_by"
        " OR created_at + (SELECT session_lifetime FROM accounts WHERE accounts.id = sessions.account_id)"
        " <= :now) ORDER BY id LIMIT :limit) RETURNING *",
        org_id=org_id,
        now=now,
        limit=limit,
        born_by=_before(now, lifetime),
    )
    idle_ones = await tx.fetch(
        "UPDATE sessions SET ended_at = :now, end_reason = 'idle' WHERE id IN (SELECT id FROM sessions"
        " WHERE org_id = :org_id AND ended_at IS NULL AND last_active_at <= :idle_since"
        " ORDER BY id LIMIT :limit) RETURNING *",
        org_id=org_id,
        now=now,
        limit=limit,
        idle_since=_before(now, idle),
    )
    ended = [SessionRecord.from_row(row) for row in (*expired, *idle_ones)]
    return sorted(ended, key=lambda record: record.id)


def _before(now: datetime, span: timedelta | None) -> datetime:
    """Give the moment that lies so long ago; the epoch where there is no such limit."""
    return EPOCH if span is None else now - span
