"""The question whether it is still you: the password, and a code where two-factor authentication is on."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.refusals import Refusal
from tui.answers import NOT_DONE, joined, words_of
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.proof_fields import ProofFields
from tui.widgets.push_button import PushButton
from tui.words.sign_in import PROOF_QUESTION


class ReauthenticationScreen(DialogScreen[bool]):
    """Answers True once the flow has accepted the proof and the visit has adopted the new token."""

    CSS_PATH: ClassVar[str] = "reauthentication.tcss"

    def __init__(self, *, second_factor: bool, question: str = PROOF_QUESTION) -> None:
        """Build the question; `second_factor` asks for a code beside the password."""
        super().__init__()
        self._second_factor = second_factor
        self._question = question

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card("Confirm that it is you"):
            yield Static(Content(self._question), classes="dialog--question")
            yield ProofFields(asks_code=self._second_factor)
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Confirm", "primary", id="act")
                yield PushButton("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Begin with the password."""
        self.query_one(ProofFields).focus_first()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if not self.saving and self.query_one(ProofFields).is_complete():
            self.saving = True
            self._prove()

    @work(group="save", description="confirm that it is you")
    async def _prove(self) -> None:
        """Hold what was typed against the account, and adopt the new token."""
        visit, fields, services = visit_of(self), self.query_one(ProofFields), None
        try:
            services = await visit.ready()
            signed_in = await services.reauthentication.prove(
                visit.token, fields.password, fields.code, visit.origin
            )
        except NOT_DONE as answer:
            self.saving = False
            self.query_one(NoticeLine).clear()
            if not (isinstance(answer, Refusal) and fields.place(answer, joined(words_of(answer, services)))):
                self.say_not_done(answer, services)
            return
        await visit.adopt(signed_in)
        fields.drop()
        self.saving = False
        self.dismiss(True)
