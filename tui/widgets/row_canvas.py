"""The picture of a list: header, rows, and words where there is nothing to show or something to say."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.style import Style

from tui.widgets.row_paint import Painter
from tui.widgets.row_strips import MARGIN, Line, Pen, content_of_row
from tui.widgets.row_view import RowView
from tui.widgets.scroll_rail import Rail

R = TypeVar("R")
"""The type of a row."""

RAIL_CELLS = 2
"""What the scroll bar takes at the right edge, with a blank before it."""


MOST_BELOW = 3
"""Lines that words take below rows at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the list itself."""

    words: Content
    """What is said; empty for nothing."""
    is_below: bool = False
    """It stands on the last lines, below rows, rather than in place of rows."""

    def lines(self, width: int) -> list[Content]:
        """The words in a list so wide; below rows they take few lines."""
        room = max(1, width - RAIL_CELLS - len(MARGIN))
        return self.words.wrap(room)[: MOST_BELOW if self.is_below else None] if self.words else []


class RowCanvas(Generic[R]):
    """Draws a view, and keeps the lines of each row in it until the row, the width or the look changes."""

    def __init__(self, view: RowView[R]) -> None:
        """Begin with nothing drawn."""
        self._view = view
        self._kept: dict[tuple[Hashable, str], tuple[R, list[Line]]] = {}
        self._railed: list[tuple[Line, str, Strip]] = []
        self._pen = Pen(Style())

    def forget(self) -> None:
        """Draw every row anew the next time."""
        self._kept.clear()
        self._railed.clear()
        self._pen = Pen(self._pen.base)

    def draw(
        self, painter: Painter[R], size: Size, base: Style, *, cursor: str, said: Said, rail: Rail
    ) -> list[Strip]:
        """Draw every line of a size."""
        if base != self._pen.base:
            self._pen = Pen(base)
            self.forget()
        pen, width, height = self._pen, max(0, size.width - RAIL_CELLS), size.height
        header = painter.header()
        head = [] if header is None else [pen.line(Content(MARGIN) + header, width)]
        room = max(0, height - len(head))
        told = [pen.line(Content(MARGIN) + line, width) for line in said.lines(size.width)]
        body = self._rows(painter, width, room, cursor) if self._view.window.rows else told
        body = body[:room]
        body.extend([pen.line(Content(""), width)] * (room - len(body)))
        if said.is_below and told:
            body[max(0, room - len(told)) :] = told[:room]
        glyphs = " " * len(head) + rail.glyphs.ljust(room)
        return self._beside_rail([*head, *body], width, glyphs)

    def _beside_rail(self, lines: list[Line], width: int, glyphs: str) -> list[Strip]:
        """Put the scroll bar to the lines; the very strips of the last time where nothing is new."""
        railed: list[tuple[Line, str, Strip]] = []
        for number, (line, glyph) in enumerate(zip(lines, glyphs, strict=False)):
            before = self._railed[number] if number < len(self._railed) else None
            if before is None or before[0] is not line or before[1] != glyph:
                before = line, glyph, self._pen.with_rail(line, width, glyph)
            railed.append(before)
        self._railed = railed
        return [strip for _, _, strip in railed]

    def _rows(self, painter: Painter[R], width: int, height: int, cursor: str) -> list[Line]:
        """Draw the rows that are in view, the last one perhaps in part."""
        view, lines = self._view, list[Line]()
        kept: dict[tuple[Hashable, str], tuple[R, list[Line]]] = {}
        for number in range(view.top, len(view.window.rows)):
            if len(lines) >= height:
                break
            row = view.window.rows[number]
            mark = cursor if number == view.cursor else ""
            name = (view.window.key(row), mark)
            drawn = self._kept.get(name)
            if drawn is None or (drawn[0] is not row and drawn[0] != row):
                drawn = (row, self._row(painter, row, width, mark))
            kept[name] = drawn
            lines.extend(drawn[1])
        self._kept = kept
        return lines

    def _row(self, painter: Painter[R], row: R, width: int, cursor: str) -> list[Line]:
        """Draw one row; the cursor's mark stands on its first line."""
        return [
            self._pen.line(content_of_row(line, width, cursor=cursor if number == 0 else ""), width)
            for number, line in enumerate(painter.paint(row)[: painter.lines])
        ]
