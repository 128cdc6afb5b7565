"""The scroll bar of a list of any length: one column, moved by clicks and by dragging to anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

THUMB, TRACK, MORE_ABOVE, MORE_BELOW = "┃", "│", "▴", "▾"
"""The thumb is another glyph than its track, so that colour is not alone."""


@dataclass(frozen=True, slots=True)
class RailState:
    """What a rail tells."""

    room: int = 0
    """How many rows are in view."""
    index: int | None = None
    """How many rows stand above the view, where that is known."""
    total: int | None = None
    """How many rows there are, where that is known."""
    has_more_above: bool = False
    has_more_below: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether anything is out of view."""
        return self.has_more_above or self.has_more_below

    def thumb(self, height: int) -> tuple[int, int] | None:
        """The thumb's first cell and its length on a track so high, None where the place is not known.

        Only a view at the very beginning puts it at the beginning, and only one at the very end at the end.
        """
        if self.index is None or self.total is None or height < 3 or self.total <= self.room:
            return None
        length = min(max(1, round(height * self.room / self.total)), height - 2)
        way, furthest = height - length, self.total - self.room
        first = round(way * min(self.index, furthest) / furthest)
        if self.has_more_above:
            first = max(1, first)
        if self.has_more_below:
            first = min(way - 1, first)
        return first, length


class ScrollRail(Widget):
    """Tells where in a list the view is; posts where the person wants it."""

    DEFAULT_CSS = """
    ScrollRail {
        dock: right;
        width: 1;
        height: 100%;
        display: none;
        color: $line;
    }
    """

    ALLOW_SELECT = False

    class Paged(Message):
        """The person wants a page more, or a page back."""

        def __init__(self, way: int) -> None:
            """Keep the way."""
            super().__init__()
            self.way = way
            """1 or -1."""

    class Dragged(Message):
        """The person wants the view at another place of the list."""

        def __init__(self, index: int) -> None:
            """Keep the place."""
            super().__init__()
            self.index = index
            """How many rows are to stand above the view."""

    def __init__(self) -> None:
        """Begin with nothing to tell."""
        super().__init__()
        self._state = RailState()
        self._inset = 0
        self._grabbed: int | None = None

    def tell(self, state: RailState, inset: int) -> None:
        """Draw another state below so many lines of titles, where that looks different."""
        before = self._look()
        self._state, self._inset = state, inset
        self.display = state.is_needed
        if before != self._look():
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one cell."""
        look = self._look()
        glyph = look[y] if y < len(look) else " "
        base = self.visual_style
        style = base + Style.parse("$accent" if glyph == THUMB else "$muted") if glyph not in " │" else base
        return Strip([Segment(glyph, style.rich_style)], 1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Grab the thumb, or go a page towards the pointer."""
        event.stop()
        thumb = self._state.thumb(self._height)
        cell = event.y - self._inset
        if thumb is None:
            self.post_message(self.Paged(1 if cell * 2 >= self._height else -1))
        elif thumb[0] <= cell < thumb[0] + thumb[1]:
            self._grabbed = cell - thumb[0]
            self.capture_mouse()
        else:
            self.post_message(self.Paged(1 if cell > thumb[0] else -1))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the thumb go where the pointer is; a terminal that reports no moves tells of it only now."""
        event.stop()
        self._drag(event.y)
        self._grabbed = None
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the pointer with the thumb."""
        event.stop()
        self._drag(event.y)

    def on_click(self, event: events.Click) -> None:
        """Keep the click from the list."""
        event.stop()

    def _drag(self, y: int) -> None:
        """Ask for the place that the pointer is at."""
        thumb, total = self._state.thumb(self._height), self._state.total
        if self._grabbed is None or thumb is None or total is None:
            return
        way = self._height - thumb[1]
        first = min(max(y - self._inset - self._grabbed, 0), way)
        if first != thumb[0]:
            self.post_message(self.Dragged(round((total - self._state.room) * first / way)))

    @property
    def _height(self) -> int:
        """The cells of the track."""
        return max(0, self.size.height - self._inset)

    def _look(self) -> str:
        """The glyphs from top to bottom."""
        height = self._height
        thumb = self._state.thumb(height)
        if thumb is not None:
            first, length = thumb
            track = TRACK * first + THUMB * length + TRACK * (height - first - length)
        else:
            above = MORE_ABOVE if self._state.has_more_above else TRACK
            below = MORE_BELOW if self._state.has_more_below else TRACK
            track = (above + TRACK * max(0, height - 2) + below)[:height]
        return " " * self._inset + track
