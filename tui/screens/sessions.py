"""Profile ▸ Security ▸ Sessions and Profile ▸ General ▸ Sessions: who is signed in as this person, live."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from security.facts import SessionsView
from tui.answers import NOT_DONE, tell_if_over, words_of
from tui.keys.keymap import bindings
from tui.messages import LiveChanged, Place, TimesChanged
from tui.screens.session_acts import SessionActsScreen
from tui.widgets.session_table import SessionTable
from tui.widgets.tone import Tone


class SessionsScreen(SessionActsScreen, inherit_bindings=False):
    """Reads the sessions whenever something changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("sessions"),
        *bindings("page", "home", "scroll", without=("page.save", "scroll.page_up", "scroll.page_down")),
    ]
    CSS_PATH = "sessions.tcss"
    PLACE = Place.SESSIONS
    PURPOSE = "who is signed in as you, and from where"
    COUNTS_SESSIONS = True
    READS_FIRST = True

    _trouble = ""
    """What was said when the sessions could not be read."""

    def compose_page(self) -> ComposeResult:
        """Build the table."""
        yield SessionTable()

    def load(self) -> None:
        """Read the sessions again."""
        self._load()

    @work(exclusive=True, group="load", description="read the sessions")
    async def _load(self) -> None:
        """Read the whole page in one snapshot."""
        visit = self.visit
        services = await visit.ready()
        if visit.signed_in is None:
            return
        try:
            view = await services.sessions.view(visit.token)
        except NOT_DONE as answer:
            if self.shows(SessionTable) and not tell_if_over(self, answer):
                self._say_trouble(words_of(answer, services).sentence)
            return
        if self.shows(SessionTable):
            if self._trouble and self.frame.notice.sentence == self._trouble:
                self.frame.notice.clear()
            self.show_sessions(view)

    def _say_trouble(self, sentence: str) -> None:
        """Say why nothing could be read: in place of the rows, or below them where some still stand."""
        stands = self.table.view is not None
        self.table.show_trouble(sentence)
        if stands:
            self._trouble = sentence
            self.frame.notice.say(sentence, Tone.DANGER)

    def show_sessions(self, view: SessionsView) -> None:
        """Show what was read."""
        table = self.table
        table.zone = self.zone
        table.stale_since = self.visit.not_live_since
        table.show(view)
        self.show_count(len(view.sessions))
        self.refresh_bindings()
        self.call_later(self.begin_errand)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the acts for which there is something to act on."""
        if action in ("filter", "revoke", "others", "name", "lifetime"):
            view = self.table.view if self.is_mounted else None
            if view is None or (action == "others" and len(view.sessions) < 2):
                return False
            return action not in ("revoke", "name") or self.table.current is not None
        return super().check_action(action, parameters)

    @on(TimesChanged)
    def _other_times(self) -> None:
        """Tell the times the other way, whether or not the sessions can be read now."""
        self.table.zone = self.zone

    @on(SessionTable.Due)
    def _due(self) -> None:
        """Read again: some words are out of date."""
        self.load()

    @on(LiveChanged)
    def _live_changed(self) -> None:
        """Say since when it is not live, or read what was missed."""
        self.table.stale_since = self.visit.not_live_since
        self.load()

    def action_filter(self) -> None:
        """Show only the sessions with some words."""
        self.table.open_filter()

    def action_back(self) -> None:
        """Show all sessions again, or go back."""
        if not self.table.close_filter():
            super().action_back()

    def action_refresh(self) -> None:
        """Read again, and take what was new as seen."""
        self.table.acknowledge()
        super().action_refresh()


class GeneralSessionsScreen(SessionsScreen):
    """The same rows in the room of the person."""

    PLACE = Place.GENERAL_SESSIONS
