"""Screens that answer: what they answer waits while help, or the size that is needed, stands over them."""

from __future__ import annotations

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class AnsweringScreen(Screen[ScreenResultType]):
    """Textual's `dismiss` takes the top screen away, whichever it is; here it takes this one, in its turn."""

    _late_answer: tuple[ScreenResultType | None] | None = None

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Answer and close, at once or as soon as nothing stands over this screen."""
        if self.app.screen is self:
            closing: AwaitComplete = super().dismiss(result)
            return closing
        self._late_answer = (result,)
        return AwaitComplete()

    @on(events.ScreenResume)
    def _answer_late(self) -> None:
        """Give the answer that was held back."""
        if self._late_answer is not None and self.app.screen is self:
            (result,), self._late_answer = self._late_answer, None
            super().dismiss(result)
