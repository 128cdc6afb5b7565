"""Activity: what happened to one's own account, page by page, and how much each day (R080, R113)."""

from __future__ import annotations

import json
from datetime import timedelta

from security.acting import Acting
from security.activity_facts import ActivityDays, ActivityEvent, ActivityMark, ActivityPage, ActivityQuery
from security.activity_kinds import KINDS
from security.facts import Secret
from security.gate import Gate
from security.refusals import NotFound, UnusableField
from security.safe_text import SafeText, sanitise
from security.storable import storable
from security.vocabulary import ActivityKind, EventName
from store import activity as activity_rows
from store.activity import EventKey, Sieve, Slice, Term
from store.audit import AuditRecord

LONGEST_PAGE = 500
"""Events of one page at most, however many are asked for."""

MOST_TERMS = 8
"""Words of one query at most."""

LONGEST_TERM = 128
"""Characters of one word at most."""


class Activity:
    """Reads what happened to the account of the person who asks, and to no other (R113)."""

    def __init__(self, gate: Gate) -> None:
        """Keep the gate."""
        self._gate = gate

    async def newest(self, token: Secret, query: ActivityQuery, limit: int) -> ActivityPage:
        """The first page.

        A page of a query may be short or empty and yet have older events beyond it: each call looks at
        a bounded number of events, so that it answers in time whatever it finds.

        Raises:
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        return await self.older(token, query, None, limit)

    async def oldest(self, token: Secret, query: ActivityQuery, limit: int) -> ActivityPage:
        """The last page.

        Raises:
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        return await self.newer(token, query, None, limit)

    async def older(
        self, token: Secret, query: ActivityQuery, below: ActivityMark | None, limit: int
    ) -> ActivityPage:
        """The page below a place; from the newest event on where there is none.

        Raises:
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        sieve = sieve_of(query)
        async with self._gate.look(token) as acting:
            found = await activity_rows.older(
                acting.tx, acting.account.id, _key(below), _bounded(limit), sieve
            )
            newer = None if below is None else _first_mark(found) or below
            return await _page(acting, found, query, newer=newer, older=_mark(found.reached))

    async def newer(
        self, token: Secret, query: ActivityQuery, above: ActivityMark | None, limit: int
    ) -> ActivityPage:
        """The page above a place; from the oldest event on where there is none.

        Raises:
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        sieve = sieve_of(query)
        async with self._gate.look(token) as acting:
            found = await activity_rows.newer(
                acting.tx, acting.account.id, _key(above), _bounded(limit), sieve
            )
            older = None if above is None else _last_mark(found) or above
            return await _page(acting, found, query, newer=_mark(found.reached), older=older)

    async def at(self, token: Secret, index: int, limit: int) -> ActivityPage:
        """The page that begins with the event that has `index` newer ones; the last page beyond the end.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        everything = ActivityQuery()
        async with self._gate.look(token) as acting:
            account_id = acting.account.id
            key = await activity_rows.key_at(acting.tx, account_id, max(0, index))
            if key is None:
                found = await activity_rows.newer(acting.tx, account_id, None, _bounded(limit))
                return await _page(acting, found, everything, newer=_mark(found.reached), older=None)
            above = EventKey(key.at, key.seq + 1)
            found = await activity_rows.older(acting.tx, account_id, above, _bounded(limit))
            newer = _first_mark(found) if index > 0 else None
            return await _page(acting, found, everything, newer=newer, older=_mark(found.reached))

    async def mark(self, token: Secret, event_id: str) -> ActivityMark:
        """The place of one event, to go on from.

        Raises:
            NotFound: no event of this account has the id.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            key = await activity_rows.key_of(acting.tx, acting.account.id, storable(event_id))
        if key is None:
            raise NotFound
        return ActivityMark(key.at, key.seq)

    async def total(self, token: Secret) -> int:
        """How many events there are, without counting them.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            return await activity_rows.total(acting.tx, acting.account.id)

    async def days(self, token: Secret, span: int = 30) -> ActivityDays:
        """How many events each of the last days had, today's included; days are days in UTC.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            today = acting.at.date()
            first = today - timedelta(days=span - 1)
            found = await activity_rows.days(acting.tx, acting.account.id, first, today)
        totals = {one.day: one.total for one in found}
        return ActivityDays(
            first, tuple(totals.get(first + timedelta(days=later), 0) for later in range(span))
        )


def is_by_other(record: AuditRecord) -> bool:
    """Whether somebody else did it; an operator has no account, and stands in the details."""
    if record.actor_id is None:
        return "operator" in json.loads(record.details)
    return record.actor_id != record.subject_id


def sieve_of(query: ActivityQuery) -> Sieve:
    """A query as the store takes it.

    Raises:
        UnusableField: it has too many words, or too long ones.
    """
    terms = query.terms
    if len(terms) > MOST_TERMS or any(len(term.text) > LONGEST_TERM for term in terms):
        raise UnusableField("filter", "too_long")
    names = KINDS.get(query.kind) if query.kind is not None else None
    return Sieve(
        names=None if names is None else frozenset(names),
        failures_only=query.kind is ActivityKind.FAILURES,
        terms=tuple(Term(storable(term.text), frozenset(term.names), term.failures) for term in terms),
    )


def _bounded(limit: int) -> int:
    """A page's length within its bounds."""
    return max(1, min(limit, LONGEST_PAGE))


async def _page(
    acting: Acting,
    found: Slice,
    query: ActivityQuery,
    *,
    newer: ActivityMark | None,
    older: ActivityMark | None,
) -> ActivityPage:
    """What was found as a page; where nothing is left out it knows its index and the total."""
    index = total = None
    if query.wants_all:
        total = await activity_rows.total(acting.tx, acting.account.id)
        index = total
        if found.records:
            first = EventKey.of(found.records[0])
            index = await activity_rows.index_of(acting.tx, acting.account.id, first)
    events = tuple(_event(record) for record in found.records)
    return ActivityPage(events, newer=newer, older=older, index=index, total=total)


def _event(record: AuditRecord) -> ActivityEvent:
    """An audit record as its subject may see it."""
    return ActivityEvent(
        id=record.id,
        mark=ActivityMark(record.at, record.seq),
        name=EventName.kept(record.name),
        was_success=record.outcome == "success",
        reason=sanitise(record.reason),
        client=sanitise(record.client),
        source_ip=sanitise(record.source_ip),
        session=None if record.session is None else sanitise(record.session),
        node=sanitise(record.node),
        is_by_other=is_by_other(record),
        details=_details(record.details),
    )


def _details(written: str) -> tuple[tuple[SafeText, SafeText], ...]:
    """The further facts of an event, by name."""
    found: dict[str, object] = json.loads(written)
    return tuple((sanitise(name), sanitise(value)) for name, value in sorted(found.items()))


def _key(mark: ActivityMark | None) -> EventKey | None:
    """A mark as the store takes it."""
    return None if mark is None else EventKey(mark.at, mark.seq)


def _mark(key: EventKey | None) -> ActivityMark | None:
    """A place of the store as a mark."""
    return None if key is None else ActivityMark(key.at, key.seq)


def _first_mark(found: Slice) -> ActivityMark | None:
    """The place of the newest event of a slice."""
    return _mark(EventKey.of(found.records[0])) if found.records else None


def _last_mark(found: Slice) -> ActivityMark | None:
    """The place of the oldest event of a slice."""
    return _mark(EventKey.of(found.records[-1])) if found.records else None
