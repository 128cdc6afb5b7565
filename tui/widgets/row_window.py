"""What of a list is loaded: a few pages that follow each other, whatever the length of the list."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Generic, TypeVar

from tui.widgets.row_pages import Page

R = TypeVar("R")
"""The type of a row."""

MOST_ROWS = 400
"""Where more are loaded, whole pages far from the view are dropped."""


class RowWindow(Generic[R]):
    """Pages in the list's order; marks at both ends tell where reading goes on."""

    def __init__(self, key: Callable[[R], Hashable]) -> None:
        """Begin with nothing loaded."""
        self.key = key
        """What makes a row the same row when it is read again."""
        self.rows: list[R] = []
        """The rows that are loaded."""
        self.start: int | None = None
        """How many rows of the list stand before the first loaded one, as far as that is known."""
        self._pages: list[Page[R]] = []
        self._fresh_rows: list[R] = []

    @property
    def is_loaded(self) -> bool:
        """Whether anything was read, be it an empty page."""
        return bool(self._pages)

    @property
    def before(self) -> object | None:
        """Where reading backwards goes on, None at the list's beginning."""
        return self._pages[0].before if self._pages else None

    @property
    def after(self) -> object | None:
        """Where reading on goes on, None at the list's end."""
        return self._pages[-1].after if self._pages else None

    def number_of(self, key: Hashable) -> int | None:
        """Where a row is among the loaded ones, None where it is not."""
        return next((number for number, row in enumerate(self.rows) if self.key(row) == key), None)

    def take_fresh(self) -> list[R]:
        """The rows that came since this was last asked."""
        fresh, self._fresh_rows = self._fresh_rows, []
        return fresh

    def see_all_anew(self) -> None:
        """Count every loaded row as one that just came."""
        self._fresh_rows = list(self.rows)

    def replace(self, page: Page[R]) -> None:
        """Have this page loaded and nothing else."""
        self._pages = [page]
        self.rows = list(page.rows)
        self.see_all_anew()
        self.start = page.index
        if page.before is None:
            self.start = 0

    def append(self, page: Page[R]) -> None:
        """Take in what follows; rows that are loaded already stay where they are."""
        fresh = self._fresh(page)
        if page.index is not None:
            self.start = max(0, page.index - len(self.rows))
        if fresh:
            self._pages.append(replace(page, rows=fresh))
            self.rows.extend(fresh)
            self._fresh_rows.extend(fresh)
        else:
            self._pages[-1] = replace(self._pages[-1], after=page.after)

    def prepend(self, page: Page[R]) -> int:
        """Take in what is before, and return how many rows that were."""
        fresh = self._fresh(page)
        if page.index is not None:
            self.start = page.index
        elif self.start is not None:
            self.start = max(0, self.start - len(fresh))
        if fresh:
            self._pages.insert(0, replace(page, rows=fresh))
            self.rows[:0] = fresh
            self._fresh_rows.extend(fresh)
        else:
            self._pages[0] = replace(self._pages[0], before=page.before)
        if page.before is None:
            self.start = 0
        return len(fresh)

    def trim(self, first: int, last: int) -> int:
        """Drop pages beyond the rows from `first` to `last`; return how many rows went at the beginning."""
        gone = 0
        while self._is_too_much and self._pages[1].before is not None:
            size = len(self._pages[0].rows)
            if size > first - gone:
                break
            self._pages.pop(0)
            del self.rows[:size]
            gone += size
            self.start = None if self.start is None else self.start + size
        while self._is_too_much and self._pages[-2].after is not None:
            size = len(self._pages[-1].rows)
            if len(self.rows) - size <= last - gone:
                break
            self._pages.pop()
            del self.rows[-size:]
        return gone

    def page_of(self, number: int) -> tuple[object | None, int]:
        """The mark before the page that holds a row, and where that page begins."""
        begin = 0
        for page in self._pages[:-1]:
            if number < begin + len(page.rows):
                return page.before, begin
            begin += len(page.rows)
        return (self._pages[-1].before if self._pages else None), begin

    def mark_after(self, number: int) -> object | None:
        """The mark after the page that holds a row."""
        end = 0
        for page in self._pages:
            end += len(page.rows)
            if number < end:
                return page.after
        return self.after

    @property
    def _is_too_much(self) -> bool:
        """Whether pages may be dropped."""
        return len(self._pages) > 1 and len(self.rows) > MOST_ROWS

    def _fresh(self, page: Page[R]) -> tuple[R, ...]:
        """The rows of a page that are not loaded yet."""
        known = {self.key(row) for row in self.rows}
        return tuple(row for row in page.rows if self.key(row) not in known)
