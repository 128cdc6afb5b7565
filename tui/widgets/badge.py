"""A badge: one or two words, inverse."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tui.widgets.tone import Tone


def badge(words: str, tone: Tone) -> Content:
    """Return an inverse word, to stand within a line of text."""
    return Content.styled(f" {words} ", f"bold $ground on ${tone}")


class Badge(Widget):
    """An inverse word of its own; foreign text in it must be `SafeText`."""

    DEFAULT_CSS = """
    Badge {
        width: auto;
        height: 1;
    }
    """

    def __init__(self, words: str, tone: Tone = Tone.WELL, *, id: str | None = None) -> None:
        """Build a badge."""
        super().__init__(id=id)
        self._words = words
        self._tone = tone

    def render(self) -> Content:
        """Draw the word."""
        return badge(self._words, self._tone)

    def update(self, words: str, tone: Tone) -> None:
        """Say something else."""
        self._words, self._tone = words, tone
        self.refresh(layout=True)
