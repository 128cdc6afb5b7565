"""Which tabs each room has, and what stands beside their names."""

from __future__ import annotations

from tui.messages import Place
from tui.visit import Visit
from tui.widgets.navigation import GENERAL, SECURITY, Room
from tui.widgets.tab_strip import Tab

_TABS = {
    GENERAL: {Place.GENERAL: "You", Place.GENERAL_SESSIONS: "Sessions"},
    SECURITY: {
        Place.OVERVIEW: "Overview",
        Place.PASSWORD: "Password",
        Place.TWO_FACTOR: "Two-factor",
        Place.SESSIONS: "Sessions",
        Place.ACTIVITY: "Activity",
    },
}
"""The tabs of each room."""


def room_of(place: Place) -> Room:
    """Return the room that a place belongs to."""
    return next(room for room, places in _TABS.items() if place in places)


def tabs_of(room: Room, visit: Visit) -> tuple[Tab, ...]:
    """Return the tabs of a room, with a mark where two-factor is on and the number of sessions."""
    alive = visit.sessions_alive
    count = "" if alive is None else str(alive)
    marks = {
        Place.TWO_FACTOR: "✓" if visit.account.has_two_factor else "",
        Place.SESSIONS: count,
        Place.GENERAL_SESSIONS: count,
    }
    return tuple(Tab(place, label, marks.get(place, "")) for place, label in _TABS[room].items())
