"""Profile ▸ Security ▸ Sessions and Profile ▸ General ▸ Sessions: who is signed in as this person, live."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from security.facts import SessionsView, SessionView
from security.refusals import NotFound
from tui.answers import NOT_DONE, tell_if_over, words_of
from tui.keymap import bindings
from tui.lifetime_words import now_words
from tui.messages import GoTo, LeaveRequested, LiveChanged, Place, TimesChanged
from tui.revoking_words import ENDED_ALREADY, NAME_SAVED, others_question, revoked_words, signed_out_words
from tui.screens.confirm import ConfirmScreen
from tui.screens.device_name import DeviceNameScreen
from tui.screens.home import HomeScreen
from tui.screens.revoke import RevokeScreen, Revoking
from tui.screens.session_details import SessionAct, SessionDetailsScreen
from tui.screens.session_lifetime import SessionLifetimeScreen
from tui.visit import key_name
from tui.widgets.session_table import SessionTable
from tui.widgets.tone import Tone

NOTHING_TO_DO = "This session has ended; there is nothing to do with it."
"""For whoever wants to act on a row that is about to go."""

WAIT_SECONDS = 0.3
"""An act that takes longer is told of."""


class SessionsScreen(HomeScreen, inherit_bindings=False):
    """Reads the sessions whenever something changes, and does what is asked for."""

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

    @property
    def table(self) -> SessionTable:
        """The sessions."""
        return self.query_one(SessionTable)

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
                words = words_of(answer, services)
                self.table.show_trouble(words.sentence)
                self._trouble = f"{words.sentence} {key_name(self, 'page.refresh')} tries again."
                self.frame.notice.say(self._trouble, Tone.DANGER)
            return
        if self.shows(SessionTable):
            if self._trouble and self.frame.notice.sentence == self._trouble:
                self.frame.notice.clear()
            self._show(view)

    def _show(self, view: SessionsView) -> None:
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

    def watch_saving(self, saving: bool) -> None:
        """Say so where an act takes long."""
        if saving:
            self.set_timer(WAIT_SECONDS, self._tell_wait)

    def _tell_wait(self) -> None:
        """Ask for patience; what came of the act takes the place of it."""
        if self.saving:
            self.frame.notice.say("One moment…", Tone.MUTED)

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

    @on(SessionTable.Opened)
    def _opened(self, event: SessionTable.Opened) -> None:
        """Show everything that is known of a session."""
        if event.session.ended_at is not None:
            self.frame.notice.say(NOTHING_TO_DO, Tone.MUTED)
        else:
            self._tell(event.session)

    @on(SessionTable.OthersPressed)
    def action_others(self) -> None:
        """Sign out everywhere else, once that was confirmed."""
        if not self.saving:
            self._ask_others()

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

    def action_revoke(self) -> None:
        """End the chosen session, once that was confirmed."""
        session = self._chosen()
        if session is not None and not self.saving:
            self._ask_revoke(session)

    def action_name(self) -> None:
        """Give the chosen session's device a name."""
        session = self._chosen()
        if session is not None and not self.saving:
            self._ask_name(session)

    def action_lifetime(self) -> None:
        """Choose how long sessions live at most."""
        if self.table.view is not None and not self.saving:
            self._choose_lifetime(self.table.view)

    def _chosen(self) -> SessionView | None:
        """The live session under the cursor; of one that is over nothing can be asked."""
        row = self.table.current
        if row is None:
            return None
        if row.is_over:
            self.frame.notice.say(NOTHING_TO_DO, Tone.MUTED)
            return None
        return row.session

    @work(group="ask", description="show a session")
    async def _tell(self, session: SessionView) -> None:
        """Show the details, and do what is chosen there."""
        view = self.table.view
        if view is None:
            return
        act = await self.app.push_screen_wait(
            SessionDetailsScreen(session, view.read_at, view.idle, self.zone)
        )
        if act is SessionAct.NAME:
            self._ask_name(session)
        elif act is SessionAct.REVOKE:
            self._ask_revoke(session)

    @work(group="ask", description="name a device")
    async def _ask_name(self, session: SessionView) -> None:
        """Ask for the name, and show it."""
        if await self.app.push_screen_wait(DeviceNameScreen(session)):
            self.frame.notice.say(NAME_SAVED)
            self.load()

    @work(group="ask", description="choose the lifetime of sessions")
    async def _choose_lifetime(self, before: SessionsView) -> None:
        """Ask for the lifetime, and show the sessions that are left."""
        view = await self.app.push_screen_wait(SessionLifetimeScreen(before))
        if view is not None:
            self._show(view)
            self.frame.notice.say(now_words(view.lifetime))

    @work(group="ask", description="ask before a session is revoked")
    async def _ask_revoke(self, session: SessionView) -> None:
        """Ask, and end it."""
        view = self.table.view
        if view is None:
            return
        meant = await self.app.push_screen_wait(RevokeScreen(session, view.read_at))
        if meant is None or self.saving:
            return
        if session.is_current:
            self.post_message(LeaveRequested())
            return
        self.saving = True
        self._revoke(session, leads_on=meant is Revoking.AND_CHANGE_PASSWORD)

    @work(group="save", description="revoke a session")
    async def _revoke(self, session: SessionView, *, leads_on: bool) -> None:
        """End it, say so, and go on to the password where that was wanted."""
        visit = self.visit
        services = await visit.ready()
        try:
            await services.sessions.revoke(visit.token, session.id, visit.origin)
        except NotFound:
            self.frame.notice.say(ENDED_ALREADY, Tone.MUTED)
        except NOT_DONE as answer:
            self.saving = False
            self.not_done(answer, services)
            return
        else:
            self.frame.notice.say(revoked_words(session))
        self.saving = False
        self.load()
        if leads_on:
            self.post_message(GoTo(Place.PASSWORD))

    @work(group="ask", description="ask before all other sessions are signed out")
    async def _ask_others(self) -> None:
        """Ask with the number, and end them."""
        view = self.table.view
        others = [] if view is None else [one for one in view.sessions if not one.is_current]
        if not others:
            return
        question = others_question(others)
        meant = await self.app.push_screen_wait(
            ConfirmScreen(
                "Sign out everywhere else",
                question.sentence,
                question.after,
                act="Sign out everywhere else",
            )
        )
        if meant and not self.saving:
            self.saving = True
            self._end_others()

    @work(group="save", description="sign out everywhere else")
    async def _end_others(self) -> None:
        """End them, and say how many there were in the end."""
        visit = self.visit
        services = await visit.ready()
        try:
            ended = await services.sessions.revoke_others(visit.token, visit.origin)
        except NOT_DONE as answer:
            self.saving = False
            self.not_done(answer, services)
            return
        self.saving = False
        self.frame.notice.say(signed_out_words(ended))
        self.load()


class GeneralSessionsScreen(SessionsScreen):
    """The same rows in the room of the person."""

    PLACE = Place.GENERAL_SESSIONS
