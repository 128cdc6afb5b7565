"""The Overview's measures: a mark, a name and its state in words, and what it costs to put right."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from security.vocabulary import Measure
from tui.keys import keymap
from tui.words.measures import MeasureLine

_TITLE_WIDTH = 16

CURSOR = "▸ "
"""What stands before the chosen row, so that its ground is not the only sign."""


class MeasureList(Widget, can_focus=True):
    """Measures one under the other; arrows choose, Enter starts."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("list", "measures")

    DEFAULT_CSS = """
    MeasureList {
        height: auto;
    }
    """

    lines: reactive[tuple[MeasureLine, ...]] = reactive((), layout=True)
    """The measures in the order in which they are shown."""
    chosen: reactive[int] = reactive(0)
    """The line under the cursor."""

    class Started(Message):
        """The person wants to put a measure right, or to see it."""

        def __init__(self, measure: Measure) -> None:
            """Keep the measure."""
            super().__init__()
            self.measure = measure
            """Which one."""

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """One row a measure."""
        return max(1, len(self.lines))

    def render(self) -> Content:
        """Every measure on its own row."""
        return Content("\n").join(
            self._row(line, self.has_focus and number == self.chosen)
            for number, line in enumerate(self.lines)
        )

    def _row(self, line: MeasureLine, is_chosen: bool) -> Content:
        """A measure's row: mark, title, state, and its price at the right edge."""
        width = self.content_size.width
        price = "" if line.is_on else f" {line.minutes} min ↵"
        room = max(0, width - len(CURSOR) - 2 - _TITLE_WIDTH - len(price))
        state = line.state if len(line.state) <= room else line.state[: max(0, room - 1)] + "…"
        attention = "$well" if line.is_on else "$attention"
        row = Content.assemble(
            (CURSOR if is_chosen else " " * len(CURSOR), "bold $accent"),
            ("✓ " if line.is_on else "! ", attention),
            (f"{line.title:<{_TITLE_WIDTH}}", "" if line.is_on else "bold"),
            (f"{state:<{room}}", "$muted" if line.is_on else attention),
            (price, "$accent"),
        )
        lit = len(CURSOR) + 1 + _TITLE_WIDTH  # as in every list: a whole row would cost more than it tells
        return row.stylize("on $chosen", 0, lit) if is_chosen else row

    def watch_lines(self, before: tuple[MeasureLine, ...], lines: tuple[MeasureLine, ...]) -> None:
        """Put the cursor on the first measure that is off; a later reading leaves it where it is."""
        if before:
            return
        off = [number for number, line in enumerate(lines) if not line.is_on]
        self.chosen = off[0] if off else 0

    def on_click(self, event: events.Click) -> None:
        """Choose and start the measure that was clicked."""
        if 0 <= event.y < len(self.lines):
            self.chosen = event.y
            self.action_open()

    def action_up(self) -> None:
        """Go to the measure above."""
        self._choose(self.chosen - 1)

    def action_down(self) -> None:
        """Go to the measure below."""
        self._choose(self.chosen + 1)

    def action_first(self) -> None:
        """Go to the first measure."""
        self._choose(0)

    def action_last(self) -> None:
        """Go to the last measure."""
        self._choose(len(self.lines) - 1)

    def action_open(self) -> None:
        """Ask for the chosen measure."""
        if self.lines:
            self.post_message(self.Started(self.lines[self.chosen].measure))

    def _choose(self, number: int) -> None:
        """Put the cursor on a measure and keep it in view."""
        self.chosen = min(max(number, 0), max(0, len(self.lines) - 1))
        self.scroll_to_region(Region(0, self.chosen, 1, 1), animate=False)
