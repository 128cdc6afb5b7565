"""What can be done with sessions: their details, a name, a lifetime, revoking one or all others."""

from __future__ import annotations

from textual import on, work

from security.facts import SessionsView, SessionView
from security.refusals import NotFound
from tui.answers import NOT_DONE
from tui.messages import GoTo, LeaveRequested, Place
from tui.screens.confirm import ConfirmScreen
from tui.screens.device_name import DeviceNameScreen
from tui.screens.home import HomeScreen
from tui.screens.revoke import RevokeScreen, Revoking
from tui.screens.session_details import SessionAct, SessionDetailsScreen
from tui.screens.session_lifetime import SessionLifetimeScreen
from tui.widgets.session_table import SessionTable
from tui.widgets.tone import Tone
from tui.words.lifetime import now_words
from tui.words.revoking import ENDED_ALREADY, NAME_SAVED, others_question, revoked_words, signed_out_words

NOTHING_TO_DO = "This session has ended; there is nothing to do with it."
"""For whoever wants to act on a row that is about to go."""

WAIT_SECONDS = 0.3
"""An act that takes longer is told of."""


class SessionActsScreen(HomeScreen, inherit_bindings=False):
    """Asks, acts and says how it went; what reads the sessions is built upon it."""

    @property
    def table(self) -> SessionTable:
        """The sessions."""
        return self.query_one(SessionTable)

    def show_sessions(self, view: SessionsView) -> None:
        """Show what was read."""
        raise NotImplementedError

    def watch_saving(self, saving: bool) -> None:
        """Say so where an act takes long."""
        if saving:
            self.set_timer(WAIT_SECONDS, self._tell_wait)

    def _tell_wait(self) -> None:
        """Ask for patience; what came of the act takes the place of it."""
        if self.saving:
            self.frame.notice.say("One moment…", Tone.MUTED)

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
            self.show_sessions(view)
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
