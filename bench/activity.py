"""How long a page of an account's activity takes at depth, among five million events of one account."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bench.line import Line
from store import activity
from store.activity import EventKey, Sieve, Term
from store.store import Store, open_store
from store.times import to_micros

EVENTS = 5_000_000
"""Events of the one account."""
DEPTH = 4_900_000
"""How many of them are newer than the page that is read."""
PAGE = 50
"""Events of a page."""
TURNS = 200
"""How often each of two things is timed, in turn."""
WHO = "ada"
"""The account."""
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
"""When the oldest of them happened."""

_FILL = """
INSERT INTO audit_events (org_id, seq, id, at, name, actor_id, subject_id, session, source_ip, client,
    outcome, reason, node, details, prev_hash, hash)
WITH RECURSIVE places (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM places WHERE seq < :events)
SELECT 'o', seq, printf('%x', seq), :first + seq * 6000000, 'auth.signed_in', NULL, :who, NULL,
    '203.0.113.7', 'OpenSSH, kitty', 'success', '', 'n', '{}', x'', x'' FROM places
"""
"""One event every six seconds: nearly a year of them."""


@contextmanager
def _filled() -> Iterator[str]:
    """The URL of a store with all the events, which the days know as if they had come one by one."""
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-") as folder:
        path = Path(folder) / "private" / "strongroom.db"
        url = f"sqlite://{path}"
        asyncio.run(_made(url))
        connection = sqlite3.connect(path)
        connection.executescript("PRAGMA synchronous = OFF; DROP TRIGGER activity_day_counts_event;")
        connection.execute(_FILL, {"events": EVENTS, "first": to_micros(FIRST), "who": WHO})
        connection.execute(
            "INSERT INTO activity_days (subject_id, day, total)"
            " SELECT subject_id, at / 86400000000, count(*) FROM audit_events GROUP BY 1, 2"
        )
        connection.commit()
        connection.close()
        yield url


async def _made(url: str) -> None:
    """Make an empty store."""
    await (await open_store(url, create=True, durable=False)).close()


async def in_turn(*acts: Callable[[], Awaitable[object]]) -> list[float]:
    """The median seconds of each act, each timed as often as the others and in turn with them."""
    took: list[list[float]] = [[] for _ in acts]
    for _ in range(TURNS):
        for place, act in enumerate(acts):
            start = time.perf_counter()
            await act()
            took[place].append(time.perf_counter() - start)
    return [statistics.median(one) for one in took]


@cache
def figures() -> dict[str, float]:
    """Every figure of one filled store: ratios to the newest page, and milliseconds of a search's step."""
    with _filled() as url:
        return asyncio.run(_figures(url))


async def _figures(url: str) -> dict[str, float]:
    """Measure."""
    store = await open_store(url)
    try:
        key = await key_at(store, DEPTH)
        assert key is not None
        search = Sieve(terms=(Term("nowhere"),))
        newest, deep, at, step = await in_turn(
            lambda: older(store, None),
            lambda: older(store, key),
            lambda: key_at(store, DEPTH),
            lambda: older(store, key, search),
        )
    finally:
        await store.close()
    return {"deep": deep / newest, "at": at / newest, "step": step * 1000}


async def key_at(store: Store, index: int) -> EventKey | None:
    """Find an event by its number, as the scroll bar does."""
    async with store.read() as tx:
        return await activity.key_at(tx, WHO, index)


async def older(
    store: Store,
    below: EventKey | None,
    sieve: Sieve = Sieve(),  # noqa: B008 - frozen
    who: str = WHO,
) -> None:
    """Read one page."""
    async with store.read() as tx:
        await activity.older(tx, who, below, PAGE, sieve)


LINES = (
    Line(
        "activity: a page of 50 below 4,900,000 of 5,000,000 events / the newest page",
        1.25,
        True,
        lambda: figures()["deep"],
    ),
    Line(
        "activity: the event with 4,900,000 newer ones, by its number / the newest page",
        2,
        True,
        lambda: figures()["at"],
    ),
    Line(
        "activity: one step of a search that finds nothing, among 5,000,000 events",
        25,
        True,
        lambda: figures()["step"],
        unit="ms",
        digits=1,
    ),
)
"""The lines of the table."""
