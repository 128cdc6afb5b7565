"""Where a list's rows come from: pages by key, so that no list is ever read as a whole.

A mark is a place in the order, of the source's own making: the key of a row, or how far a search has come.
The list keeps marks and gives them back; it never looks into one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
"""The type of a row."""

R_co = TypeVar("R_co", covariant=True)
"""The type of a row that a source gives."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """Rows that follow each other; it may be empty where a search found nothing in one bounded step."""

    rows: tuple[R_co, ...]
    """The rows in the list's order, also where they were read backwards."""
    before: object | None
    """The mark for `Pages.before` to read the rows directly before these: the first row's key, or how far a
    search has come; None where nothing is before."""
    after: object | None
    """The mark for `Pages.after` to read the rows that follow directly: the last row's key, or how far a
    search has come; None where nothing follows."""
    index: int | None = None
    """How many rows of the list stand before the first one, where that is known."""
    note: str = ""
    """How far a search has come, in our words that follow "Searching… back to" ("3 March 2026")."""


class Pages(Protocol[R_co]):
    """A source of rows. Every method takes time in proportion to the limit alone, at any depth.

    What it raises of `tui.answers.NOT_DONE` is shown in words; anything else passes.
    """

    async def first(self, limit: int) -> Page[R_co]:
        """The first rows; `before` is None, `index` 0."""

    async def after(self, mark: object, limit: int) -> Page[R_co]:
        """The rows strictly after a mark, the nearest first to come; `before` is never None."""

    async def before(self, mark: object, limit: int) -> Page[R_co]:
        """The nearest rows strictly before a mark, in the list's order; `after` is never None."""

    async def last(self, limit: int) -> Page[R_co]:
        """The last rows, in the list's order; `after` is None."""

    async def at(self, index: int, limit: int) -> Page[R_co] | None:
        """The rows from a number on, for the scroll bar; None where rows cannot be counted (a search)."""

    async def total(self) -> int | None:
        """How many rows there are, or None where counting them would take long."""


class FixedPages(Generic[R]):
    """A short list that is there as a whole: one page, whatever the limit."""

    def __init__(self, rows: Iterable[R]) -> None:
        """Keep the rows."""
        self.page = Page(tuple(rows), None, None, 0)
        """The one page."""

    async def first(self, limit: int) -> Page[R]:
        """Everything."""
        return self.page

    async def after(self, mark: object, limit: int) -> Page[R]:
        """Everything; nobody has a mark to ask with."""
        return self.page

    async def before(self, mark: object, limit: int) -> Page[R]:
        """Everything; nobody has a mark to ask with."""
        return self.page

    async def last(self, limit: int) -> Page[R]:
        """Everything."""
        return self.page

    async def at(self, index: int, limit: int) -> Page[R]:
        """Everything."""
        return self.page

    async def total(self) -> int:
        """How many rows there are."""
        return len(self.page.rows)
