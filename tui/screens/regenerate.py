"""The question before new recovery codes: the old ones stop working."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from security.facts import RecoveryCodes
from security.refusals import ReauthenticationNeeded
from tui.answers import NOT_DONE
from tui.screens.dialog import DialogScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tick_box import TickBox
from tui.widgets.tone import Tone
from tui.words.two_factor import REGENERATE_AFTER, REGENERATE_QUESTION


class RegenerateScreen(DialogScreen[RecoveryCodes]):
    """Answers the new batch; Cancel has the focus."""

    CSS_PATH: ClassVar[str] = "regenerate.tcss"

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card("Regenerate recovery codes", tone=Tone.ATTENTION):
            yield Static(Content(REGENERATE_QUESTION), classes="dialog--question")
            yield Static(Content(REGENERATE_AFTER), classes="dialog--after")
            yield TickBox("Sign out my other sessions")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Cancel", id="cancel")
                yield PushButton("Regenerate recovery codes", "danger", id="act")

    def on_mount(self) -> None:
        """Put the focus where nothing is lost."""
        self.query_one("#cancel").focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if not self.saving:
            self.saving = True
            self._regenerate()

    @work(group="save", description="regenerate the recovery codes")
    async def _regenerate(self) -> None:
        """Void the old batch and make a new one, asking first who it is where the flow wants to know."""
        visit = visit_of(self)
        services = await visit.ready()
        try:
            codes = await services.recovery_codes.regenerate(
                visit.token, visit.origin, end_others=self.query_one(TickBox).is_on
            )
        except ReauthenticationNeeded as needed:
            self.saving = False
            self.query_one(NoticeLine).clear()
            question = ReauthenticationScreen(second_factor=needed.second_factor)
            self.app.push_screen(question, self._asked_who)
            return
        except NOT_DONE as answer:
            self.saving = False
            self.say_not_done(answer, services)
            return
        await visit.adopt(codes.signed_in)
        self.saving = False
        self.dismiss(codes)

    def _asked_who(self, is_proven: bool | None) -> None:
        if is_proven:
            self._confirmed()
