"""The export of one's own activity: fresh proof, audited, of one moment, a page in memory at a time (R079).

The moment is a place in the organisation's chain, which only grows: what came until then is exported,
whatever comes while it is written. So no snapshot is held for as long as a slow disk takes, which would let
a log grow and keep a connection, and each page passes the gate: a session that is revoked while it exports
gets no further page (R052). What the retention erases in the meantime is noticed by the count.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from security.activity import is_by_other, sieve_of
from security.activity_facts import Export, Piece
from security.export_forms import Cell, encoder, rfc3339
from security.refusals import ExportOvertaken, SessionOver
from security.vocabulary import EventName, ExportForm
from store import activity as activity_rows
from store import audit as audit_rows
from store.activity import EventKey, Sieve

if TYPE_CHECKING:
    from security.acting import Acting
    from security.activity_facts import ActivityQuery
    from security.export_forms import Csv, JsonLines
    from security.facts import Secret
    from security.gate import Gate
    from security.journal import Journal
    from security.origin import Origin
    from security.places import Places
    from store.audit import AuditRecord

PAGE = 500
"""Events that are held at once."""

COUNTED_AT_ONCE = 20_000
"""Events that one statement of a count looks at, so that none comes near a server's patience."""

PLACES_KEPT = 1000
"""Addresses whose places are remembered while one export lasts."""

COLUMNS = (
    "time",
    "event",
    "outcome",
    "reason",
    "client",
    "source_address",
    "place",
    "session",
    "by_other",
    "node",
    "details",
    "event_id",
)
"""What is told of an event, in this order; never its number in the chain, which counts what others did."""


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is exported."""

    account_id: str
    sieve: Sieve
    upto_seq: int
    """The place in the chain that is the moment of the export."""
    total: int


class ActivityExport:
    """Writes what happened to the account of the person who asks, and to no other (R113)."""

    def __init__(self, gate: Gate, journal: Journal, places: Places) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._journal = journal
        self._places = places

    async def count(self, token: Secret, query: ActivityQuery) -> int:
        """How many events an export would hold now; nothing is audited, as nothing leaves.

        Raises:
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        return (await self._selected(token, query, is_for_good=False)).total

    async def begin(self, token: Secret, query: ActivityQuery, origin: Origin, form: ExportForm) -> Export:
        """Allow an export, audit it with form and count, and give its pieces, oldest event first.

        The pieces are read as they are taken, and each raises what `begin` raises, and ExportOvertaken where
        events were erased before they were read: then what was taken is not all, and must not be kept.

        Raises:
            ReauthenticationNeeded: the last proof is older than five minutes.
            UnusableField: the query is too long.
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        selection = await self._selected(token, query, is_for_good=True)
        async with self._gate.act(token, EventName.ACTIVITY_EXPORTED, origin) as acting:
            acting.require_fresh()
            details = {
                "form": form.value,
                "events": str(selection.total),
                "kind": "all" if query.kind is None else query.kind.value,
                "filtered": "true" if query.terms else "false",
            }
            await self._journal.told(acting, EventName.ACTIVITY_EXPORTED, origin, details=details)
        reading = _Reading(self._gate, selection, encoder(form, COLUMNS), _Remembered(self._places, origin))
        return Export(selection.total, reading.take, reading.pieces(token))

    async def _selected(self, token: Secret, query: ActivityQuery, *, is_for_good: bool) -> _Selection:
        """Take the moment, and count what there is of it."""
        sieve = sieve_of(query)
        async with self._gate.look(token) as acting:
            if is_for_good:
                acting.require_fresh()
            account_id = acting.account.id
            upto_seq = await audit_rows.last_seq(acting.tx, acting.account.org_id)
            if sieve.wants_all:
                total = await activity_rows.total(acting.tx, account_id)
                return _Selection(account_id, sieve, upto_seq, total)
        total, above = 0, None
        while True:
            async with self._gate.look(token) as acting:
                found, above = await activity_rows.count(
                    acting.tx, account_id, above, sieve, COUNTED_AT_ONCE, upto_seq=upto_seq
                )
            total += found
            if above is None:
                return _Selection(account_id, sieve, upto_seq, total)


class _Reading:
    """How far an export has come: each page is read once, under a token that holds then."""

    def __init__(
        self, gate: Gate, selection: _Selection, written: Csv | JsonLines, places: _Remembered
    ) -> None:
        """Nothing is read yet."""
        self._gate = gate
        self._selection = selection
        self._written = written
        self._places = places
        self._head = written.begin()
        self._above: EventKey | None = None
        self._total = 0
        self._is_over = False

    async def pieces(self, token: Secret) -> AsyncIterator[Piece]:
        """All that is left, under one token."""
        while (piece := await self.take(token)) is not None:
            yield piece

    async def take(self, token: Secret) -> Piece | None:
        """The next piece, or None at the end, which comes only where all of it was there."""
        while not self._is_over:
            async with self._gate.look(token) as acting:
                found = await self._page(acting)
            self._above = found.reached
            self._is_over = found.reached is None
            self._total += len(found.records)
            if self._is_over and self._total != self._selection.total:
                raise ExportOvertaken
            places = self._places
            rows = [_row(record, await places.of(record.source_ip)) for record in reversed(found.records)]
            head, self._head = self._head, b""
            if head or rows:
                return Piece(self._total, head + self._written.lines(rows))
        return None

    async def _page(self, acting: Acting) -> activity_rows.Slice:
        """One page.

        Raises:
            SessionOver: the token is another person's, who was allowed nothing.
        """
        selection = self._selection
        if acting.account.id != selection.account_id:
            raise SessionOver("unknown")
        return await activity_rows.newer(
            acting.tx, acting.account.id, self._above, PAGE, selection.sieve, upto_seq=selection.upto_seq
        )


class _Remembered:
    """The places of addresses; the newest are remembered, as most events come from few of them."""

    def __init__(self, places: Places, origin: Origin) -> None:
        """Remember nothing yet; a place is asked for by way of an origin."""
        self._places = places
        self._asking = replace(origin, city=None, country=None)
        self._known: OrderedDict[str, str | None] = OrderedDict()

    async def of(self, source_ip: str) -> str | None:
        """City and country of an address, or None where nobody knows."""
        if source_ip not in self._known:
            placed = await self._places.placed(replace(self._asking, source_ip=source_ip))
            known = [part for part in (placed.city, placed.country) if part]
            self._known[source_ip] = ", ".join(known) or None
            if len(self._known) > PLACES_KEPT:
                self._known.popitem(last=False)
        return self._known[source_ip]


def _row(record: AuditRecord, place: str | None) -> Mapping[str, Cell]:
    """An event as its subject may have it, as it is stored."""
    return {
        "time": rfc3339(record.at),
        "event": record.name,
        "outcome": record.outcome,
        "reason": record.reason,
        "client": record.client,
        "source_address": record.source_ip,
        "place": place,
        "session": record.session,
        "by_other": is_by_other(record),
        "node": record.node,
        "details": record.details,
        "event_id": record.id,
    }
