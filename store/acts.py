"""Acts: the id of every committed write, which resolves a commit in doubt."""

from __future__ import annotations

from datetime import datetime

from store.transaction import Transaction


async def insert(tx: Transaction, act_id: str, at: datetime) -> None:
    """Note an act in the transaction that it is.

    Raises Duplicate where it took place before.
    """
    await tx.execute("INSERT INTO acts (id, at) VALUES (:act_id, :at)", act_id=act_id, at=at)


async def exists(tx: Transaction, act_id: str) -> bool:
    """Tell whether an act took place."""
    return await tx.fetch_one("SELECT id FROM acts WHERE id = :act_id", act_id=act_id) is not None


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget the acts from before a moment and give how many there were."""
    return await tx.execute("DELETE FROM acts WHERE at < :before", before=before)
