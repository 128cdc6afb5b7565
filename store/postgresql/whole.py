"""Whether a store on a server is whole: every reference, and every guard of the schema."""

from __future__ import annotations

from store.errors import Corrupt
from store.postgresql.address import SCHEMA
from store.rows import text
from store.transaction import Transaction

_REFERENCES = f"""
SELECT own.relname AS own, other.relname AS other,
       string_agg(format('own.%I = other.%I', a.attname, b.attname), ' AND ') AS matches,
       string_agg(format('own.%I IS NOT NULL', a.attname), ' AND ') AS is_given
FROM pg_constraint c
JOIN pg_class own ON own.oid = c.conrelid JOIN pg_class other ON other.oid = c.confrelid
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS pair (mine, theirs)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.mine
JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = pair.theirs
WHERE c.contype = 'f' AND c.connamespace = '{SCHEMA}'::regnamespace
GROUP BY c.oid, own.relname, other.relname ORDER BY own.relname, other.relname
"""  # noqa: S608 - a name of ours
_IDLE_GUARDS = f"""
SELECT t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND t.tgenabled NOT IN ('O', 'A')
UNION ALL
SELECT c.conname FROM pg_constraint c
WHERE c.connamespace = '{SCHEMA}'::regnamespace AND NOT c.convalidated
ORDER BY 1 LIMIT 1
"""  # noqa: S608 - a name of ours


async def check_schema(tx: Transaction, place: str) -> None:
    """Check every reference, and that no guard was switched off; takes as long as reading what refers.

    Raises Corrupt.
    """
    idle = await tx.fetch_one(_IDLE_GUARDS)
    if idle is not None:
        raise Corrupt(
            f"A guard of the store {place} is switched off ({text(idle, 'name')})."
            " Find out who did that, and restore the store from a backup."
        )
    for row in await tx.fetch(_REFERENCES):
        lost = await tx.fetch_one(
            f"SELECT 1 AS lost FROM {SCHEMA}.{text(row, 'own')} AS own WHERE {text(row, 'is_given')}"  # noqa: S608
            f" AND NOT EXISTS (SELECT FROM {SCHEMA}.{text(row, 'other')} AS other"
            f" WHERE {text(row, 'matches')}) LIMIT 1"
        )
        if lost is not None:
            raise Corrupt(f"The store {place} refers to things that are gone. Restore it from a backup.")
