"""The drawing half of a list: what is on the screen, and which lines of it must be drawn again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.answers import joined, words_of
from tui.visit import key_name
from tui.widgets.row_canvas import RAIL_CELLS, RowCanvas, Said
from tui.widgets.row_paint import Painter, Words
from tui.widgets.row_reading import RowReading
from tui.widgets.row_strips import DIM, LIT, MARGIN, content_of, differing_cells
from tui.widgets.row_view import RowView
from tui.widgets.scroll_rail import Rail
from tui.widgets.tone import Tone

R = TypeVar("R")
"""The type of a row."""


FEW_LINES = 6
"""Where more lines differ, the view has moved and little of them is the same."""


class RowPane(Widget, Generic[R]):
    """Shows a view of rows; `RowList` moves in it and reads for it."""

    DEFAULT_CSS = """
    RowPane {
        width: 1fr;
        height: 1fr;
        overflow: hidden;
        background: $ground;
        color: $ink;
    }
    """

    ALLOW_SELECT = False
    """A selection would recolour cells."""

    def __init__(
        self,
        painter: Painter[R],
        key: Callable[[R], Hashable],
        empty: Words,
        id: str | None,
        classes: str | None,
    ) -> None:
        """Build a pane that shows nothing."""
        super().__init__(id=id, classes=classes)
        self._painter: Painter[R] = painter
        self._empty = empty
        self._view: RowView[R] = RowView(key)
        self._reading: RowReading[R] = RowReading(self._view, self._changed, self._began)
        self._canvas: RowCanvas[R] = RowCanvas(self._view)
        self._drawn: list[Strip] | None = None
        self._rail = Rail()
        self._is_slow = False

    @property
    def painter(self) -> Painter[R]:
        """How rows are drawn."""
        return self._painter

    @painter.setter
    def painter(self, painter: Painter[R]) -> None:
        """Draw rows in another way."""
        if painter is not self._painter:
            self._painter = painter
            self._view.window.see_all_anew()
            self.repaint()

    @property
    def empty(self) -> Words:
        """What is said where there are no rows: why, and what next."""
        return self._empty

    @empty.setter
    def empty(self, words: Words) -> None:
        """Say something else where there are no rows."""
        self._empty = words
        self._changed()

    def _began(self) -> None:
        """Measure anew: other rows come."""
        self._painter.forget()
        self._canvas.forget()

    def repaint(self) -> None:
        """Draw the same rows in the words of now; only lines that differ are sent."""
        self._canvas.forget()
        self._changed()

    def render_line(self, y: int) -> Strip:
        """Give one line."""
        if self._drawn is None:
            self._drawn = self._picture()
        return self._drawn[y] if y < len(self._drawn) else Strip.blank(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Be as high as what is loaded, where the style says auto."""
        rows = len(self._view.window.rows) * self._painter.lines
        return self._header_lines + max(1, rows or len(self._said().lines(width)))

    def notify_style_update(self) -> None:
        """Draw everything anew in other colours."""
        super().notify_style_update()
        self._canvas.forget()
        self._drawn = None

    def on_resize(self) -> None:
        """Draw for another size."""
        self._drawn = None
        self._changed()

    def on_focus(self) -> None:
        """Light the cursor up."""
        self._changed()

    def on_blur(self) -> None:
        """Let the cursor be dim."""
        self._changed()

    @property
    def _header_lines(self) -> int:
        """How many lines stay above the rows."""
        return 0 if self._painter.header() is None else 1

    def _changed(self) -> None:
        """Draw the lines that differ from what is on the screen."""
        if not self.size:
            return
        before, after = self._drawn, self._picture()
        self._drawn = after
        if before is None or len(before) != len(after):
            self.refresh()
        else:
            self._refresh_lines(before, after)
        height = self.styles.height
        if height is not None and height.is_auto and self._content_height != self.size.height:
            self.refresh(layout=True)

    def _refresh_lines(self, before: list[Strip], after: list[Strip]) -> None:
        """Have the lines drawn again that differ: a few as far as they differ, many as a whole."""
        numbers = [
            number
            for number, (old, new) in enumerate(zip(before, after, strict=True))
            if old is not new and list(old) != list(new)
        ]
        if not numbers:
            return
        if len(numbers) > FEW_LINES:
            self.refresh(*[Region(0, first, self.size.width, count) for first, count in _runs(numbers)])
            return
        cells = {number: differing_cells(before[number], after[number]) for number in numbers}
        if regions := [Region(0, number, width, 1) for number, width in cells.items() if width]:
            self.refresh(*regions)

    @property
    def _content_height(self) -> int:
        """How high the content is at the present width."""
        return self.get_content_height(self.size, self.size, self.size.width)

    def _picture(self) -> list[Strip]:
        """Every line as it is to be on the screen."""
        painter, view = self._painter, self._view
        if painter.fit(view.window.take_fresh(), max(1, self.size.width - RAIL_CELLS - len(MARGIN))):
            self._canvas.forget()
        said = self._said()
        height = self.size.height - self._header_lines
        below = len(said.lines(self.size.width)) if said.is_below else 0
        view.take_room((height - below) // painter.lines)
        self._rail = self._rail_now(height)
        mark = LIT if self.has_focus else DIM
        base = self.visual_style
        return self._canvas.draw(painter, self.size, base, cursor=mark, said=said, rail=self._rail)

    def _rail_now(self, height: int) -> Rail:
        """The scroll bar for the view as it is."""
        view, window = self._view, self._view.window
        below = len(window.rows) - view.top - view.room
        return Rail(
            height,
            view.room,
            view.index,
            self._reading.total,
            view.top > 0 or window.before is not None,
            below > 0 or window.after is not None,
        )

    @property
    def has_nothing(self) -> bool:
        """Whether the list was read and has no rows."""
        window = self._view.window
        return window.is_loaded and not window.rows and self._reading.errand is None

    def _said(self) -> Said:
        """What the list itself has to say."""
        reading, window = self._reading, self._view.window
        has_rows = bool(window.rows)
        back = f" back to {reading.note}" if reading.note else ""
        if reading.failure is not None and reading.errand is None:
            key = key_name(self, "page.refresh")
            sentence = f"{joined(words_of(reading.failure, None))} Press {key} to try again."
            return Said(Content.assemble((f"{Tone.DANGER.mark} ", "bold $danger"), sentence), has_rows)
        if reading.is_searching:
            key = key_name(self, "rows.stop")
            return Said(Content.styled(f"Searching…{back}  ({key} stops)", "$muted"), has_rows)
        if reading.is_stopped:
            return Said(Content.styled(f"Searched{back}; ↓ goes on", "$muted"), has_rows)
        if self._is_slow and reading.is_waiting:
            return Said(Content.styled("Reading…", "$muted"), has_rows)
        if self.has_nothing:
            return Said(content_of(self._empty).stylize_before("$muted"))
        return Said(Content(""))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Lines that follow each other, as their first one and how many they are."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs
