"""A list under the mouse: its rows are clicked, its thumb is held, the wheel scrolls."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from textual import events

from tui.widgets.row_canvas import RAIL_CELLS
from tui.widgets.row_paint import Painter, Words
from tui.widgets.row_pane import RowPane
from tui.widgets.row_reading import Aim, Errand

R = TypeVar("R")
"""The type of a row."""

WHEEL_LINES = 3
"""How far one notch of the wheel goes."""


class PointedRows(RowPane[R], Generic[R]):
    """What is drawn of a list, and what the mouse does to it; how it is read is the list's."""

    def __init__(
        self,
        painter: Painter[R],
        key: Callable[[R], Hashable],
        empty: Words,
        id: str | None,
        classes: str | None,
    ) -> None:
        """Build rows of which nobody holds the thumb."""
        super().__init__(painter, key, empty, id, classes)
        self._grip: int | None = None

    def action_open(self) -> None:
        """Open the row under the cursor."""
        raise NotImplementedError

    def _go(self, move: Callable[[int], int], by: int) -> None:
        """Make a move of the view, and read on where that is due."""
        raise NotImplementedError

    def _begin(self, errand: Errand) -> None:
        """Begin an errand, unless what is under way does it too."""
        raise NotImplementedError

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On the scroll bar: grab the thumb, or go a page towards the pointer."""
        cell = event.y - self._header_lines
        if event.x < self.size.width - RAIL_CELLS or cell < 0:
            return
        event.stop()
        self._grip = self._rail.grip(cell)
        if self._grip is not None:
            self.capture_mouse()
        else:
            self._go(self._view.shift, self._rail.way_to(cell) * self._view.room)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the pointer with the thumb."""
        self._drag(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the thumb go at the pointer; a terminal that reports no moves tells of the place only now."""
        if self._grip is not None:
            event.stop()
            self._drag(event.y)
            self._grip = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row under the pointer; a double click opens it."""
        event.stop()
        line = event.y - self._header_lines
        number = self._view.top + line // self._painter.lines
        if line < 0 or event.x >= self.size.width - RAIL_CELLS or number >= len(self._view.window.rows):
            return
        self._view.go(number)
        self._changed()
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll on."""
        self._scroll(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        self._scroll(event, -1)

    def _scroll(self, event: events.MouseEvent, way: int) -> None:
        """Scroll by a notch of the wheel; at an end of the list the page around it may scroll."""
        top = self._view.top
        self._go(self._view.scroll, way * max(1, WHEEL_LINES // self._painter.lines))
        if self._view.top != top or self._reading.is_waiting:
            event.stop()

    def _drag(self, y: int) -> None:
        """Go where the thumb is held."""
        if self._grip is None:
            return
        index = self._rail.index_at(y - self._header_lines, self._grip)
        if index is None:
            return
        view, start = self._view, self._view.window.start
        if start is not None and start <= index <= start + len(view.window.rows) - view.room:
            self._go(view.shift, index - start - view.top)
        else:
            self._begin(Errand(Aim.AT, index))
