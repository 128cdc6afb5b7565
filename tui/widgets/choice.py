"""A choice of a few words on one row: arrows go through them, the chosen one is marked."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.keys.keymap import bindings


class Choice(Widget, can_focus=True):
    """One of several words; the words are ours."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("choice")

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Choice {
        width: auto;
        height: 1;
        color: $ink;
    }
    """

    chosen: reactive[int] = reactive(0)
    """Which word is taken, counted from 0."""

    class Changed(Message):
        """Another word was taken by the person."""

        def __init__(self, choice: Choice) -> None:
            """Keep the choice."""
            super().__init__()
            self.choice = choice
            """The choice; `chosen` tells which word."""

        @property
        def control(self) -> Choice:
            """The choice."""
            return self.choice

    def __init__(self, *words: str, chosen: int = 0, id: str | None = None) -> None:
        """Build a choice of these words."""
        super().__init__(id=id)
        self._words = words
        self.set_reactive(Choice.chosen, chosen)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Every word with its mark and a gap."""
        return sum(len(word) + 5 for word in self._words)

    def render(self) -> Content:
        """Draw the words; the chosen one has the full mark and weight."""
        return Content("").join([self._word(number, word) for number, word in enumerate(self._words)])

    def _word(self, number: int, word: str) -> Content:
        """One word with its mark."""
        if number != self.chosen:
            return Content.assemble(("○ ", "$muted"), (word, "$muted"), "   ")
        style = "bold $accent" if self.has_focus else "bold $ink"
        return Content.assemble(("● ", "$accent"), (word, style), "   ")

    def on_click(self, event: events.Click) -> None:
        """Take the word under the pointer."""
        end = 0
        for number, word in enumerate(self._words):
            end += len(word) + 5
            if event.x < end:
                self._take(number)
                return

    def action_move(self, step: int) -> None:
        """Take the word beside, staying at the ends."""
        self._take(min(max(self.chosen + step, 0), len(self._words) - 1))

    def action_turn(self) -> None:
        """Take the next word, around the end."""
        self._take((self.chosen + 1) % len(self._words))

    def _take(self, number: int) -> None:
        """Take a word and tell of it where it is another one."""
        if number != self.chosen:
            self.chosen = number
            self.post_message(self.Changed(self))
