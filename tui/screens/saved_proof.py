"""The proof that the recovery codes were saved: one of them, typed while they are out of sight."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.refusals import CodeRejected
from tui.answers import NOT_DONE
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.code_input import CodeField
from tui.widgets.labelled_field import LabelledField
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.words.two_factor import NONE_OF_THESE, NOT_SPENT, PROOF


class SavedProofScreen(DialogScreen[bool]):
    """Answers True once one of the codes was typed; it is not spent by that."""

    CSS_PATH: ClassVar[str] = "saved_proof.tcss"

    def __init__(self, batch_id: str) -> None:
        """Ask for a code of this batch."""
        super().__init__()
        self._batch_id = batch_id

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card("Are they saved?"):
            yield Static(Content(PROOF), classes="dialog--question")
            yield LabelledField("One of your codes", CodeField(placeholder="XXXX-XXXX-XXXX-XXXX"))
            yield Static(Content(NOT_SPENT), classes="dialog--after")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("I've Saved My Codes", "primary", id="act")
                yield PushButton("Show them again", id="cancel")

    def on_mount(self) -> None:
        """Begin with the code."""
        self.query_one(CodeField).focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if self.saving:
            return
        if not self.query_one(CodeField).value.strip():
            self._say("Type one of the codes.")
            return
        self.saving = True
        self._acknowledge()

    @work(group="save", description="acknowledge the recovery codes")
    async def _acknowledge(self) -> None:
        """Hold the typed code against the batch."""
        visit, field = visit_of(self), self.query_one(CodeField)
        services = await visit.ready()
        try:
            await services.recovery_codes.acknowledge(visit.token, self._batch_id, field.value, visit.origin)
        except CodeRejected:
            self.saving = False
            self.query_one(NoticeLine).clear()
            self._say(NONE_OF_THESE)
            return
        except NOT_DONE as answer:
            self.saving = False
            self.say_not_done(answer, services)
            return
        field.value = ""
        self.saving = False
        self.dismiss(True)

    def _say(self, sentence: str) -> None:
        row = self.query_one(LabelledField)
        row.error = sentence
        row.input.focus()
