"""The list: every list that can grow is this widget, over pages read by key.

It holds a few pages at most, draws only lines that differ from what is on the screen, and reads further
pages as the person comes near their end; so it costs the same at twenty rows and at five million.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, ClassVar, Generic, TypeVar

from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer

from tui.answers import NOT_DONE, NotDone
from tui.keys import keymap
from tui.widgets.row_pages import FixedPages, Pages
from tui.widgets.row_paint import Painter, Words
from tui.widgets.row_pointer import PointedRows
from tui.widgets.row_reading import Aim, Errand

R = TypeVar("R")
"""The type of a row."""

SLOW_SECONDS = 0.2
"""A reading that takes longer is told of."""


class RowMessage(Message):
    """What a list tells its screen."""

    def __init__(self, row_list: RowList[Any], row: Any = None) -> None:
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


class RowList(PointedRows[R], Generic[R], can_focus=True):
    """Rows of any number, one under the cursor; arrows move, Enter opens."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("list", "rows")

    class Highlighted(RowMessage):
        """Another row is under the cursor, or the same one says something else."""

    class Opened(RowMessage):
        """The person wants to see the row under the cursor, or to do what it is for."""

    class Failed(RowMessage):
        """Rows could not be read. The list says why; the end of the session is the screen's to tell."""

        def __init__(self, row_list: RowList[Any], answer: NotDone) -> None:
            """Keep list and answer."""
            super().__init__(row_list, row_list.current)
            self.answer = answer
            """What the source answered in place of rows."""

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
        super().__init__(painter, key, empty, id, classes)
        self._told: R | None = None
        self._slow: Timer | None = None

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
        self._drop_reading()
        self._reading.take_whole(FixedPages(rows))

    def renew(self) -> None:
        """Read again what is around the cursor and draw what differs; after a failure, try again."""
        self._begin(Errand(Aim.RENEW))

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
        self._view.take_room(self.app.size.height // self._painter.lines)
        errand, self._reading.errand = self._reading.errand, None
        if errand is not None:
            self._begin(errand)

    def _begin(self, errand: Errand) -> None:
        """Begin an errand, unless what is under way does it too."""
        if not self._reading.wants_start(errand) or not self.is_attached:
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
            if self._reading.failure is None:
                self._read_on()

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
        self._reading.go(move, by)
        self._changed()
        self._read_on()

    def _read_on(self) -> None:
        """Read what is wanting at once, and what is wanting only at hand once the screen is drawn."""
        if self._reading.is_short:
            self._begin(Errand(Aim.MORE))
        elif self._reading.is_short_ahead and self._reading.errand is None:
            self.call_after_refresh(self._read_ahead)

    def _read_ahead(self) -> None:
        """Have a view of rows at hand on either side."""
        if self._reading.is_short_ahead:
            self._begin(Errand(Aim.MORE))

    def _changed(self) -> None:
        """Draw what differs, and tell of another row under the cursor."""
        current = self._view.current
        if current is not self._told and current != self._told:
            if current is None or self._told is None:
                self.refresh_bindings()
            self._told = current
            self.post_message(self.Highlighted(self, current))
        super()._changed()

    def on_resize(self) -> None:
        """Draw for another size, and read on where there is room for more."""
        super().on_resize()
        self._go(self._view.move, 0)

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Escape through to the screen unless there is a search to end; offer to open what is there."""
        if action == "open":
            return self._view.current is not None
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
