"""The question how long the person's sessions live at most: as the organisation allows, or shorter."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from security.facts import SessionsView
from tui.answers import NOT_DONE
from tui.screens.confirm import ConfirmScreen
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.choice import Choice
from tui.widgets.hint import Hint
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.words.lifetime import QUESTION, effect_words, ended_by, offered, short_words
from tui.words.refusals import counted


class SessionLifetimeScreen(DialogScreen[SessionsView]):
    """Answers the sessions as they are under the lifetime that was chosen."""

    CSS_PATH: ClassVar[str] = "session_lifetime.tcss"

    def __init__(self, view: SessionsView) -> None:
        """Ask about the lifetime of sessions as they were read."""
        super().__init__()
        self._view = view
        self._offered = offered(view)

    @property
    def _chosen(self) -> timedelta:
        """The lifetime that is taken now."""
        return self._offered[self.query_one(Choice).chosen]

    def compose(self) -> ComposeResult:
        """Build the card."""
        words = [short_words(lifetime) for lifetime in self._offered]
        with Card("How long sessions live"):
            yield Static(Content(QUESTION), classes="dialog--question")
            yield Choice(*words, chosen=self._offered.index(self._view.lifetime))
            yield Hint(effect_words(self._view, self._view.lifetime), id="effect")
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Save", "primary", id="act")
                yield PushButton("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Begin with the choice."""
        self.query_one(Choice).focus()

    @on(Choice.Changed)
    def _changed(self) -> None:
        """Say what it would do."""
        self.query_one("#effect", Hint).say(effect_words(self._view, self._chosen))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#act")
    def _confirmed(self) -> None:
        if self._chosen == self._view.lifetime:
            self.dismiss(None)
        elif not self.saving:
            self._ask() if ended_by(self._view, self._chosen) else self._begin_saving()

    @work(group="ask", description="ask before a lifetime ends sessions")
    async def _ask(self) -> None:
        """Ask once more where sessions would end at once, Cancel focused."""
        ended = counted(len(ended_by(self._view, self._chosen)), "session")
        question = ConfirmScreen(
            "End older sessions",
            f"Save, and end {ended} now?",
            effect_words(self._view, self._chosen),
            act=f"Save and end {ended}",
        )
        if await self.app.push_screen_wait(question) and not self.saving:
            self._begin_saving()

    def _begin_saving(self) -> None:
        """Save what is chosen."""
        self.saving = True
        self._save()

    @work(group="save", description="choose the lifetime of sessions")
    async def _save(self) -> None:
        """Hand the choice to the flow, which decides."""
        visit = visit_of(self)
        services = await visit.ready()
        lifetime = None if self._chosen == self._view.longest else self._chosen
        try:
            view = await services.sessions.set_lifetime(visit.token, lifetime, visit.origin)
        except NOT_DONE as answer:
            self.saving = False
            self.query_one(NoticeLine).clear()
            self.say_not_done(answer, services)
            return
        self.saving = False
        self.dismiss(view)
