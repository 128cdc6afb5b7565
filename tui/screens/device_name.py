"""The question what to call a device; an empty name takes the present one away."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.facts import SessionView
from security.refusals import NotFound, UnusableField
from tui.answers import NOT_DONE, joined, words_of
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.labelled_field import LabelledField
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone
from tui.words.session_details import NAME_AFTER, NAME_ENDED


class DeviceNameScreen(DialogScreen[bool]):
    """Answers True once the store has the name."""

    CSS_PATH: ClassVar[str] = "device_name.tcss"

    def __init__(self, session: SessionView) -> None:
        """Ask for the name of the device of a session."""
        super().__init__()
        self._session = session

    @property
    def _row(self) -> LabelledField:
        """The field with its label."""
        return self.query_one("#device-row", LabelledField)

    def compose(self) -> ComposeResult:
        """Build the card."""
        session = self._session
        field = TextField(value=session.device_name or "", placeholder="Kitchen laptop", id="device")
        with Card("Name this device"):
            yield Static(Content(session.client), classes="dialog--question")
            yield LabelledField("Name", field, id="device-row")
            yield Static(Content(NAME_AFTER), classes="dialog--after", id="after")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Save name", "primary", id="act")
                yield PushButton("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Begin with the name."""
        self._row.input.focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if not self.saving:
            self.saving = True
            self._save()

    @work(group="save", description="name a device")
    async def _save(self) -> None:
        """Hand the name to the flow, which decides."""
        visit = visit_of(self)
        services = await visit.ready()
        try:
            await services.sessions.name_device(visit.token, self._session.id, self._row.value, visit.origin)
        except NOT_DONE as answer:
            self.saving = False
            self.query_one(NoticeLine).clear()
            if isinstance(answer, UnusableField):
                self._row.error = joined(words_of(answer, services))
                self._row.input.focus()
            elif isinstance(answer, NotFound):
                self.query_one(NoticeLine).say(NAME_ENDED, Tone.DANGER)
            else:
                self.say_not_done(answer, services)
            return
        self.saving = False
        self.dismiss(True)
