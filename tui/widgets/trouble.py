"""What went wrong, beside where it went wrong: a mark, a sentence and a hint; a lock's countdown ticks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.widgets.tone import Tone

if TYPE_CHECKING:
    from security.refusals import Refusal, Throttled
    from tui.words.refusals import Words

TICK_SECONDS = 1.0
"""How often a countdown is drawn again."""


class Trouble(Static):
    """Takes no room while there is nothing to say; `-said` is its class while there is."""

    DEFAULT_CSS = """
    Trouble {
        display: none;
        height: auto;
        width: 1fr;
        padding: 0 1;
        margin: 0 0 1 0;
        color: $ink;
        background: $raised;
        border-left: outer $danger;
        &.-said {
            display: block;
        }
        &.-attention {
            border-left: outer $attention;
        }
        &.-accent {
            border-left: outer $accent;
        }
        &.-well {
            border-left: outer $well;
        }
    }
    """

    def __init__(
        self, words: Words | None = None, tone: Tone = Tone.DANGER, *, id: str | None = None
    ) -> None:
        """Begin with something to say, or with nothing."""
        super().__init__(id=id)
        self.words: Words | None = None
        """What is said now."""
        self._ticking: Timer | None = None
        if words is not None:
            self.say(words, tone)

    def refuse(self, refusal: Refusal, now: Callable[[], datetime], *, recovery_code: bool = False) -> None:
        """Say a refusal; where it is a lock, count down to its end by the given clock."""
        from security.refusals import Throttled
        from tui.words.refusals import refusal_words

        self.say(refusal_words(refusal, now=now(), recovery_code=recovery_code))
        if isinstance(refusal, Throttled):
            self._ticking = self.set_interval(TICK_SECONDS, lambda: self._tick(refusal, now()))

    def say(self, words: Words, tone: Tone = Tone.DANGER) -> None:
        """Show a sentence and, muted below it, its hint."""
        self._stop()
        self._show(words, tone)

    def clear(self) -> None:
        """Say nothing any more."""
        self._stop()
        self.words = None
        self.remove_class("-said")

    def _tick(self, lock: Throttled, now: datetime) -> None:
        """Draw the countdown, or that it has come to its end."""
        from tui.words.refusals import Words, refusal_words

        if now >= lock.until:
            self.say(Words("You can try again now."), Tone.WELL)
        else:
            self._show(refusal_words(lock, now=now), Tone.DANGER)

    def _stop(self) -> None:
        """End the countdown, if there is one."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    def _show(self, words: Words, tone: Tone) -> None:
        """Draw mark, sentence and hint."""
        self.words = words
        for one in (Tone.ATTENTION, Tone.ACCENT, Tone.WELL):
            self.set_class(tone is one, f"-{one}")
        self.add_class("-said")
        hint = (f"\n{words.hint}", "$muted") if words.hint else ""
        self.update(Content.assemble((f"{tone.mark} ", f"bold ${tone}"), words.sentence, hint))
