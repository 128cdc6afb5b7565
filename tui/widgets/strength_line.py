"""The strength of a new password: a bar, a word, how long it would last, and advice."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from security.facts import PasswordAdvice
from tui.words.password import advice_words
from tui.words.refusals import STRENGTHS

_STYLES = ("$danger", "$danger", "$attention", "$well", "$well")
_CELLS_PER_STEP = 1


class StrengthLine(Widget):
    """One line for the strength and one for the advice."""

    DEFAULT_CSS = """
    StrengthLine {
        height: 2;
    }
    """

    advice: reactive[PasswordAdvice | None] = reactive(None)
    """What may be said of the candidate; None while nothing was typed."""

    def render(self) -> Content:
        """The strength in words beside its bar, then what would make it better."""
        advice = self.advice
        if advice is None:
            return Content.styled("Strength is shown as you type.", "$muted")
        if not advice.is_usable:
            return Content.assemble(("✗ ", "$danger"), "Too long, or with characters that cannot be taken")
        style = _STYLES[advice.score]
        filled = (advice.score + 1) * _CELLS_PER_STEP
        line = Content.assemble(
            ("Strength  ", "$muted"),
            ("▰" * filled, style),
            ("▱" * (len(STRENGTHS) * _CELLS_PER_STEP - filled), "$muted"),
            f"  {STRENGTHS[advice.score]}",
            (f" · lasts {advice.crack_time}" if advice.crack_time else "", "$muted"),
        )
        return Content("\n").join([line, Content.styled(advice_words(advice), "$muted")])
