"""The question before a session ends: it names device, place and last activity, and Cancel has the focus."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from security.facts import SessionView
from tui.screens.dialog import DialogScreen
from tui.widgets.card import Card
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.revoking import ADVICE, AFTER, AFTER_OWN
from tui.words.sessions import address_words, ago, device_words, last_active_words, place_words, strange


class Revoking(Enum):
    """What the person chose."""

    REVOKE = "revoke"
    AND_CHANGE_PASSWORD = "revoke and change password"  # noqa: S105 - words


class RevokeScreen(DialogScreen[Revoking]):
    """Answers how to go on; closing answers None."""

    CSS_PATH: ClassVar[str] = "revoke.tcss"

    def __init__(self, session: SessionView, now: datetime) -> None:
        """Ask about a session as it was read at a moment."""
        super().__init__()
        self._session = session
        self._now = now

    def compose(self) -> ComposeResult:
        """Build the card."""
        session = self._session
        odd = None if session.is_current else strange(session)
        with Card("Revoke this session?", tone=Tone.ATTENTION):
            yield Static(self._which(), classes="dialog--question")
            if odd is not None:
                yield Static(
                    Content.assemble(("! ", "bold $attention"), odd.sentence, " ", ADVICE), id="strange"
                )
            yield Static(Content(AFTER_OWN if session.is_current else AFTER), classes="dialog--after")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Cancel", id="cancel")
                yield PushButton("Revoke", "danger", id="act")
                if odd is not None:
                    yield PushButton("Revoke and change password", "danger", id="act-and-change")

    def _which(self) -> Content:
        """Device, place and last activity, each on its own line."""
        session = self._session
        named = f"  ({session.client})" if session.device_name else ""
        when = ago(last_active_words(session, self._now))
        return Content.assemble(
            (device_words(session), "bold"),
            (named, "$muted"),
            f"\n{address_words(session)}  ·  {place_words(session)}\n",
            f"last active {when}",
        )

    def on_mount(self) -> None:
        """Put the focus where nothing is lost."""
        self.query_one("#cancel").focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        self.dismiss(Revoking.REVOKE)

    @on(Button.Pressed, "#act-and-change")
    def _confirmed_change(self) -> None:
        self.dismiss(Revoking.AND_CHANGE_PASSWORD)
