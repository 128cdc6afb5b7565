"""What dialogs have in common: a card in the middle, arrows between controls, no way out while one saves."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import ModalScreen

from security.services import Services
from tui.answers import NotDone, joined, tell_if_over, words_of
from tui.keys.keymap import app_bindings, bindings
from tui.screens.answering import AnsweringScreen
from tui.widgets.footer import Footer
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone

Answer = TypeVar("Answer")


class DialogScreen(AnsweringScreen[Answer | None], ModalScreen[Answer | None], Generic[Answer]):
    """A typed question; None is the answer of whoever closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("dialog", "controls"),
        *app_bindings("app.help"),
    ]

    DEFAULT_CSS = """
    DialogScreen {
        align: center middle;
        background: $veil;
    }
    DialogScreen > Footer {
        dock: bottom;
    }
    DialogScreen > Card {
        width: 64;
        max-width: 100%;
        max-height: 100%;
        margin: 0;
        padding: 1 2;
        background: $ground;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    DialogScreen .dialog--question {
        height: auto;
        margin: 0 0 1 0;
    }
    DialogScreen .dialog--after {
        height: auto;
        margin: 0 0 1 0;
        color: $muted;
    }
    DialogScreen .dialog--buttons {
        height: 1;
        width: 1fr;
    }
    DialogScreen TickBox {
        margin: 0 0 1 0;
    }
    DialogScreen LabelledField.-wrong {
        margin: 0 0 1 0;
    }
    DialogScreen NoticeLine {
        padding: 0;
        margin: 0 0 1 0;
        max-height: 4;
    }
    """

    saving: reactive[bool] = reactive(False, init=False)
    """An act is under way: no second one begins, and the dialog stays."""

    @on(events.Mount)
    async def _add_footer(self) -> None:
        """Show the keys of the dialog in place of those of the page below it."""
        await self.mount(Footer())

    def watch_saving(self, saving: bool) -> None:
        """Say that something is under way, and take no second press meanwhile."""
        for button in self.query(PushButton):
            button.disabled = saving
        if saving:
            self.query_one(NoticeLine).say("One moment…", Tone.MUTED)

    def action_cancel(self) -> None:
        """Close without doing anything."""
        if not self.saving:
            self.dismiss(None)

    def say_not_done(self, answer: NotDone, services: Services | None) -> None:
        """Say inline why nothing was done, unless the session is over and the app says so."""
        if not tell_if_over(self, answer):
            self.query_one(NoticeLine).say(joined(words_of(answer, services)), Tone.DANGER)
