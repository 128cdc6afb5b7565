"""Acts: the id of every committed write, which resolves a commit in doubt."""

from __future__ import annotations

from datetime import datetime

from store.statements import Statement
from store.transaction import Transaction


def insertion(act_id: str, at: datetime) -> Statement:
    """What notes an act, at the beginning of the transaction that it is.

    It raises Duplicate where the act took place before.
    """
    return Statement("INSERT INTO acts (id, at) VALUES (:act_id, :at)", {"act_id": act_id, "at": at})


async def exists(tx: Transaction, act_id: str) -> bool:
    """Tell whether an act took place."""
    return await tx.fetch_one("SELECT id FROM acts WHERE id = :act_id", act_id=act_id) is not None


async def purge(tx: Transaction, before: datetime, limit: int = 1000) -> int:
    """Forget some of the acts from before a moment, the oldest first, and give how many there were."""
    return await tx.execute(
        "DELETE FROM acts WHERE id IN (SELECT id FROM acts WHERE at < :before ORDER BY at LIMIT :limit)",
        before=before,
        limit=limit,
    )
