"""Facts of the activity: one's own events, a page of them, and how many each day had; nothing heavy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from security.safe_text import SafeText
from security.secret import Secret
from security.vocabulary import ActivityKind, EventName


@dataclass(frozen=True, slots=True)
class ActivityMark:
    """A place between two events, to go on from."""

    at: datetime
    """The time of the event that the place is next to, aware UTC."""
    seq: int
    """Parts events of one moment."""


@dataclass(frozen=True, slots=True)
class ActivityEvent:
    """One event of the person's own account."""

    id: str
    """UUIDv7 in text form; may be shown."""
    mark: ActivityMark
    """Its place in the order of the events."""
    name: EventName
    was_success: bool
    """False where it was refused or failed."""
    reason: SafeText
    """Why, as a tag of the rules; empty where nothing needs one."""
    client: SafeText
    """The device it was done with."""
    source_ip: SafeText
    session: SafeText | None
    """The beginning of the hash of the session it was done in; None outside of any."""
    node: SafeText
    """The machine of the program that wrote it."""
    is_by_other: bool
    """Somebody else did it: an administrator."""
    details: tuple[tuple[SafeText, SafeText], ...]
    """Whatever else belongs to it: name and value."""

    @property
    def at(self) -> datetime:
        """When it happened, aware UTC."""
        return self.mark.at


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Some events in a row, newest first, all of one snapshot."""

    events: tuple[ActivityEvent, ...]
    newer: ActivityMark | None
    """Newer ones may lie beyond this place; None where there are none."""
    older: ActivityMark | None
    """Older ones may lie beyond this place; None where there are none."""
    index: int | None
    """How many events are newer than the first of the page; None where a query leaves some out."""
    total: int | None
    """How many events there are; None where a query leaves some out."""


@dataclass(frozen=True, slots=True)
class ActivityDays:
    """How many events each of the last days had."""

    first: date
    """The first of the days, in UTC."""
    counts: tuple[int, ...]
    """One figure a day, oldest first; the last one is today's."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class ActivityTerm:
    """One word that an event must hold, or be called by."""

    text: str
    """Looked for in the event's name, device, address and reason."""
    names: frozenset[EventName] = frozenset()
    """Events that match in any case, because the words that a person reads for them hold the text."""
    failures: bool = False
    """Whether what was refused or failed matches in any case, because the word for that holds the text."""


@dataclass(frozen=True, slots=True)
class ActivityQuery:
    """Which events are wanted; an empty one wants all."""

    kind: ActivityKind | None = None
    """Only events of this kind."""
    terms: tuple[ActivityTerm, ...] = ()
    """Each of these must match."""

    @property
    def wants_all(self) -> bool:
        """Whether nothing is left out."""
        return self.kind is None and not self.terms


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of an export, whole ones."""

    total: int
    """How many events it and the pieces before it hold."""
    data: bytes = field(repr=False)
    """The lines as they stand in the file; nothing in them is obeyed by a terminal."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was allowed and audited, and is read as it is taken."""

    total: int
    """How many events it holds."""
    take: Callable[[Secret], Awaitable[Piece | None]] = field(repr=False)
    """The next piece, by the token that the session has by then; None at the end. A refusal moves nothing."""
    pieces: AsyncIterator[Piece] = field(repr=False)
    """All of it, in order, by the token that it was allowed with. Take it this way or that."""
