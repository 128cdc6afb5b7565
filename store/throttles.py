"""Throttles: the tries that count against a limit, and the locks that reaching it puts up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.rows import Value, blob, maybe_moment, number
from store.times import span_to_micros
from store.transaction import Transaction

Names = Sequence[bytes]
"""What a counter is called: one name a version of the key."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How full some counters are, and how long they are shut."""

    totals: tuple[int, ...]
    """The tries of each window that was asked for, in the order of asking."""
    locked_until: datetime | None
    """The end of the longest lock of all those counters, also one that is over; None without any."""


async def standing(
    tx: Transaction, windows: Sequence[tuple[Names, datetime]], *, without: str = ""
) -> Standing:
    """Count the tries of counters after a moment each, but not one of them, and look up their locks."""
    params: dict[str, Value] = {"without": without}
    every = _placed([name for names, _ in windows for name in names], params)
    asked = [f"SELECT -1 AS place, 0 AS total, max(until) AS until FROM locks WHERE counter IN ({every})"]  # noqa: S608 - names of ours
    for place, (names, since) in enumerate(windows):
        params[f"since{place}"] = since
        asked.append(
            f"SELECT {place}, count(*), NULL FROM attempts"  # noqa: S608 - names of ours
            f" WHERE counter IN ({_placed(names, params)}) AND at > :since{place} AND id <> :without"
        )
    rows = sorted(await tx.fetch(" UNION ALL ".join(asked), **params), key=lambda row: number(row, "place"))
    return Standing(tuple(number(row, "total") for row in rows[1:]), maybe_moment(rows[0], "until"))


async def locked_until(tx: Transaction, counters: Names) -> datetime | None:
    """Tell until when one of some counters is, or was last, locked."""
    params: dict[str, Value] = {}
    row = await tx.fetch_one(
        f"SELECT max(until) AS until FROM locks WHERE counter IN ({_placed(counters, params)})",  # noqa: S608 - names of ours
        **params,
    )
    return None if row is None else maybe_moment(row, "until")


async def add_attempt(tx: Transaction, attempt_id: str, counters: Names, at: datetime) -> None:
    """Count a try in several counters, under one id."""
    params: dict[str, Value] = {"attempt_id": attempt_id, "at": at}
    rows = ", ".join(f"(:attempt_id, {_placed([counter], params)}, :at)" for counter in counters)
    await tx.execute(f"INSERT INTO attempts (id, counter, at) VALUES {rows}", **params)  # noqa: S608 - names of ours


async def release(
    tx: Transaction, attempt_id: str, cleared: Names = (), since: datetime | None = None
) -> int:
    """Uncount a try in every counter, and every try of the cleared ones after a moment; tell how many."""
    if not cleared or since is None:
        return await tx.execute("DELETE FROM attempts WHERE id = :attempt_id", attempt_id=attempt_id)
    params: dict[str, Value] = {"attempt_id": attempt_id, "since": since}
    return await tx.execute(
        "DELETE FROM attempts WHERE id = :attempt_id"  # noqa: S608 - names of ours
        f" OR (counter IN ({_placed(cleared, params)}) AND at > :since)",
        **params,
    )


async def put_lock(tx: Transaction, counter: bytes, window: timedelta, until: datetime) -> None:
    """Lock a counter for a window, in place of the lock that was there."""
    await tx.execute(
        "INSERT INTO locks (counter, span, until) VALUES (:counter, :span, :until)"
        " ON CONFLICT (counter, span) DO UPDATE SET until = excluded.until",
        counter=counter,
        span=span_to_micros(window),
        until=until,
    )


async def drop_locks(tx: Transaction, counters: Names) -> int:
    """Unlock counters in every window, and give how many locks there were."""
    if not counters:
        return 0
    params: dict[str, Value] = {}
    return await tx.execute(
        f"DELETE FROM locks WHERE counter IN ({_placed(counters, params)})",  # noqa: S608 - names of ours
        **params,
    )


async def in_use(tx: Transaction, counters: Names) -> Names:
    """Give those of some counters that have tries or locks."""
    params: dict[str, Value] = {}
    some = _placed(counters, params)
    rows = await tx.fetch(
        f"SELECT counter FROM attempts WHERE counter IN ({some})"  # noqa: S608 - names of ours
        f" UNION SELECT counter FROM locks WHERE counter IN ({some})",
        **params,
    )
    return sorted(blob(row, "counter") for row in rows)


async def clear(tx: Transaction, counters: Names) -> None:
    """Forget every try and lock of some counters; a try stays counted in its others."""
    params: dict[str, Value] = {}
    some = _placed(counters, params)
    await tx.execute(f"DELETE FROM attempts WHERE counter IN ({some})", **params)  # noqa: S608 - names of ours
    await drop_locks(tx, counters)


async def ahead(tx: Transaction, beyond: datetime, limit: int) -> Names:
    """List some of the counters that have tries, or locks put up, after a moment that is still to come."""
    rows = await tx.fetch(
        "SELECT counter FROM attempts WHERE at > :beyond"
        " UNION SELECT counter FROM locks WHERE until > :beyond + span LIMIT :limit",
        beyond=beyond,
        limit=limit,
    )
    return [blob(row, "counter") for row in rows]


async def draw_near(tx: Transaction, counters: Names, now: datetime, beyond: datetime) -> int:
    """Bring tries and locks from beyond a moment that is still to come into the present, and give how many.

    A try then counts from now on, and a lock lasts one window more: nothing opens early, and nothing
    stays shut for as long as the clock was wrong.
    """
    if not counters:
        return 0
    params: dict[str, Value] = {"now": now, "beyond": beyond}
    some = _placed(counters, params)
    moved = await tx.execute(
        f"UPDATE attempts SET at = :now WHERE at > :beyond AND counter IN ({some})",  # noqa: S608 - names of ours
        **params,
    )
    return moved + await tx.execute(
        f"UPDATE locks SET until = :now + span WHERE until > :beyond + span AND counter IN ({some})",  # noqa: S608 - names of ours
        **params,
    )


async def over(tx: Transaction, before: datetime, limit: int) -> Names:
    """List some of the counters that have locks which ended before a moment."""
    rows = await tx.fetch(
        "SELECT DISTINCT counter FROM locks WHERE until < :before LIMIT :limit", before=before, limit=limit
    )
    return [blob(row, "counter") for row in rows]


async def purge(tx: Transaction, before: datetime, limit: int, counters: Names = ()) -> int:
    """Erase some of the tries, and the locks of some counters, from before a moment; give how many."""
    gone = await tx.execute(
        "DELETE FROM attempts WHERE (id, counter) IN"
        " (SELECT id, counter FROM attempts WHERE at < :before ORDER BY at LIMIT :limit)",
        before=before,
        limit=limit,
    )
    if not counters:
        return gone
    params: dict[str, Value] = {"before": before}
    return gone + await tx.execute(
        f"DELETE FROM locks WHERE until < :before AND counter IN ({_placed(counters, params)})",  # noqa: S608 - names of ours
        **params,
    )


def _placed(names: Names, params: dict[str, Value]) -> str:
    """Write names as parameters of a list; one that is there already keeps its place."""
    known = {value: key for key, value in params.items() if isinstance(value, bytes)}
    for name in names:
        if name not in known:
            known[name] = f"counter{len(known)}"
            params[known[name]] = name
    return ", ".join(f":{key}" for key in dict.fromkeys(known[name] for name in names))
