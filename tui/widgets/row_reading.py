"""Reading for a list: which pages are asked for and when, what is still owed to the person; no terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Generic, TypeVar

from tui.answers import NotDone
from tui.widgets.row_pages import FixedPages, Page, Pages
from tui.widgets.row_renewal import read_again
from tui.widgets.row_view import RowView, Side

R = TypeVar("R")
"""The type of a row."""

LEAST_LIMIT = 48
"""The fewest rows that a page is asked for."""

LANDING_EXTRA = 8
"""Rows beyond the view that the first page brings; more is read once it is drawn."""

MOST_OWED = 10_000
"""The furthest that keys pressed during a reading lead."""


class Aim(Enum):
    """What a reading is for."""

    FIRST = "first"
    LAST = "last"
    AT = "at"
    RENEW = "renew"
    MORE = "more"

    @property
    def is_jump(self) -> bool:
        """Whether the person waits to be somewhere else, where everything is read anew."""
        return self in (Aim.FIRST, Aim.LAST, Aim.AT)


@dataclass(eq=False, slots=True)
class Errand:
    """One reading."""

    aim: Aim
    index: int = 0
    """Where to, for `AT`."""
    is_wanted_again: bool = False
    """Something changed while it was under way."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A move that waits for rows."""

    move: Callable[[int], int]
    """One of the view's moves."""
    left: int
    """How far it still goes."""


class RowReading(Generic[R]):
    """Reads pages into a view, one errand at a time."""

    def __init__(
        self, view: RowView[R], changed: Callable[[], None], began: Callable[[], None] = lambda: None
    ) -> None:
        """Begin without a source.

        `changed` is called when there is something to draw, `began` before it for another source's rows.
        """
        self.view = view
        """What is loaded and in view."""
        self.pages: Pages[R] | None = None
        """The source."""
        self.total: int | None = None
        """How many rows the source has, where it tells."""
        self.errand: Errand | None = None
        """What is under way."""
        self.note = ""
        """How far a search has come."""
        self.is_stopped = False
        """The person has ended a search."""
        self.failure: NotDone | None = None
        """Why the last reading failed; None where it did not."""
        self._changed = changed
        self._began = began
        self._is_other = True
        self._owed: Owed | None = None
        self._is_scan = False

    @property
    def limit(self) -> int:
        """How many rows a page is asked for that is to be gone on with: three views."""
        return max(LEAST_LIMIT, 3 * self.view.room)

    @property
    def landing_limit(self) -> int:
        """How many rows a page is asked for that the person waits for: little more than a view."""
        return self.view.room + LANDING_EXTRA

    @property
    def is_waiting(self) -> bool:
        """Whether the person waits for what is under way."""
        if self.errand is None:
            return False
        return self.errand.aim.is_jump or self._owed is not None or self.view.lacks() is not None

    @property
    def is_searching(self) -> bool:
        """Whether the person waits for a search, which they may end."""
        return self._is_scan and self.is_waiting

    def use(self, pages: Pages[R]) -> None:
        """Take another source; nothing of the one before is left."""
        self.pages, self.total = pages, None
        self.note, self.failure, self._owed = "", None, None
        self.is_stopped = self._is_scan = False
        self._is_other = True

    def take_whole(self, rows: FixedPages[R]) -> None:
        """Take a short list that is there as a whole, by difference to what is loaded."""
        if self.view.window.is_loaded:
            self.view.renew(rows.page)
        else:
            self._began()
            self.view.begin(rows.page)
        self.use(rows)
        self.total, self._is_other = len(rows.page.rows), False
        self._changed()

    def wants_start(self, errand: Errand) -> bool:
        """Whether an errand is to begin now, in place of what is under way; keeps it as the present one."""
        present = self.errand
        if self.pages is None:
            return False
        if present is not None and not errand.aim.is_jump:
            if errand.aim is Aim.RENEW:
                present.is_wanted_again |= present.aim in (Aim.RENEW, Aim.MORE)
            return False
        self.errand = errand
        return True

    @property
    def is_short(self) -> bool:
        """Whether rows are wanting that the person waits for."""
        return self._wanting(is_ahead=False) is not None

    @property
    def is_short_ahead(self) -> bool:
        """Whether rows are wanting, be it only to have them at hand."""
        return self._wanting(is_ahead=True) is not None

    def go(self, move: Callable[[int], int], by: int) -> None:
        """Make one of the view's moves; what it could not go for want of rows is owed."""
        self.is_stopped = self.is_stopped and by == 0
        owed = self._owed
        if owed is not None and owed.move == move and (owed.left > 0) == (by > 0):
            by += owed.left
        left = min(max(move(by), -MOST_OWED), MOST_OWED)
        self._owed = Owed(move, left) if left else None

    def stop(self) -> None:
        """End what is under way; a search stays ended until the person moves on."""
        self.is_stopped = self._is_scan
        self.errand = self._owed = None

    async def run(self, errand: Errand) -> None:
        """Do an errand to its end; refusals and troubles of the source pass.

        Raises:
            Refusal: the source says no.
            StoreTrouble: it cannot be read.
        """
        pages = self.pages
        if pages is None:
            return
        try:
            await self._arrive(errand, pages)
            self.failure = None
            await self._fill(pages, errand)
            while errand.is_wanted_again:
                errand.is_wanted_again = False
                await self._renew(pages)
                await self._fill(pages, errand)
        finally:
            if self.errand is errand:
                self.errand = None
        self._changed()

    async def _arrive(self, errand: Errand, pages: Pages[R]) -> None:
        """Do what the errand is for."""
        match errand.aim:
            case Aim.MORE:
                return
            case Aim.RENEW if self.view.window.is_loaded:
                await self._renew(pages)
            case Aim.LAST:
                page = await pages.last(self.landing_limit)
                await self._land(page, pages, self.view.end)
            case Aim.AT:
                there = await pages.at(errand.index, self.landing_limit)
                if there is not None and there.rows:
                    await self._land(there, pages, self.view.begin)
                elif there is not None:  # fewer rows than there were when the bar was drawn
                    await self._land(await pages.last(self.landing_limit), pages, self.view.end)
            case _:
                page = await pages.first(self.landing_limit)
                await self._land(page, pages, self.view.begin)

    async def _land(self, page: Page[R], pages: Pages[R], take: Callable[[Page[R]], None]) -> None:
        """Take a page that is somewhere else."""
        self.total = await pages.total()
        self._owed = None
        self._scanned(page)
        if self._is_other:
            self._is_other = False
            self._began()
        take(page)
        self._place()
        self._changed()

    async def _renew(self, pages: Pages[R]) -> None:
        """Read again what is around the cursor."""
        page = await read_again(pages, self.view, self.limit)
        self.total = await pages.total()
        self._scanned(page)
        self.view.renew(page)
        self._place()
        self._changed()

    async def _fill(self, pages: Pages[R], errand: Errand) -> None:
        """Read on until nothing is wanting; only an errand of its own reads ahead."""
        window = self.view.window
        while (side := self._wanting(is_ahead=errand.aim is Aim.MORE)) is not None:
            if side is Side.AFTER:
                mark = window.after
                page = await pages.after(mark, self.limit)
                if not page.rows and page.after == mark:
                    page = replace(page, after=None)
            else:
                mark = window.before
                page = await pages.before(mark, self.limit)
                if not page.rows and page.before == mark:
                    page = replace(page, before=None)
            self._scanned(page)
            self.view.add(side, page)
            self._place()
            owed, self._owed = self._owed, None
            if owed is not None:
                self.go(owed.move, owed.left)
            self._changed()

    def _wanting(self, *, is_ahead: bool) -> Side | None:
        """Where rows are wanting: for an owed move, for the view, or to have a view of them at hand."""
        window = self.view.window
        if self.is_stopped or not window.is_loaded:
            return None
        if self._owed is not None:
            side = Side.AFTER if self._owed.left > 0 else Side.BEFORE
            if (window.after if side is Side.AFTER else window.before) is not None:
                return side
        return self.view.lacks(self.view.room if is_ahead and not self._is_scan else 0)

    def _scanned(self, page: Page[R]) -> None:
        """Learn from a page whether this is a search, which reads no further than it must."""
        has_more = page.after is not None or page.before is not None
        self._is_scan = has_more and (bool(page.note) or not page.rows)
        self.note = page.note

    def _place(self) -> None:
        """Hold what is known of the place against the total."""
        window, total = self.view.window, self.total
        if total is None:
            return
        if window.after is None:
            window.start = max(0, total - len(window.rows))
        elif window.start is not None:
            window.start = max(0, min(window.start, total - len(window.rows) - 1))
