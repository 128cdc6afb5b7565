"""Facts about the store as a whole: its id, the fingerprints of its keys."""

from __future__ import annotations

from store.rows import text
from store.transaction import Transaction


async def get(tx: Transaction, name: str) -> str | None:
    """Read one fact, or None where it was never written."""
    row = await tx.fetch_one("SELECT value FROM store_facts WHERE name = :name", name=name)
    return None if row is None else text(row, "value")


async def put(tx: Transaction, name: str, value: str) -> None:
    """Write one fact, over what was there."""
    await tx.execute(
        "INSERT INTO store_facts (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )


async def remove(tx: Transaction, name: str) -> None:
    """Take one fact away, where it was written."""
    await tx.execute("DELETE FROM store_facts WHERE name = :name", name=name)
