"""Everything that is known of one session, and what can be done with it."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from security.facts import SessionView
from tui.keys.keymap import CLOSES, bindings
from tui.messages import AccountChanged
from tui.screens.dialog import DialogScreen
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.session_details import facts_of_session
from tui.words.sessions import cut, device_words, strange

TITLE = 40
"""The widest that a device is named above the card; the whole of it stands in it."""


class SessionAct(Enum):
    """What the person wants to do with the session."""

    NAME = "name"
    REVOKE = "revoke"


class SessionDetailsScreen(DialogScreen[SessionAct]):
    """Answers what to do with the session; closing answers None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("dialog", labels=CLOSES)
    CSS_PATH: ClassVar[str] = "session_details.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 24 rows on the card has the room around its words that every dialog has."""

    def __init__(self, session: SessionView, now: datetime, idle: timedelta, zone: tzinfo | None) -> None:
        """Show a session as it was read at a moment."""
        super().__init__()
        self._session = session
        self._now = now
        self._idle = idle
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Build the card."""
        session = self._session
        odd = None if session.is_current else strange(session)
        device = cut(device_words(session), TITLE)
        title = f"This session · {device}" if session.is_current else device
        with Card(title, tone=None if odd is None else Tone.ATTENTION):
            for name, value in facts_of_session(session, self._now, self._idle, self._zone):
                with Horizontal(classes="fact"):
                    yield Static(Content.styled(name, "$muted"), classes="fact--name")
                    yield Static(Content(value), classes="fact--value")
            if odd is not None:
                yield Static(
                    Content.assemble(("! ", "bold $attention"), odd.sentence, " Not you? Revoke it."),
                    id="strange",
                )
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Close", id="cancel")
                yield PushButton("Name this device", id="name")
                yield PushButton("Revoke", "danger", id="revoke")

    def on_mount(self) -> None:
        """Put the focus where nothing happens."""
        self.query_one("#cancel").focus()

    @on(AccountChanged)
    def _account_changed(self) -> None:
        """Say that what stands here was read before something changed."""
        self.query_one(NoticeLine).say("Something has changed since: close to see the list.", Tone.MUTED)

    @on(Button.Pressed, "#cancel")
    def _close_pressed(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#name")
    def _name_wanted(self) -> None:
        self.dismiss(SessionAct.NAME)

    @on(Button.Pressed, "#revoke")
    def _revoke_wanted(self) -> None:
        self.dismiss(SessionAct.REVOKE)
