"""A banner: a sentence that wants attention, behind a heavy bar."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.widgets.tone import Tone


class Banner(Static):
    """A mark, a sentence and a bar in the colour of the tone; as many rows as the sentence needs."""

    DEFAULT_CSS = """
    Banner {
        height: auto;
        width: 1fr;
        padding: 0 1;
        margin: 0 0 1 0;
        background: $raised;
        color: $ink;
        border-left: outer $attention;
        &.-well {
            border-left: outer $well;
        }
        &.-danger {
            border-left: outer $danger;
        }
        &.-accent {
            border-left: outer $accent;
        }
    }
    """

    def __init__(
        self, sentence: str | Content, tone: Tone = Tone.ATTENTION, *, id: str | None = None
    ) -> None:
        """Build a banner; foreign text in it must be `SafeText`."""
        super().__init__(_words(sentence, tone), id=id, classes=f"-{tone}")
        self._tone = tone

    def say(self, sentence: str | Content) -> None:
        """Say something else in the same tone."""
        self.update(_words(sentence, self._tone))


def _words(sentence: str | Content, tone: Tone) -> Content:
    """Put the tone's mark before a sentence."""
    return Content.assemble((f"{tone.mark} ", f"bold ${tone}"), sentence)
