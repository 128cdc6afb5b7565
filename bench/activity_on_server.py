"""How long a page of activity takes at depth on a server, beside the first page of a small account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import asyncpg

from bench.activity import DEPTH, EVENTS, FIRST, PAGE, WHO, in_turn, key_at, older
from bench.line import Line
from bench.server import TOLD, new_server
from store import activity
from store.activity import EventKey, Sieve, Term
from store.postgresql.parameters import bound, numbered
from store.rows import Value
from store.statements import Outcome, Statement
from store.store import Store, open_store
from store.times import to_micros
from store.transaction import Transaction

FEW = 1_000
"""Events of the small account."""
OTHER = "bea"
"""The small account."""

_FILL = """
INSERT INTO strongroom.audit_events (org_id, seq, id, at, name, actor_id, subject_id, session, source_ip,
    client, outcome, reason, node, details, prev_hash, hash)
SELECT 'o', $1 + seq, to_hex($1 + seq), $3 + seq * 6000000, 'auth.signed_in', NULL, $4, NULL, '203.0.113.7',
    'OpenSSH, kitty', 'success', '', 'n', '{}', '', '' FROM generate_series(1, $2::BIGINT) AS seq
"""
"""One event every six seconds."""

_DAYS = """
INSERT INTO strongroom.activity_days (subject_id, day, total)
SELECT subject_id, at / 86400000000, count(*) FROM strongroom.audit_events GROUP BY 1, 2
"""


@contextmanager
def _filled() -> Iterator[str]:
    """The URL of a store with all the events, which the days know as if they had come one by one."""
    with new_server() as server:
        url = server.url("bench")
        asyncio.run(_fill(url))
        yield url


async def _fill(url: str) -> None:
    """Make a store and give two people their events, past the triggers that count them one by one."""
    await (await open_store(url, create=True)).close()
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(_FILL, 0, EVENTS, to_micros(FIRST), WHO)
    await connection.execute(_FILL, EVENTS, FEW, to_micros(FIRST), OTHER)
    await connection.execute(_DAYS)
    await connection.execute("VACUUM (ANALYZE) strongroom.audit_events")
    await connection.execute("VACUUM (ANALYZE) strongroom.activity_days")
    await connection.close()


@cache
def figures() -> dict[str, float]:
    """Every figure of one filled store."""
    with _filled() as url:
        return asyncio.run(_figures(url))


async def _figures(url: str) -> dict[str, float]:
    """Measure, once it is sure that no page is found by sorting or by reading all."""
    store = await open_store(url)
    try:
        key = await key_at(store, DEPTH)
        assert key is not None
        await _require_index(url, store, key)
        few, newest, deep, step = await in_turn(
            lambda: older(store, None, who=OTHER),
            lambda: older(store, None),
            lambda: older(store, key),
            lambda: older(store, key, Sieve(terms=(Term("nowhere"),))),
        )
    finally:
        await store.close()
    return {"deep": deep / min(few, newest), "step": step * 1000}


class _Noting(Transaction):
    """Notes what is asked, and answers by another transaction."""

    def __init__(self, tx: Transaction, said: list[tuple[str, dict[str, Value]]]) -> None:
        """Stand before a transaction."""
        super().__init__()
        self._tx = tx
        self._said = said

    async def _run_on(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Note and go on."""
        self._said.extend((statement.sql, dict(statement.params)) for statement in statements)
        return await self._tx._run(statements)


async def _require_index(url: str, store: Store, key: EventKey) -> None:
    """See to it that pages in both directions, and the edge of a search, walk the index and sort nothing.

    What lies between the two ends of a search's step may be sorted: it is a few thousand at most.
    """
    said: list[tuple[str, dict[str, Value]]] = []
    async with store.read() as tx:
        for sieve in (Sieve(), Sieve(terms=(Term("nowhere"),))):
            await activity.older(_Noting(tx, said), WHO, key, PAGE, sieve)
            await activity.newer(_Noting(tx, said), WHO, key, PAGE, sieve)
    connection = await asyncpg.connect(url, server_settings={"search_path": "strongroom"})
    for sql, params in said:
        text, names = numbered(sql)
        rows = await connection.fetch(f"EXPLAIN {text}", *bound(names, params))
        plan = "\n".join(str(row[0]) for row in rows)
        assert "audit_events_by_subject" in plan, plan
        assert "Sort" not in plan or ":edge_at" in sql, plan
        assert "Seq Scan" not in plan, plan
    await connection.close()


LINES = (
    Line(
        "activity: a page of 50 below 4,900,000 of 5,000,000 events / the newest page of theirs or of an"
        f" account with 1,000, whichever is faster, {TOLD}",
        1.25,
        True,
        lambda: figures()["deep"],
    ),
    Line(
        f"activity: one step of a search that finds nothing, among 5,000,000 events, {TOLD}",
        25,
        True,
        lambda: figures()["step"],
        unit="ms",
        digits=1,
    ),
)
"""The lines of the table."""
