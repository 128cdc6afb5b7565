"""The activity as a list reads it: pages of one query, through the visit's own session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from security.activity import Activity
from security.activity_facts import ActivityEvent, ActivityMark, ActivityPage, ActivityQuery
from security.facts import Secret
from tui.visit import NotSignedIn, Visit
from tui.widgets.row_pages import Page

NOTHING: Page[ActivityEvent] = Page((), None, None, 0)
"""What a terminal reads that has just signed out; nobody sees it."""

_Read = Callable[[Activity, Secret], Awaitable[ActivityPage]]
"""One reading of the flow."""


class ActivityPages:
    """Reads the events that a query wants, for as long as the visit is signed in."""

    def __init__(self, visit: Visit, query: ActivityQuery, words: Callable[[datetime], str]) -> None:
        """Keep whose activity it is, what is wanted of it, and how a date is told."""
        self._visit = visit
        self._query = query
        self._words = words

    async def first(self, limit: int) -> Page[ActivityEvent]:
        """The newest events."""
        return await self._page(lambda flow, token: flow.newest(token, self._query, limit))

    async def after(self, mark: object, limit: int) -> Page[ActivityEvent]:
        """Events older than a mark."""
        below = _mark(mark)
        return await self._page(lambda flow, token: flow.older(token, self._query, below, limit))

    async def before(self, mark: object, limit: int) -> Page[ActivityEvent]:
        """Events newer than a mark."""
        above = _mark(mark)
        return await self._page(lambda flow, token: flow.newer(token, self._query, above, limit))

    async def last(self, limit: int) -> Page[ActivityEvent]:
        """The oldest events."""
        return await self._page(lambda flow, token: flow.oldest(token, self._query, limit))

    async def at(self, index: int, limit: int) -> Page[ActivityEvent] | None:
        """The events from a number on; None for a query that leaves some out."""
        if not self._query.wants_all:
            return None
        return await self._page(lambda flow, token: flow.at(token, index, limit))

    async def total(self) -> int | None:
        """How many there are; None for a query that leaves some out."""
        if not self._query.wants_all:
            return None
        services = await self._visit.ready()
        try:
            token = self._visit.token
        except NotSignedIn:
            return 0
        return await services.activity.total(token)

    async def _page(self, read: _Read) -> Page[ActivityEvent]:
        """Read one page and say how far its search has come."""
        services = await self._visit.ready()
        try:
            token = self._visit.token
        except NotSignedIn:
            return NOTHING
        page = await read(services.activity, token)
        reached = page.older or page.newer
        note = "" if page.events or reached is None else self._words(reached.at)
        return Page(page.events, before=page.newer, after=page.older, index=page.index, note=note)


def _mark(mark: object) -> ActivityMark:
    """A mark as it was given to the list."""
    if not isinstance(mark, ActivityMark):
        raise TypeError("not a mark of the activity")
    return mark
