"""Throttles: the tries that count against a limit, and the locks that reaching it puts up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store.rows import moment, number
from store.times import span_to_micros
from store.transaction import Transaction


async def count_since(tx: Transaction, counters: Sequence[bytes], since: datetime) -> int:
    """Count the tries after a moment, over all names that one counter has (one a key version)."""
    total = 0
    for counter in counters:
        row = await tx.fetch_one(
            "SELECT count(*) AS total FROM attempts WHERE counter = :counter AND at > :since",
            counter=counter,
            since=since,
        )
        total += 0 if row is None else number(row, "total")
    return total


async def add_attempt(tx: Transaction, attempt_id: str, counter: bytes, at: datetime) -> None:
    """Count a try; one try may count in several counters under one id."""
    await tx.execute(
        "INSERT INTO attempts (id, counter, at) VALUES (:attempt_id, :counter, :at)",
        attempt_id=attempt_id,
        counter=counter,
        at=at,
    )


async def release(tx: Transaction, attempt_id: str) -> int:
    """Uncount a try that succeeded, in every counter, and give in how many it stood."""
    return await tx.execute("DELETE FROM attempts WHERE id = :attempt_id", attempt_id=attempt_id)


async def clear(tx: Transaction, counters: Sequence[bytes]) -> int:
    """Forget every try of a counter, under all its names, and give how many there were."""
    gone = 0
    for counter in counters:
        gone += await tx.execute("DELETE FROM attempts WHERE counter = :counter", counter=counter)
    return gone


async def lock_until(tx: Transaction, counters: Sequence[bytes], window: timedelta) -> datetime | None:
    """Tell until when a counter is, or was last, locked for a window, under any of its names."""
    found: list[datetime] = []
    for counter in counters:
        row = await tx.fetch_one(
            "SELECT until FROM locks WHERE counter = :counter AND span = :span",
            counter=counter,
            span=span_to_micros(window),
        )
        if row is not None:
            found.append(moment(row, "until"))
    return max(found, default=None)


async def put_lock(tx: Transaction, counter: bytes, window: timedelta, until: datetime) -> None:
    """Lock a counter for a window, in place of the lock that was there."""
    await tx.execute(
        "INSERT INTO locks (counter, span, until) VALUES (:counter, :span, :until)"
        " ON CONFLICT (counter, span) DO UPDATE SET until = excluded.until",
        counter=counter,
        span=span_to_micros(window),
        until=until,
    )


async def drop_locks(tx: Transaction, counters: Sequence[bytes]) -> int:
    """Unlock a counter in every window, under all its names, and give how many locks there were."""
    gone = 0
    for counter in counters:
        gone += await tx.execute("DELETE FROM locks WHERE counter = :counter", counter=counter)
    return gone


async def draw_near(tx: Transaction, now: datetime) -> int:
    """Bring tries and locks of a clock that was set back since into the present, and give how many.

    A try then counts from now on, and a lock lasts one window more: nothing opens early, and nothing
    stays shut for as long as the clock was wrong.
    """
    moved = await tx.execute("UPDATE attempts SET at = :now WHERE at > :now", now=now)
    return moved + await tx.execute("UPDATE locks SET until = :now + span WHERE until > :now + span", now=now)


async def purge(tx: Transaction, before: datetime) -> int:
    """Erase the tries and locks from before a moment and give how many there were."""
    gone = await tx.execute("DELETE FROM attempts WHERE at < :before", before=before)
    return gone + await tx.execute("DELETE FROM locks WHERE until < :before", before=before)
