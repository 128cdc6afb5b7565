"""The start-up check: is the store whole, as far as can be told at once, or in full."""

from __future__ import annotations

from store.errors import Corrupt
from store.rows import text
from store.transaction import Transaction

# A head is sound when its event, or the purge checkpoint that stands for it, has its hash,
# and when no event follows it.
UNSOUND_HEADS = """
SELECT c.org_id FROM audit_chains c
LEFT JOIN audit_events e ON e.org_id = c.org_id AND e.seq = c.seq
LEFT JOIN audit_checkpoints p ON p.org_id = c.org_id AND p.seq = c.seq AND p.kind = 'purge'
WHERE (c.seq > 0 AND (COALESCE(e.hash, p.hash) IS NULL OR COALESCE(e.hash, p.hash) <> c.hash))
   OR EXISTS (SELECT 1 FROM audit_events x WHERE x.org_id = c.org_id AND x.seq > c.seq)
LIMIT 1
"""

# Between the first event that is kept and the last there is no gap, every chain has a head,
# and each event names the hash of the one before.
UNSOUND_CHAINS = """
SELECT e.org_id FROM audit_events e LEFT JOIN audit_chains c ON c.org_id = e.org_id
GROUP BY e.org_id, c.seq
HAVING c.seq IS NULL OR max(e.seq) <> c.seq OR count(*) <> max(e.seq) - min(e.seq) + 1
UNION ALL
SELECT e.org_id FROM audit_events e
JOIN audit_events f ON f.org_id = e.org_id AND f.seq = e.seq + 1 WHERE f.prev_hash <> e.hash
LIMIT 1
"""


async def check_heads(tx: Transaction, place: str) -> None:
    """Check that every audit chain ends where its head says: cheap at any size.

    Raises Corrupt.
    """
    row = await tx.fetch_one(UNSOUND_HEADS)
    if row is not None:
        raise Corrupt(
            f"The audit of the store {place} does not end where it should"
            f" (organisation {text(row, 'org_id')}). Restore the store from a backup."
        )


async def check_chains(tx: Transaction, place: str) -> None:
    """Check every link of every audit chain; takes as long as reading all events.

    Raises Corrupt.
    """
    row = await tx.fetch_one(UNSOUND_CHAINS)
    if row is not None:
        raise Corrupt(
            f"The audit of the store {place} has a gap"
            f" (organisation {text(row, 'org_id')}). Restore the store from a backup."
        )
