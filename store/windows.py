"""What a restore closes: whatever was valid at the backup and may have been used since (R107)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store.rows import moment, text
from store.times import span_to_micros
from store.transaction import Transaction

_OF_ORG = "account_id IN (SELECT id FROM accounts WHERE org_id = :org_id)"


async def end_sessions(tx: Transaction, org_id: str, at: datetime, reason: str) -> Sequence[tuple[str, str]]:
    """End every open session of an organisation, and give their ids with those of their accounts."""
    rows = await tx.fetch(
        "UPDATE sessions SET ended_at = :at, end_reason = :reason"
        " WHERE org_id = :org_id AND ended_at IS NULL RETURNING id, account_id",
        org_id=org_id,
        at=at,
        reason=reason,
    )
    return sorted((text(row, "id"), text(row, "account_id")) for row in rows)


async def spend_steps(tx: Transaction, org_id: str, step: int) -> int:
    """Spend every step up to this one on each authenticator, and give on how many that changed anything."""
    return await tx.execute(
        f"UPDATE totp_secrets SET last_step = :step WHERE last_step < :step AND {_OF_ORG}",  # noqa: S608 - ours
        org_id=org_id,
        step=step,
    )


async def void_batches(tx: Transaction, org_id: str, at: datetime) -> Sequence[str]:
    """Void every live batch of recovery codes, erase the codes, and give the accounts that had one."""
    rows = await tx.fetch(
        f"UPDATE recovery_batches SET voided_at = :at WHERE voided_at IS NULL AND {_OF_ORG}"  # noqa: S608 - ours
        " RETURNING account_id",
        org_id=org_id,
        at=at,
    )
    await tx.execute(f"DELETE FROM recovery_codes WHERE {_OF_ORG}", org_id=org_id)  # noqa: S608 - ours
    return sorted(text(row, "account_id") for row in rows)


async def drop_half_done(tx: Transaction, org_id: str) -> None:
    """Drop the sign-ins and enrolments that were half-way; nothing is lost that cannot be begun again."""
    await tx.execute(f"DELETE FROM half_sign_ins WHERE {_OF_ORG}", org_id=org_id)  # noqa: S608 - ours
    await tx.execute(f"DELETE FROM totp_enrolments WHERE {_OF_ORG}", org_id=org_id)  # noqa: S608 - ours


async def drop_mail(tx: Transaction) -> int:
    """Drop the mail that waited, which was sent since for all we know, and give how much there was."""
    return await tx.execute("DELETE FROM outbox WHERE sent_at IS NULL")


async def bring_throttles(tx: Transaction, by: timedelta) -> None:
    """Let every try and lock count as if no time had passed: what was spent since is not given back."""
    span = span_to_micros(by)
    await tx.execute("UPDATE attempts SET at = at + :span", span=span)
    await tx.execute("UPDATE locks SET until = until + :span", span=span)


async def newest_event(tx: Transaction) -> datetime | None:
    """Tell when the newest event of the audit happened; None where there is none."""
    row = await tx.fetch_one(
        "SELECT e.at FROM audit_chains c JOIN audit_events e ON e.org_id = c.org_id AND e.seq = c.seq"
        " ORDER BY e.at DESC LIMIT 1"
    )
    return None if row is None else moment(row, "at")
