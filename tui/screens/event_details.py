"""One event of the activity with everything that is known of it."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from security.activity_facts import ActivityEvent
from tui.keys.keymap import CLOSES, bindings
from tui.screens.dialog import DialogScreen
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.activity import facts_of, happening_words


class EventDetailsScreen(DialogScreen[None]):
    """A card of facts and one button; nothing can be changed of what happened."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("dialog", labels=CLOSES)
    CSS_PATH: ClassVar[str] = "event_details.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-roomy")]  # noqa: RUF012 - Textual declares no ClassVar
    """Below 72 columns the labels are narrow, so that an id has a line of its own."""

    def __init__(self, event: ActivityEvent, zone: tzinfo | None) -> None:
        """Keep the event, and where times are told."""
        super().__init__()
        self.event = event
        """What is shown."""
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Build the card."""
        with Card(happening_words(self.event), tone=None if self.event.was_success else Tone.ATTENTION):
            for label, words in facts_of(self.event, self._zone):
                with Horizontal(classes="details--fact"):
                    yield Static(Content(label), classes="details--label")
                    yield Static(Content(words), classes="details--words")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Close", id="close")

    def on_mount(self) -> None:
        """Put the focus on the one button."""
        self.query_one("#close").focus()

    @on(Button.Pressed, "#close")
    def _has_read(self) -> None:
        self.action_cancel()
