"""What became of the sessions while somebody looked: which are new, and which have just ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from security.facts import SessionsView, SessionView
from tui.words.moments import until_relative_changes
from tui.words.sessions import (
    address_words,
    device_words,
    last_active_words,
    place_words,
    signed_in_words,
    state_words,
)

SHOWN_ENDED = timedelta(seconds=5)
"""How long the row of a session that has just ended still stands, and says so."""

READ_AGAIN_SECONDS = 60.0
"""Sessions elsewhere tell of their activity at most once a minute, and not through the feed of changes."""

LEAST_SECONDS = 0.5
"""However soon words change, nothing is read again before."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the list shows it now."""

    session: SessionView
    active: str
    """When something was done there last, in words."""
    signed_in: str
    """When it began, as narrow as it can be told."""
    is_new: bool = False
    """It began while the person looks at the page."""

    @property
    def is_over(self) -> bool:
        """Whether it has just ended; there is nothing to do with it any more."""
        return self.session.ended_at is not None

    def has(self, words: str) -> bool:
        """Tell whether every word of a filter stands in the row, in what is shown of it or not."""
        session = self.session
        said = (
            *(device_words(session), session.client, session.source_ip, address_words(session)),
            *(place_words(session), self.active, "NEW" if self.is_new else "", *state_words(session)),
        )
        text = " ".join(said).casefold()
        return all(word in text for word in words.casefold().split())


class SessionWatch:
    """Holds each reading against the one before."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._alive: dict[str, SessionView] = {}
        self._ended: dict[str, tuple[SessionView, datetime]] = {}
        self._seen: set[str] = set()
        self._new: set[str] = set()
        self._is_first = True

    def take(self, view: SessionsView) -> None:
        """Take a reading: what began since the first is new, what ended since the last has just ended."""
        ids = {session.id for session in view.sessions}
        if not self._is_first:
            self._new |= ids - self._seen
        self._is_first = False
        self._seen |= ids
        for session in view.just_ended:
            if session.id in self._alive:
                self._ended[session.id] = (session, view.read_at)
        self._ended = {
            key: (session, at)
            for key, (session, at) in self._ended.items()
            if key not in ids and view.read_at - at < SHOWN_ENDED
        }
        self._alive = {session.id: session for session in view.sessions}

    def acknowledge(self) -> None:
        """Take what was new as seen."""
        self._new.clear()

    def rows(self, view: SessionsView, zone: tzinfo | None) -> tuple[SessionRow, ...]:
        """What is alive and what has just ended: the current one first, then by last activity."""
        sessions = sorted(
            [*view.sessions, *(session for session, _ in self._ended.values())],
            key=lambda one: (one.is_current, one.last_active_at),
            reverse=True,
        )
        return tuple(
            SessionRow(
                one,
                "ended" if one.ended_at is not None else last_active_words(one, view.read_at),
                signed_in_words(one, view.read_at, zone),
                one.id in self._new and one.ended_at is None,
            )
            for one in sessions
        )

    def seconds_left(self, view: SessionsView) -> float:
        """Seconds until some words of these rows are out of date."""
        words = [
            until_relative_changes(one.last_active_at, view.read_at)
            for one in view.sessions
            if not one.is_current
        ]
        ended = [(SHOWN_ENDED - (view.read_at - at)).total_seconds() for _, at in self._ended.values()]
        return max(LEAST_SECONDS, min([READ_AGAIN_SECONDS, *words, *ended]))
