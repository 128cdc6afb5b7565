"""A box to tick: one row, its state told by a mark."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from tui.keys.keymap import bindings


class TickBox(Widget, can_focus=True):
    """`[✓] words` or `[ ] words`; space, Enter or a click turns it over."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("tick_box")

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    TickBox {
        width: auto;
        height: 1;
        color: $ink;
        &:focus {
            color: $accent;
            text-style: bold;
        }
        &:disabled {
            color: $muted;
        }
    }
    """

    is_on: reactive[bool] = reactive(True)
    """Whether the box is ticked."""

    def __init__(self, words: str, *, is_on: bool = True, id: str | None = None) -> None:
        """Build a box; the words are our own."""
        super().__init__(id=id)
        self._words = words
        self.set_reactive(TickBox.is_on, is_on)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Be as wide as box, words and the focus mark."""
        return len(self._words) + 6

    def render(self) -> Content:
        """Draw the box and its words, an arrow behind them while it has the focus."""
        return Content(f"[{'✓' if self.is_on else ' '}] {self._words}{' ◂' if self.has_focus else ''}")

    def on_focus(self) -> None:
        """Draw the focus mark."""
        self.refresh()

    def on_blur(self) -> None:
        """Take the focus mark away."""
        self.refresh()

    def on_click(self) -> None:
        """Turn it over."""
        self.action_turn()

    def action_turn(self) -> None:
        """Turn it over."""
        self.is_on = not self.is_on
