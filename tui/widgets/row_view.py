"""What of the loaded rows is in view, and where the cursor is; every move is made here, terminal or not."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from typing import Generic, TypeVar

from tui.widgets.row_pages import Page
from tui.widgets.row_window import RowWindow

R = TypeVar("R")
"""The type of a row."""


class Side(Enum):
    """A direction in which more is to be read."""

    BEFORE = "before"
    AFTER = "after"


class RowView(Generic[R]):
    """A view of `room` whole rows over the loaded ones; the cursor is always in it.

    Where the cursor is led over the edge by a step the view goes half its height further, because each move
    of the view draws every line again and each step within it draws two.
    """

    def __init__(self, key: Callable[[R], Hashable]) -> None:
        """Begin with nothing loaded."""
        self.window: RowWindow[R] = RowWindow(key)
        """What is loaded."""
        self.top = 0
        """The loaded row that stands first in view."""
        self.cursor = 0
        """The loaded row under the cursor."""
        self.room = 1
        """How many whole rows are in view."""

    @property
    def current(self) -> R | None:
        """The row under the cursor, None in an empty list."""
        return self.window.rows[self.cursor] if self.cursor < len(self.window.rows) else None

    @property
    def index(self) -> int | None:
        """How many rows of the list stand above the view, where that is known."""
        return None if self.window.start is None else self.window.start + self.top

    def lacks(self, reserve: int = 0) -> Side | None:
        """Where rows are wanting, in view or among `reserve` beyond it, and where there are more to read."""
        window, below = self.window, len(self.window.rows) - self.top - self.room
        if below < reserve and window.after is not None:
            return Side.AFTER
        if (below < 0 or self.top < reserve) and window.before is not None:
            return Side.BEFORE
        return None

    def take_room(self, room: int) -> None:
        """Have another number of rows in view."""
        self.room = max(1, room)
        self._settle()

    # Moves; each returns how far it could not go because rows are not loaded.

    def move(self, by: int) -> int:
        """Lead the cursor so many rows on."""
        self.cursor, left = self._within(self.cursor + by)
        if not self.top <= self.cursor < self.top + self.room:
            self.top = self.cursor - self.room // 2
        self._settle()
        return left

    def shift(self, by: int) -> int:
        """Move view and cursor so many rows on; at an end of the list the cursor goes to its last row."""
        before = self.top
        wanted = self.top + by
        self.top = min(max(wanted, 0), self._lowest_top)
        left = wanted - self.top
        if left and self._has_more(left):
            self.cursor += self.top - before
            self._settle()
            return left
        self.cursor = min(max(self.cursor + by, 0), max(0, len(self.window.rows) - 1))
        self._settle()
        return 0

    def scroll(self, by: int) -> int:
        """Move the view so many rows on; the cursor stays on its row while that is in view."""
        wanted = self.top + by
        self.top = min(max(wanted, 0), self._lowest_top)
        self.cursor = min(max(self.cursor, self.top), self.top + self.room - 1)
        left = wanted - self.top
        self._settle()
        return left if self._has_more(left) else 0

    def go(self, number: int) -> None:
        """Put the cursor on a loaded row."""
        self.move(number - self.cursor)

    # What was read.

    def begin(self, page: Page[R]) -> None:
        """Have this page from its first row on."""
        self.window.replace(page)
        self.top = self.cursor = 0

    def end(self, page: Page[R]) -> None:
        """Have this page with the cursor on its last row."""
        self.window.replace(page)
        self.cursor = self.top = max(0, len(page.rows) - 1)
        self._settle()

    def add(self, side: Side, page: Page[R]) -> None:
        """Take in what was wanting."""
        if side is Side.AFTER:
            self.window.append(page)
        else:
            added = self.window.prepend(page)
            self.top += added
            self.cursor += added
        gone = self.window.trim(self.top - 2 * self.room, self.top + 3 * self.room)
        self.top -= gone
        self.cursor -= gone
        self._settle()

    def renew(self, page: Page[R]) -> None:
        """Take a page in place of what is loaded; the cursor stays on its row, or on the nearest one left.

        The row stays on its line of the screen too, but where the list's beginning is in view it stays there.
        """
        window = self.window
        is_at_begin = self.top == 0 and window.before is None
        line, keys, cursor = self.cursor - self.top, [window.key(row) for row in window.rows], self.cursor
        place = None if window.start is None else window.start + cursor
        window.replace(page)
        numbers = {window.key(row): number for number, row in enumerate(window.rows)}
        nearest = [*keys[cursor:], *reversed(keys[:cursor])]
        self.cursor = next((numbers[key] for key in nearest if key in numbers), 0)
        if window.start is None and place is not None:
            window.start = max(0, place - self.cursor)
        self.top = 0 if is_at_begin and page.before is None else max(0, self.cursor - line)
        self._settle()

    # Helpers.

    @property
    def _lowest_top(self) -> int:
        """The furthest that the view can go among what is loaded."""
        return max(0, len(self.window.rows) - self.room)

    def _within(self, number: int) -> tuple[int, int]:
        """The loaded row nearest to a number, and how far that is short of it where there is more to read."""
        near = min(max(number, 0), max(0, len(self.window.rows) - 1))
        left = number - near
        return near, left if self._has_more(left) else 0

    def _has_more(self, way: int) -> bool:
        """Whether there is more to read that way."""
        return (self.window.after if way > 0 else self.window.before) is not None

    def _settle(self) -> None:
        """Keep the cursor on a row and in view, and the view full where there are rows for it."""
        self.cursor = min(max(self.cursor, 0), max(0, len(self.window.rows) - 1))
        self.top = min(max(self.top, self.cursor - self.room + 1, 0), self.cursor, self._lowest_top)
