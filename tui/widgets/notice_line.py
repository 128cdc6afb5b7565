"""One line that says how things went; it takes its own row, so it never lies over anything."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.tone import Tone


class NoticeLine(Widget):
    """A mark and a sentence, or no row at all."""

    DEFAULT_CSS = """
    NoticeLine {
        height: auto;
        max-height: 4;
        width: 1fr;
        padding: 0 1;
        display: none;
        background: $ground;
    }
    NoticeLine.-said {
        display: block;
    }
    """

    sentence: reactive[str] = reactive("", layout=True)
    """What is said; empty for nothing. Foreign text in it must be `SafeText`."""
    tone: reactive[Tone] = reactive(Tone.WELL)
    """How it is meant."""

    def render(self) -> Content:
        """Draw the mark and the sentence."""
        return Content.assemble(
            (f"{self.tone.mark} ", f"bold ${self.tone}"), (self.sentence, f"${self.tone}")
        )

    def watch_sentence(self, sentence: str) -> None:
        """Take a row only while there is something to say."""
        self.set_class(bool(sentence), "-said")

    def say(self, sentence: str, tone: Tone = Tone.WELL) -> None:
        """Show a sentence until the next one or `clear`."""
        self.tone = tone
        self.sentence = sentence

    def clear(self) -> None:
        """Say nothing any more."""
        self.sentence = ""
