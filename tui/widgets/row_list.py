"""The list: every list that can grow is this widget, over pages read by key.

It holds a few pages at most, draws only lines that differ from what is on the screen, and reads further
pages as the person comes near their end; so it costs the same at twenty rows and at five million.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, ClassVar, Generic, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui import keymap
from tui.answers import NOT_DONE, NotDone, joined, words_of
from tui.widgets.row_canvas import DIM, LIT, RowCanvas
from tui.widgets.row_pages import FixedPages, Pages
from tui.widgets.row_paint import Painter, Words
from tui.widgets.row_reading import Aim, Errand, RowReading
from tui.widgets.row_strips import content_of, differing_cells
from tui.widgets.row_view import RowView
from tui.widgets.scroll_rail import RailState, ScrollRail
from tui.widgets.tone import Tone

R = TypeVar("R")
"""The type of a row."""

WHEEL_LINES = 3
"""How far one notch of the wheel goes."""

SLOW_SECONDS = 0.2
"""A reading that takes longer is told of."""


class RowList(Widget, Generic[R], can_focus=True):
    """Rows of any number, one under the cursor; arrows move, Enter opens."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("list", "rows")

    DEFAULT_CSS = """
    RowList {
        width: 1fr;
        height: 1fr;
        overflow: hidden;
        background: $ground;
        color: $ink;
    }
    """

    ALLOW_SELECT = False

    class Highlighted(Message):
        """Another row is under the cursor, or the same one says something else."""

        def __init__(self, row_list: RowList[Any], row: Any) -> None:
            """Keep list and row."""
            super().__init__()
            self.row_list = row_list
            """The list."""
            self.row = row
            """The row under the cursor, None where the list is empty."""

        @property
        def control(self) -> RowList[Any]:
            """The list, for `@on` with a selector."""
            return self.row_list

    class Opened(Message):
        """The person wants to see the row under the cursor, or to do what it is for."""

        def __init__(self, row_list: RowList[Any], row: Any) -> None:
            """Keep list and row."""
            super().__init__()
            self.row_list = row_list
            """The list."""
            self.row = row
            """The row."""

        @property
        def control(self) -> RowList[Any]:
            """The list, for `@on` with a selector."""
            return self.row_list

    class Failed(Message):
        """Rows could not be read. The list says why; the end of the session is the screen's to tell."""

        def __init__(self, row_list: RowList[Any], answer: NotDone) -> None:
            """Keep list and answer."""
            super().__init__()
            self.row_list = row_list
            """The list."""
            self.answer = answer
            """What the source answered in place of rows."""

        @property
        def control(self) -> RowList[Any]:
            """The list, for `@on` with a selector."""
            return self.row_list

    def __init__(
        self,
        painter: Painter[R],
        *,
        key: Callable[[R], Hashable],
        empty: Words = "Nothing here yet.",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Build an empty list; `key` tells what makes a row the same row when it is read again."""
        super().__init__(id=id, classes=classes)
        self._painter: Painter[R] = painter
        self._empty = empty
        self._view: RowView[R] = RowView(key)
        self._reading: RowReading[R] = RowReading(self._view, self._changed)
        self._canvas: RowCanvas[R] = RowCanvas(self._view)
        self._drawn: list[Strip] | None = None
        self._told: R | None = None
        self._slow: Timer | None = None
        self._is_slow = False

    def compose(self) -> ComposeResult:
        """Build the scroll bar."""
        yield ScrollRail()

    # What the list shows.

    @property
    def painter(self) -> Painter[R]:
        """How rows are drawn."""
        return self._painter

    @painter.setter
    def painter(self, painter: Painter[R]) -> None:
        """Draw rows in another way."""
        if painter is not self._painter:
            self._painter = painter
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

    @property
    def current(self) -> R | None:
        """The row under the cursor, None in an empty list."""
        return self._view.current

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows that are loaded."""
        return tuple(self._view.window.rows)

    @property
    def total(self) -> int | None:
        """How many rows the source has, None where it does not tell."""
        return self._reading.total

    def show(self, pages: Pages[R]) -> None:
        """Show the rows of another source, from the first one on; those before stay until they are read."""
        self._reading.use(pages)
        self._begin(Errand(Aim.FIRST))

    def show_rows(self, rows: Iterable[R]) -> None:
        """Show a short list that was read as a whole, at once and by difference."""
        fixed = FixedPages(rows)
        is_first = not self._view.window.is_loaded
        self._drop_reading()
        self._reading.use(fixed)
        self._reading.total = len(fixed.page.rows)
        if is_first:
            self._view.begin(fixed.page)
        else:
            self._view.renew(fixed.page)
        self._changed()

    def renew(self) -> None:
        """Read again what is around the cursor and draw what differs; after a failure, try again."""
        self._begin(Errand(Aim.RENEW))

    def repaint(self) -> None:
        """Draw the same rows in the words of now; only lines that differ are sent."""
        self._canvas.forget()
        self._changed()

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a row, where it is loaded; return whether it was."""
        number = self._view.window.number_of(key)
        if number is not None:
            self._view.go(number)
            self._changed()
        return number is not None

    def stop(self) -> None:
        """End a search that the person waits for; moving on takes it up again."""
        if self._reading.is_searching:
            self._drop_reading()
            self._changed()

    # Reading.

    def on_mount(self) -> None:
        """Read what was asked for before there was a screen."""
        errand, self._reading.errand = self._reading.errand, None
        if errand is not None:
            self._begin(errand)

    def _begin(self, errand: Errand) -> None:
        """Begin an errand, unless what is under way does it too."""
        if not self._reading.wants_start(errand):
            return
        if not self.is_mounted:
            return
        self._is_slow = False
        if self._slow is not None:
            self._slow.stop()
        self._slow = self.set_timer(SLOW_SECONDS, self._tell_slow)
        self._read(errand)

    @work(exclusive=True, group="load", description="read rows of a list")
    async def _read(self, errand: Errand) -> None:
        """Do an errand; what the source answers in place of rows is told."""
        try:
            await self._reading.run(errand)
        except NOT_DONE as answer:
            self._reading.failure = answer
            self.post_message(self.Failed(self, answer))
        if self._reading.errand is None:
            self._hurry()
            self._changed()

    def _drop_reading(self) -> None:
        """End the reading that is under way."""
        self.workers.cancel_group(self, "load")
        self._reading.stop()
        self._hurry()

    def _hurry(self) -> None:
        """Nothing is slow any more."""
        self._is_slow = False
        if self._slow is not None:
            self._slow.stop()
            self._slow = None

    def _tell_slow(self) -> None:
        """Tell that a reading takes long."""
        self._is_slow = True
        self._slow = None
        self._changed()

    def _go(self, move: Callable[[int], int], by: int) -> None:
        """Make a move of the view, and read on where that is due."""
        if self._reading.go(move, by):
            self._begin(Errand(Aim.MORE))
        self._changed()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Give one line."""
        if self._drawn is None:
            self._drawn = self._picture()
        return self._drawn[y] if y < len(self._drawn) else Strip.blank(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Be as high as what is loaded, where the style says auto."""
        rows = len(self._view.window.rows) * self._painter.lines
        return self._canvas.header_lines(self._painter) + max(1, rows)

    def notify_style_update(self) -> None:
        """Draw everything anew in other colours."""
        super().notify_style_update()
        self._canvas.forget()
        self._drawn = None

    def on_resize(self) -> None:
        """Draw for another size, and read on where there is room for more."""
        self._drawn = None
        self._changed()
        self._go(self._view.move, 0)

    def on_focus(self) -> None:
        """Light the cursor up."""
        self._changed()

    def on_blur(self) -> None:
        """Let the cursor be dim."""
        self._changed()

    def _changed(self) -> None:
        """Draw the lines that differ from what is on the screen, and tell of another row under the cursor."""
        current = self._view.current
        if current is not self._told and current != self._told:
            self._told = current
            self.post_message(self.Highlighted(self, current))
        if not self.size:
            return
        before, after = self._drawn, self._picture()
        if self.styles.height is not None and self.styles.height.is_auto:
            self._fit_height()
        self._drawn = after
        if before is None or len(before) != len(after):
            self.refresh()
            return
        regions = [
            Region(0, number, cells, 1)
            for number, (old, new) in enumerate(zip(before, after, strict=True))
            if old is not new and (cells := differing_cells(old, new))
        ]
        if regions:
            self.refresh(*regions)

    def _fit_height(self) -> None:
        """Ask for a layout where the content is higher or lower than the widget."""
        if self.get_content_height(self.size, self.size, self.size.width) != self.size.height:
            self.refresh(layout=True)

    def _picture(self) -> list[Strip]:
        """Every line as it is to be on the screen."""
        painter, width = self._painter, max(1, self.size.width - 1)
        if painter.fit(self._view.window.rows, max(1, width - 2)):
            self._canvas.forget()
        words, is_below = self._words()
        header = self._canvas.header_lines(painter)
        height = self.size.height - header - (1 if is_below and words.plain else 0)
        self._view.take_room(height // painter.lines)
        self._tell_rail(header)
        mark = LIT if self.has_focus else DIM
        return self._canvas.draw(
            painter,
            Size(width, self.size.height),
            self.visual_style,
            cursor=mark,
            words=words,
            is_below=is_below,
        )

    def _words(self) -> tuple[Content, bool]:
        """What is to be said, and whether it stands below rows rather than in their place."""
        reading, window = self._reading, self._view.window
        has_rows = bool(window.rows)
        if reading.failure is not None and reading.errand is None:
            said = joined(words_of(reading.failure, None))
            return Content.assemble(
                (f"{Tone.DANGER.mark} ", "bold $danger"), f"{said} r tries again."
            ), has_rows
        if reading.is_searching:
            back = f" back to {reading.note}" if reading.note else ""
            return Content.styled(f"Searching…{back}  esc stops", "$muted"), has_rows
        if reading.is_stopped:
            back = f" back to {reading.note}" if reading.note else ""
            return Content.styled(f"Searched{back}; ↓ goes on", "$muted"), has_rows
        if self._is_slow and reading.is_waiting:
            return Content.styled("Reading…", "$muted"), has_rows
        if window.is_loaded and not has_rows and reading.errand is None:
            return content_of(self._empty).stylize_before("$muted"), False
        return Content(""), has_rows

    def _tell_rail(self, header: int) -> None:
        """Tell the scroll bar where the view is."""
        view, window = self._view, self._view.window
        below = len(window.rows) - view.top - view.room
        state = RailState(
            view.room,
            view.index,
            self._reading.total,
            view.top > 0 or window.before is not None,
            below > 0 or window.after is not None,
        )
        for rail in self.query(ScrollRail):
            rail.tell(state, header)

    # Keys and mouse.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Escape through to the screen unless there is a search to end."""
        return self._reading.is_searching if action == "stop" else True

    def action_up(self) -> None:
        """Go to the row above."""
        self._go(self._view.move, -1)

    def action_down(self) -> None:
        """Go to the row below."""
        self._go(self._view.move, 1)

    def action_page_up(self) -> None:
        """Go a page back."""
        self._go(self._view.shift, -self._view.room)

    def action_page_down(self) -> None:
        """Go a page on."""
        self._go(self._view.shift, self._view.room)

    def action_first(self) -> None:
        """Go to the list's first row."""
        if self._view.window.before is None:
            self._go(self._view.move, -len(self._view.window.rows))
        else:
            self._begin(Errand(Aim.FIRST))

    def action_last(self) -> None:
        """Go to the list's last row."""
        if self._view.window.after is None:
            self._go(self._view.move, len(self._view.window.rows))
        else:
            self._begin(Errand(Aim.LAST))

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if (row := self._view.current) is not None:
            self.post_message(self.Opened(self, row))

    def action_stop(self) -> None:
        """End a search."""
        self.stop()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row under the pointer; a double click opens it."""
        event.stop()
        line = event.y - self._canvas.header_lines(self._painter)
        number = self._view.top + line // self._painter.lines
        if line < 0 or number >= len(self._view.window.rows):
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

    @on(ScrollRail.Paged)
    def _paged(self, event: ScrollRail.Paged) -> None:
        """Go a page towards where the scroll bar was clicked."""
        event.stop()
        self._go(self._view.shift, event.way * self._view.room)

    @on(ScrollRail.Dragged)
    def _dragged(self, event: ScrollRail.Dragged) -> None:
        """Go where the thumb was dragged."""
        event.stop()
        start = self._view.window.start
        if (
            start is not None
            and start <= event.index <= start + len(self._view.window.rows) - self._view.room
        ):
            self._go(self._view.shift, event.index - start - self._view.top)
        else:
            self._begin(Errand(Aim.AT, event.index))
