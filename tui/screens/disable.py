"""The question before two-factor authentication is switched off: password and code, Cancel focused."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.facts import TwoFactorDisabled
from security.refusals import Refusal
from tui.answers import NOT_DONE, joined, words_of
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.proof_fields import ProofFields
from tui.widgets.push_button import PushButton
from tui.widgets.tick_box import TickBox
from tui.widgets.tone import Tone
from tui.words.two_factor import DISABLE_AFTER, DISABLE_QUESTION


class DisableScreen(DialogScreen[TwoFactorDisabled]):
    """Answers what was switched off; password and code are asked for, whatever was proved before."""

    CSS_PATH: ClassVar[str] = "disable.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 24 rows on the card has the room around its words that every dialog has."""

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card("Disable two-factor", tone=Tone.DANGER):
            yield Static(Content(DISABLE_QUESTION), classes="dialog--question")
            yield Static(Content(DISABLE_AFTER), classes="dialog--after")
            yield ProofFields(asks_code=True)
            yield TickBox("Sign out my other sessions")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Cancel", id="cancel")
                yield PushButton("Disable 2FA", "danger", id="act")

    def on_mount(self) -> None:
        """Put the focus where nothing is lost."""
        self.query_one("#cancel").focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if not self.saving and self.query_one(ProofFields).is_complete():
            self.saving = True
            self._disable()

    @work(group="save", description="disable two-factor authentication")
    async def _disable(self) -> None:
        """Hand both proofs to the flow, which decides."""
        visit, fields = visit_of(self), self.query_one(ProofFields)
        services = await visit.ready()
        try:
            disabled = await services.two_factor.disable(
                visit.token,
                fields.password,
                fields.code or "",
                visit.origin,
                end_others=self.query_one(TickBox).is_on,
            )
        except NOT_DONE as answer:
            self.saving = False
            self.query_one(NoticeLine).clear()
            if not (isinstance(answer, Refusal) and fields.place(answer, joined(words_of(answer, services)))):
                self.say_not_done(answer, services)
            return
        await visit.adopt(disabled.signed_in)
        fields.drop()
        self.saving = False
        self.dismiss(disabled)
