"""What was done to one account, newest first: pages by key, bounded searches, and how much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.audit import AuditRecord
from store.rows import Row, Value, moment, number
from store.sieve import Sieve, Term, condition
from store.times import EPOCH, span_to_micros, to_micros
from store.transaction import Transaction

__all__ = ["DayRecord", "EventKey", "Sieve", "Slice", "Term"]

STEP = 4000
"""Events that one search looks at before it answers, found something or not."""

_ALL = Sieve()
_DAY = timedelta(days=1)
_DAY_MICROS = span_to_micros(_DAY)


@dataclass(frozen=True, slots=True)
class EventKey:
    """The place of an event in the order of an account's events (R080)."""

    at: datetime
    """When it happened, aware UTC."""
    seq: int
    """Its place in the chain, which parts events of one moment."""

    @classmethod
    def of(cls, record: AuditRecord) -> EventKey:
        """The place of a record."""
        return cls(record.at, record.seq)

    @classmethod
    def from_row(cls, row: Row) -> EventKey:
        """Build the key from a row."""
        return cls(at=moment(row, "at"), seq=number(row, "seq"))


@dataclass(frozen=True, slots=True)
class Slice:
    """Some events in a row, newest first, and where a search stands."""

    records: tuple[AuditRecord, ...]
    """What was found."""
    reached: EventKey | None
    """The search goes on beyond this place; None where there is nothing beyond."""


@dataclass(frozen=True, slots=True)
class DayRecord:
    """How many events one day had."""

    day: date
    """The day in UTC."""
    total: int
    """Its events, one or more."""

    @classmethod
    def from_row(cls, row: Row) -> DayRecord:
        """Build the record from its row."""
        return cls(day=(EPOCH + number(row, "day") * _DAY).date(), total=number(row, "total"))


async def older(
    tx: Transaction,
    subject_id: str,
    below: EventKey | None,
    limit: int,
    sieve: Sieve = _ALL,
    step: int = STEP,
) -> Slice:
    """Find events older than a place, or from the newest on; looks at `step` events at most."""
    return await _search(tx, subject_id, below, limit, sieve, step, _OLDER)


async def newer(
    tx: Transaction,
    subject_id: str,
    above: EventKey | None,
    limit: int,
    sieve: Sieve = _ALL,
    step: int = STEP,
    *,
    upto_seq: int | None = None,
) -> Slice:
    """Find events newer than a place, or from the oldest on; looks at `step` events at most.

    With `upto_seq` nothing is found that came to the account's chain after that place of it.
    """
    found = await _search(tx, subject_id, above, limit, sieve, step, _NEWER, upto_seq)
    return Slice(found.records[::-1], found.reached)


async def count(
    tx: Transaction,
    subject_id: str,
    above: EventKey | None,
    sieve: Sieve,
    step: int,
    *,
    upto_seq: int | None = None,
) -> tuple[int, EventKey | None]:
    """Count events newer than a place, `step` at a time, and tell where the next ones begin, if there are."""
    where, params, edge = await _asked(tx, subject_id, above, sieve, step, _NEWER, upto_seq)
    row = await tx.fetch_one(
        f"SELECT count(*) AS found FROM audit_events WHERE {' AND '.join(where)}",  # noqa: S608 - pieces of ours
        **params,
    )
    return (0 if row is None else number(row, "found")), edge


async def total(tx: Transaction, subject_id: str) -> int:
    """Tell how many events an account has, without counting them."""
    row = await tx.fetch_one(
        "SELECT CAST(coalesce(sum(total), 0) AS BIGINT) AS events FROM activity_days"
        " WHERE subject_id = :subject_id",
        subject_id=subject_id,
    )
    return 0 if row is None else number(row, "events")


async def days(tx: Transaction, subject_id: str, since: date, until: date) -> Sequence[DayRecord]:
    """List the days of a span, both ends included, that had events; oldest first."""
    rows = await tx.fetch(
        "SELECT day, total FROM activity_days"
        " WHERE subject_id = :subject_id AND day BETWEEN :since AND :until ORDER BY day",
        subject_id=subject_id,
        since=(since - EPOCH.date()).days,
        until=(until - EPOCH.date()).days,
    )
    return [DayRecord.from_row(row) for row in rows]


async def key_at(tx: Transaction, subject_id: str, index: int) -> EventKey | None:
    """Find the event that has `index` newer ones; None where there are not so many.

    The days tell in which one it is, so that only that day is stepped through.
    """
    row = await tx.fetch_one(
        "SELECT day, total, upto"
        " FROM (SELECT day, total, CAST(sum(total) OVER (ORDER BY day DESC) AS BIGINT) AS upto"
        " FROM activity_days WHERE subject_id = :subject_id) AS running"
        " WHERE upto > :index ORDER BY day DESC LIMIT 1",
        subject_id=subject_id,
        index=index,
    )
    if row is None or index < 0:
        return None
    day, in_day = number(row, "day"), number(row, "total")
    newer_in_day = index - (number(row, "upto") - in_day)
    is_late = newer_in_day >= in_day // 2
    order = _NEWER if is_late else _OLDER
    found = await tx.fetch_one(
        "SELECT at, seq FROM audit_events WHERE subject_id = :subject_id AND at >= :since AND at < :until"  # noqa: S608 - pieces of ours
        f" ORDER BY {order.by} LIMIT 1 OFFSET :steps",
        subject_id=subject_id,
        since=day * _DAY_MICROS,
        until=(day + 1) * _DAY_MICROS,
        steps=in_day - 1 - newer_in_day if is_late else newer_in_day,
    )
    return None if found is None else EventKey.from_row(found)


async def key_of(tx: Transaction, subject_id: str, event_id: str) -> EventKey | None:
    """Find one event of an account by its id; None where there is none, or it is another account's."""
    row = await tx.fetch_one(
        "SELECT at, seq FROM audit_events WHERE id = :event_id AND subject_id = :subject_id",
        event_id=event_id,
        subject_id=subject_id,
    )
    return None if row is None else EventKey.from_row(row)


async def index_of(tx: Transaction, subject_id: str, key: EventKey) -> int:
    """Tell how many events of an account are newer than a place."""
    day = to_micros(key.at) // _DAY_MICROS
    row = await tx.fetch_one(
        "SELECT (SELECT CAST(coalesce(sum(total), 0) AS BIGINT) FROM activity_days"
        " WHERE subject_id = :subject_id AND day > :day)"
        " + (SELECT count(*) FROM audit_events WHERE subject_id = :subject_id"
        " AND (at, seq) > (:at, :seq) AND at < :until) AS newer",
        subject_id=subject_id,
        day=day,
        at=key.at,
        seq=key.seq,
        until=(day + 1) * _DAY_MICROS,
    )
    return 0 if row is None else number(row, "newer")


@dataclass(frozen=True, slots=True)
class _Order:
    """One way through the events."""

    by: str
    beyond: str
    """How a place further on compares to one."""
    within: str
    """How a place not further on compares to one."""


_OLDER = _Order("at DESC, seq DESC", "<", ">=")
_NEWER = _Order("at ASC, seq ASC", ">", "<=")


async def _search(
    tx: Transaction,
    subject_id: str,
    start: EventKey | None,
    limit: int,
    sieve: Sieve,
    step: int,
    order: _Order,
    upto_seq: int | None = None,
) -> Slice:
    """Go one way from a place and take what the sieve lets through, in the order of the way."""
    where, params, edge = await _asked(tx, subject_id, start, sieve, step, order, upto_seq)
    rows = await tx.fetch(
        f"SELECT * FROM audit_events WHERE {' AND '.join(where)} ORDER BY {order.by} LIMIT :rows",  # noqa: S608 - pieces of ours
        **params,
        rows=limit + 1,
    )
    records = tuple(AuditRecord.from_row(row) for row in rows[:limit])
    return Slice(records, EventKey.of(records[-1]) if records and len(rows) > limit else edge)


async def _asked(
    tx: Transaction,
    subject_id: str,
    start: EventKey | None,
    sieve: Sieve,
    step: int,
    order: _Order,
    upto_seq: int | None,
) -> tuple[list[str], dict[str, Value], EventKey | None]:
    """Write one step of a search as conditions with their parameters, and tell where the step ends."""
    where = ["subject_id = :subject_id"]
    params: dict[str, Value] = {"subject_id": subject_id}
    if upto_seq is not None:
        where.append("seq <= :upto_seq")
        params["upto_seq"] = upto_seq
    if start is not None:
        where.append(f"(at, seq) {order.beyond} (:start_at, :start_seq)")
        params |= {"start_at": start.at, "start_seq": start.seq}
    if sieve.wants_all:
        return where, params, None
    edge = await _edge(tx, where, params, step, order)
    if edge is not None:
        where.append(f"(at, seq) {order.within} (:edge_at, :edge_seq)")
        params |= {"edge_at": edge.at, "edge_seq": edge.seq}
    pieces, more = condition(sieve)
    return where + pieces, params | more, edge


async def _edge(
    tx: Transaction, where: Sequence[str], params: Mapping[str, Value], step: int, order: _Order
) -> EventKey | None:
    """Find the last event that a search of so many looks at; None where it comes to the end before."""
    row = await tx.fetch_one(
        f"SELECT at, seq FROM audit_events WHERE {' AND '.join(where)}"  # noqa: S608 - pieces of ours
        f" ORDER BY {order.by} LIMIT 1 OFFSET :step",
        **params,
        step=step - 1,
    )
    return None if row is None else EventKey.from_row(row)
