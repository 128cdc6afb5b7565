"""The change feed: one row for each thing that other terminals should learn of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store import facts
from store.errors import Forgotten
from store.rows import Row, maybe_text, moment, number, text
from store.transaction import Transaction

_ERASED_TO = "changes_erased_to"
"""The fact that tells how far the feed was erased."""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One thing that happened, without what it holds: the letter says where to look."""

    seq: int
    """Its place in the feed; it only grows."""
    at: datetime
    """When it happened, aware UTC."""
    kind: str
    """What happened, in the rules' vocabulary."""
    org_id: str | None
    """The organisation it happened in."""
    account_id: str | None
    """The account it happened to."""
    subject_id: str | None
    """The thing it happened to, such as a session."""

    @classmethod
    def from_row(cls, row: Row) -> ChangeRecord:
        """Build the record from its row."""
        return cls(
            seq=number(row, "seq"),
            at=moment(row, "at"),
            kind=text(row, "kind"),
            org_id=maybe_text(row, "org_id"),
            account_id=maybe_text(row, "account_id"),
            subject_id=maybe_text(row, "subject_id"),
        )


async def append(
    tx: Transaction,
    at: datetime,
    kind: str,
    org_id: str | None = None,
    account_id: str | None = None,
    subject_id: str | None = None,
) -> None:
    """Tell of a change, together with the change itself; the commit gives it its place in the feed."""
    await tx.execute(
        "INSERT INTO changes (at, kind, org_id, account_id, subject_id)"
        " VALUES (:at, :kind, :org_id, :account_id, :subject_id)",
        at=at,
        kind=kind,
        org_id=org_id,
        account_id=account_id,
        subject_id=subject_id,
    )


async def after(tx: Transaction, seq: int, limit: int) -> Sequence[ChangeRecord]:
    """List what happened after a place in the feed, oldest first.

    Raises Forgotten where some of it was erased.
    """
    rows = await tx.fetch(
        "SELECT * FROM changes WHERE seq > :seq ORDER BY seq LIMIT :limit", seq=seq, limit=limit
    )
    # The page is read first: what is erased between the two statements counts as erased.
    if await _erased_to(tx) > seq:
        raise Forgotten("What happened in the meantime is no longer listed; everything has to be read anew.")
    return [ChangeRecord.from_row(row) for row in rows]


async def last_seq(tx: Transaction) -> int:
    """Give the newest place in the feed; 0 where there never was any."""
    row = await tx.fetch_one("SELECT COALESCE(max(seq), 0) AS newest FROM changes")
    return max(0 if row is None else number(row, "newest"), await _erased_to(tx))


async def purge(tx: Transaction, before: datetime, limit: int = 1000) -> int:
    """Erase some of what happened before a moment, the first first; give how much there was.

    It is remembered up to which place something was erased.
    """
    row = await tx.fetch_one(
        "SELECT COALESCE(max(seq), 0) AS newest FROM"
        " (SELECT seq FROM changes WHERE at < :before ORDER BY seq LIMIT :limit) AS oldest",
        before=before,
        limit=limit,
    )
    newest = 0 if row is None else number(row, "newest")
    if not newest:
        return 0
    await tx.execute(
        "INSERT INTO store_facts (name, value) VALUES (:name, :newest) ON CONFLICT (name) DO UPDATE"
        " SET value = excluded.value"
        " WHERE CAST(store_facts.value AS BIGINT) < CAST(excluded.value AS BIGINT)",
        name=_ERASED_TO,
        newest=str(newest),
    )
    return await tx.execute(
        "DELETE FROM changes WHERE at < :before AND seq <= :newest", before=before, newest=newest
    )


async def _erased_to(tx: Transaction) -> int:
    """Give the newest place that was erased; whoever stands before it may have missed something."""
    return int(await facts.get(tx, _ERASED_TO) or "0")
