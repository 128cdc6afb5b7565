"""A choice that shows only the word taken: arrows turn it either way, and so does the key of its page."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Size

from tui.widgets.choice import Choice

LEFT, RIGHT = "◂ ", " ▸"
"""The marks at which a pointer turns it."""


class TurnChoice(Choice):
    """One of several words, as wide as the longest of them; it turns around its ends."""

    DEFAULT_CSS = """
    TurnChoice:focus {
        background: $field;
    }
    """

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The longest word between its marks."""
        return len(LEFT) + max(len(word) for word in self._words) + len(RIGHT)

    def render(self) -> Content:
        """The word taken; anything but the first stands out."""
        marks = "$accent" if self.has_focus else "$muted"
        style = "bold $accent" if self.chosen else "$ink"
        return Content.assemble((LEFT, marks), (self._words[self.chosen], style), (RIGHT, marks))

    def on_click(self, event: events.Click) -> None:
        """Turn back at the left mark, on anywhere else."""
        event.prevent_default()  # a choice takes the word under the pointer
        self.action_move(-1 if event.x < len(LEFT) else 1)

    def action_move(self, step: int) -> None:
        """Take the word beside, around the ends."""
        self._take((self.chosen + step) % len(self._words))
