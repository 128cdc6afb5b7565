"""The question before something that is not undone."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from tui.screens.dialog import DialogScreen
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone


class ConfirmScreen(DialogScreen[bool]):
    """A question, what happens then, and two buttons; Cancel has the focus, and closing answers None."""

    CSS_PATH: ClassVar[str] = "confirm.tcss"

    def __init__(self, title: str, question: str, after: str, *, act: str, cancel: str = "Cancel") -> None:
        """Build the question; foreign text in it must be `SafeText`."""
        super().__init__()
        self._title = title
        self._question = question
        self._after = after
        self._act = act
        self._cancel = cancel

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card(self._title, tone=Tone.ATTENTION):
            yield Static(Content(self._question), classes="dialog--question")
            yield Static(Content(self._after), classes="dialog--after")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton(self._cancel, id="cancel")
                yield PushButton(self._act, "danger", id="act")

    def on_mount(self) -> None:
        """Put the focus where nothing is lost."""
        self.query_one("#cancel").focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        self.dismiss(True)
