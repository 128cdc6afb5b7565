"""The scroll bar of a list of any length: one column that tells where the view is and takes it anywhere."""

from __future__ import annotations

from dataclasses import dataclass

THUMB, MORE_ABOVE, MORE_BELOW = "┃", "▴", "▾"
"""The track is blank: forty bytes a line would be much for something that nobody reads."""

LEAST_HEIGHT = 3
"""A thumb needs a track so high."""


@dataclass(frozen=True, slots=True)
class Rail:
    """A scroll bar in one state."""

    height: int = 0
    """The cells of its track."""
    room: int = 0
    """How many rows are in view."""
    index: int | None = None
    """How many rows stand above the view, where that is known."""
    total: int | None = None
    """How many rows there are, where that is known."""
    has_more_above: bool = False
    """Whether rows stand above the view."""
    has_more_below: bool = False
    """Whether rows stand below it."""

    @property
    def thumb(self) -> tuple[int, int] | None:
        """The thumb's first cell and its length, None where there is none.

        Only a view at the very beginning puts it at the beginning, and only one at the very end at the end.
        """
        if self.index is None or self.total is None or self.height < LEAST_HEIGHT or self._furthest <= 0:
            return None
        length = min(max(1, round(self.height * self.room / self.total)), self.height - 2)
        way = self.height - length
        first = round(way * min(self.index, self._furthest) / self._furthest)
        if self.has_more_above:
            first = max(1, first)
        if self.has_more_below:
            first = min(way - 1, first)
        return first, length

    @property
    def glyphs(self) -> str:
        """One glyph for each cell of the track, from top to bottom."""
        thumb = self.thumb
        if thumb is not None:
            first, length = thumb
            return " " * first + THUMB * length + " " * (self.height - first - length)
        if self.height < 2 or not (self.has_more_above or self.has_more_below):
            return " " * self.height
        above = MORE_ABOVE if self.has_more_above else " "
        below = MORE_BELOW if self.has_more_below else " "
        return above + " " * (self.height - 2) + below

    def grip(self, cell: int) -> int | None:
        """Where on the thumb a cell is, None beside it."""
        if self.thumb is None or not self.thumb[0] <= cell < sum(self.thumb):
            return None
        return cell - self.thumb[0]

    def way_to(self, cell: int) -> int:
        """Which way a page must go towards a cell beside the thumb: 1 or -1."""
        middle = self.thumb[0] if self.thumb is not None else self.height // 2
        return 1 if cell >= middle else -1

    def index_at(self, cell: int, grip: int) -> int | None:
        """Which row stands first in view where the thumb, held at its grip, is drawn to a cell."""
        if self.thumb is None:
            return None
        first, length = self.thumb
        way = self.height - length
        wanted = min(max(cell - grip, 0), way)
        return None if wanted == first else round(self._furthest * wanted / way)

    @property
    def _furthest(self) -> int:
        """The greatest index that the view can have."""
        return (self.total or 0) - self.room
