"""The question where to write the events of the activity, and the writing itself, which can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static
from textual.worker import Worker

from security.activity_facts import ActivityQuery
from security.refusals import ReauthenticationNeeded
from security.safe_text import SafeText, sanitise
from security.services import Services
from security.vocabulary import ExportForm
from tui.answers import NOT_DONE
from tui.private_file import NotSaved, path_of, save_pieces
from tui.screens.dialog import DialogScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.visit import Visit, visit_of
from tui.widgets.card import Card
from tui.widgets.labelled_field import LabelledField
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone
from tui.words.exports import COUNTING, FORMS, NOTHING, STOPPED, ending, progress_words, selection_words

TOLD_EVERY = 10_000
"""Events between two words on how far it has come: each costs a line its bytes."""


LOADING_SECONDS = 0.2
"""How long counting goes on before that is said."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written."""

    path: SafeText
    total: int
    """How many events it holds."""


class ExportScreen(DialogScreen[Exported]):
    """Answers the new file, whose name ends as the form wants; what stands there is never touched."""

    CSS_PATH: ClassVar[str] = "export.tcss"

    def __init__(self, query: ActivityQuery, name: str) -> None:
        """Build the question for a selection of events, with a name to begin with."""
        super().__init__()
        self._query = query
        self._name = name
        self._form = ExportForm.CSV
        self._writing: Worker[None] | None = None
        self._is_stopped = False
        self._total = 0
        self._is_counting = True

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card("Export your activity"):
            yield Static("", markup=False, classes="dialog--question", id="selection")
            yield Static(Content(FORMS), classes="dialog--after")
            yield LabelledField("File", TextField(value=f"~/{self._name}", id="path"))
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Save as CSV", "primary", id="csv")
                yield PushButton("Save as JSON Lines", id="jsonl")
                yield PushButton("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Count what is exported, with the focus on the usual answer."""
        self.query_one("#csv").focus()
        self.set_timer(LOADING_SECONDS, self._say_counting)
        self._count()

    def _say_counting(self) -> None:
        """Say what takes so long; the word may come a moment after it was over."""
        if self._is_counting:
            self.query_one("#selection", Static).update(Content(COUNTING))

    @work(group="load", description="count the events to export")
    async def _count(self) -> None:
        """Say how many events there are to export."""
        visit, services = visit_of(self), None
        try:
            services = await visit.ready()
            total = await services.activity_export.count(visit.token, self._query)
        except NOT_DONE as answer:
            self.say_not_done(answer, services)
            return
        finally:
            self._is_counting = False
        if total:
            words = Content.assemble(
                (selection_words(total, is_all=self._query.wants_all), "bold"),
                ", in a new file on ",
                (visit.door.machine, "bold"),
                " that nobody but you may read.",
            )
        else:
            words = Content(NOTHING)
            for button in self.query("#csv, #jsonl").results(PushButton):
                button.disabled = True
            self.query_one("#cancel").focus()
        self.query_one("#selection", Static).update(words)

    def watch_saving(self, saving: bool) -> None:
        """Take no second press meanwhile, but let the writing be stopped."""
        super().watch_saving(saving)
        if saving:
            cancel = self.query_one("#cancel", PushButton)
            cancel.disabled = False
            cancel.focus()

    def action_cancel(self) -> None:
        """Stop the writing; where nothing is written, close."""
        if self.saving and self._writing is not None:
            self._is_stopped = True
            self._writing.cancel()
        else:
            super().action_cancel()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#csv")
    def _csv_chosen(self) -> None:
        self._begin(ExportForm.CSV)

    @on(Button.Pressed, "#jsonl")
    def _json_lines_chosen(self) -> None:
        self._begin(ExportForm.JSON_LINES)

    def _begin(self, form: ExportForm) -> None:
        """Begin to write, unless that is under way or nothing was typed."""
        if self.saving or self.query_one("#csv", PushButton).disabled:
            return
        try:
            path = path_of(self.query_one(LabelledField).value, ending(form), tuple(map(ending, ExportForm)))
        except RuntimeError:
            self._say("That home folder does not exist.")
            return
        if path is None:
            self._say("Type a file name.")
            return
        self._form, self._is_stopped, self.saving = form, False, True
        self._writing = self._export(path)

    @work(group="save", description="export the activity")
    async def _export(self, path: Path) -> None:
        """Export into the file, asking first who it is where the flow wants to know."""
        visit, services = visit_of(self), None
        try:
            services = await visit.ready()
            await save_pieces(path, self._pieces(visit, services))
        except ReauthenticationNeeded as needed:
            self._rest()
            question = ReauthenticationScreen(second_factor=needed.second_factor)
            self.app.push_screen(question, self._asked_who)
        except NOT_DONE as answer:
            self._rest()
            self.say_not_done(answer, services)
        except NotSaved as error:
            self._rest()
            self._say(error.sentence)
        except asyncio.CancelledError:
            if self._is_stopped:
                self._rest()
                self.query_one(NoticeLine).say(STOPPED, Tone.MUTED)
            raise
        else:
            self.saving = False
            self.dismiss(Exported(sanitise(path), self._total))

    async def _pieces(self, visit: Visit, services: Services) -> AsyncIterator[bytes]:
        """Begin once there is a place for it, and say from time to time how far it has come."""
        export = await services.activity_export.begin(visit.token, self._query, visit.origin, self._form)
        self._total, said = export.total, 0
        async for piece in export.pieces:
            yield piece.data
            if piece.total - said >= TOLD_EVERY:
                said = piece.total
                self.query_one(NoticeLine).say(progress_words(said, export.total), Tone.MUTED)

    def _rest(self) -> None:
        """Let another try begin."""
        self.saving = False
        self._writing = None
        self.query_one(NoticeLine).clear()
        self.query_one("#csv" if self._form is ExportForm.CSV else "#jsonl").focus()

    def _asked_who(self, is_proven: bool | None) -> None:
        """Go on where the person has proved who they are."""
        if is_proven:
            self._begin(self._form)

    def _say(self, sentence: str) -> None:
        """Say at the field what is wrong with it."""
        field = self.query_one(LabelledField)
        field.error = sentence
        field.input.focus()
