"""The picture of a list: header, rows, and words where there is nothing to show or something to say."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.style import Style

from tui.widgets.row_paint import Painter
from tui.widgets.row_strips import MARGIN, strip_of, strip_of_row
from tui.widgets.row_view import RowView

R = TypeVar("R")
"""The type of a row."""

LIT, DIM = "bold $accent", "$muted"
"""The cursor's mark where the list has the focus, and where it has not."""


class RowCanvas(Generic[R]):
    """Draws a view, and keeps the strips of each row in it until the row, the width or the look changes."""

    def __init__(self, view: RowView[R]) -> None:
        """Begin with nothing drawn."""
        self._view = view
        self._strips: dict[tuple[Hashable, str], tuple[R, list[Strip]]] = {}

    def forget(self) -> None:
        """Draw every row anew the next time."""
        self._strips.clear()

    def header_lines(self, painter: Painter[R]) -> int:
        """How many lines stay above the rows."""
        return 0 if painter.header() is None else 1

    def draw(
        self, painter: Painter[R], size: Size, base: Style, *, cursor: str, words: Content, is_below: bool
    ) -> list[Strip]:
        """Draw everything in a size; `words` stand in place of rows, or on the last line below them."""
        width, height = size
        lines: list[Strip] = []
        header = painter.header()
        if header is not None:
            lines.append(strip_of(Content(MARGIN) + header, width, base))
        if self._view.window.rows:
            lines.extend(self._rows(painter, width, height - len(lines), base, cursor))
        blank = strip_of(Content(""), width, base)
        lines = [*lines[:height], *[blank] * (height - len(lines))]
        if words.plain and not is_below:
            told = words.wrap(max(1, width - len(MARGIN)))[: max(0, height - 1)]
            for number, line in enumerate(told, 1 if header is not None else 0):
                lines[number] = strip_of(Content(MARGIN) + line, width, base)
        elif words.plain and height:
            lines[-1] = strip_of(Content(MARGIN) + words, width, base)
        return lines

    def _rows(self, painter: Painter[R], width: int, height: int, base: Style, cursor: str) -> list[Strip]:
        """Draw the rows that are in view, the last one perhaps in part."""
        view, lines = self._view, list[Strip]()
        kept: dict[tuple[Hashable, str], tuple[R, list[Strip]]] = {}
        for number in range(view.top, len(view.window.rows)):
            if len(lines) >= height:
                break
            row = view.window.rows[number]
            mark = cursor if number == view.cursor else ""
            name = (view.window.key(row), mark)
            drawn = self._strips.get(name)
            if drawn is None or (drawn[0] is not row and drawn[0] != row):
                drawn = (row, self._row(painter, row, width, base, mark))
            kept[name] = drawn
            lines.extend(drawn[1])
        self._strips = kept
        return lines

    def _row(self, painter: Painter[R], row: R, width: int, base: Style, cursor: str) -> list[Strip]:
        """Draw one row; the mark stands on its first line."""
        return [
            strip_of_row(line, width, base, cursor=cursor if number == 0 else "")
            for number, line in enumerate(painter.paint(row)[: painter.lines])
        ]
