"""What every place inside has in common: the frame, its title, the tabs, and the keys that lead elsewhere."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from security.refusals import Refusal
from security.services import Services
from security.trouble import StoreTrouble
from security.vocabulary import ChangeKind
from tui.answers import joined, tell_if_over, words_of
from tui.keys import keymap
from tui.messages import AccountChanged, GoTo, LeaveRequested, Place, TimesChanged
from tui.room_tabs import room_of, tabs_of
from tui.screens.confirm import ConfirmScreen
from tui.screens.errand import ErrandScreen
from tui.visit import NotSignedIn
from tui.widgets.navigation import GENERAL, Navigation, Room
from tui.widgets.notice_line import NoticeLine
from tui.widgets.page_frame import PageFrame
from tui.widgets.tab_strip import TabStrip
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone

_COUNTED = (ChangeKind.SESSION_STARTED, ChangeKind.SESSION_ENDED)
"""Changes after which there may be more sessions or fewer."""


class HomeScreen(ErrandScreen):
    """A place inside; subclasses name it, compose its page and read what it shows."""

    BINDINGS = keymap.bindings("page", "home", "scroll")

    DEFAULT_CSS = """
    HomeScreen .home--title {
        height: auto;
    }
    HomeScreen TabStrip {
        margin: 0 0 1 0;
    }
    """

    AUTO_FOCUS = ""
    """Nothing: a bare letter typed on arrival must act, not land in a field."""

    PLACE: ClassVar[Place]
    """Which place it is."""
    PURPOSE: ClassVar[str]
    """One line that says what the page is for."""
    COUNTS_SESSIONS: ClassVar[bool] = False
    """Whether the page reads the sessions anyway, and tells how many there are."""

    saving: reactive[bool] = reactive(False, init=False)
    """A write is under way: no second one begins and the place cannot be left."""

    def __init__(self, *, is_passing: bool = False) -> None:
        """Build the place; `is_passing` leaves the focus alone, because the next key may lead on."""
        super().__init__()
        self.is_passing = is_passing
        """Whether the person walks along the tabs."""

    @property
    def zone(self) -> tzinfo | None:
        """Where times are told: None for local time."""
        return UTC if self.visit.uses_utc else None

    @property
    def room(self) -> Room:
        """The room that the place belongs to."""
        return room_of(self.PLACE)

    def compose(self) -> ComposeResult:
        """Build the frame, the title, the tabs of the room and the page."""
        room = self.room
        with PageFrame(f"Profile › {room.label}", room=room.id, account=self.visit.account):
            yield Static(
                Content.assemble((room.label, "bold $ink"), ("  ·  ", "$line"), (self.PURPOSE, "$muted")),
                classes="home--title",
            )
            yield TabStrip(*tabs_of(room, self.visit), active=self.PLACE)
            yield from self.compose_page()

    def compose_page(self) -> ComposeResult:
        """Build what is below the title."""
        yield from ()

    def load(self) -> None:
        """Read again what the page shows."""

    def on_mount(self) -> None:
        """Read what the page shows."""
        self.load()

    def shows(self, leaf: type[Widget]) -> bool:
        """Whether the page still stands: it can be taken down while a worker waits for the store."""
        return bool(self.query(leaf))

    def show_account(self) -> None:
        """Show the present account in the header and at the tabs."""
        self.frame.account = self.visit.account
        for strip in self.query(TabStrip):
            strip.tabs = tabs_of(self.room, self.visit)

    def show_count(self, sessions: int) -> None:
        """Show at the tabs how many sessions are alive; the visit remembers it for the next page."""
        self.visit.sessions_alive = sessions
        self.show_account()

    @on(events.Mount)
    def _count_first(self) -> None:
        """Count the sessions where no page has yet."""
        if self.visit.sessions_alive is None and not self.COUNTS_SESSIONS:
            self._count()

    @work(exclusive=True, group="count", description="count the sessions")
    async def _count(self) -> None:
        """Count the live sessions; where that fails, the tabs go on without a number."""
        services = await self.visit.ready()
        try:
            alive = await services.sessions.list(self.visit.token)
        except (Refusal, StoreTrouble, NotSignedIn):
            return
        if self.shows(TabStrip):
            self.show_count(len(alive))

    def not_done(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say above the footer why something was not done; the end of the session is told to the app."""
        if not tell_if_over(self, answer) and self.shows(NoticeLine):
            words = words_of(answer, services)
            self.frame.notice.say(joined(words), Tone.DANGER)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer saving only where something is typed, and going back where that leads elsewhere."""
        if action == "save":
            return type(self).action_save is not HomeScreen.action_save
        if action == "back":
            return self.PLACE is not Place.OVERVIEW
        return True

    @on(Navigation.Chosen)
    def _room_chosen(self, event: Navigation.Chosen) -> None:
        """Go to another room."""
        self.go(Place.GENERAL if event.room == GENERAL.id else Place.OVERVIEW)

    @on(TabStrip.Activated)
    def _tab_activated(self, event: TabStrip.Activated) -> None:
        """Go to another tab."""
        self.go(Place(event.tab))

    @on(AccountChanged)
    def _account_changed(self, event: AccountChanged) -> None:
        """Read again: someone changed something of this account."""
        self.load()
        if event.kind in _COUNTED and not self.COUNTS_SESSIONS:
            self._count()

    @on(TextField.Refused)
    def _not_taken(self, event: TextField.Refused) -> None:
        """Say what a field without a line of its own did not take."""
        self.frame.notice.say(event.sentence, Tone.DANGER)

    @on(TimesChanged)
    def _times_changed(self) -> None:
        """Tell the times the other way."""
        self.load()

    def go(self, place: Place) -> None:
        """Ask the app for another place, unless something is being saved."""
        if self.saving:
            for strip in self.query(TabStrip):
                strip.active = self.PLACE
        elif place is not self.PLACE:
            self.post_message(GoTo(place, is_passing=True))

    def action_go_general(self) -> None:
        """Go to Profile, General."""
        self.go(Place.GENERAL)

    def action_go_security(self) -> None:
        """Go to Profile, Security."""
        self.go(Place.OVERVIEW)

    def action_previous_tab(self) -> None:
        """Go to the tab on the left."""
        self._walk(-1)

    def action_next_tab(self) -> None:
        """Go to the tab on the right."""
        self._walk(1)

    def _walk(self, by: int) -> None:
        """Ask for a tab beside this one, at once: by way of the strip the next key would overtake it."""
        self.go(Place(self.query_one(TabStrip).beside(by)))

    def action_back(self) -> None:
        """Leave the field that has the focus, so that bare letters act again; else go up."""
        if isinstance(self.focused, Input):
            self.set_focus(None)
        else:
            self.go(Place.GENERAL if self.PLACE is Place.GENERAL_SESSIONS else Place.OVERVIEW)

    def action_refresh(self) -> None:
        """Read everything again."""
        self.frame.notice.clear()
        self.load()

    def action_save(self) -> None:
        """Save what was typed, on pages that have something to save."""

    def action_page_up(self) -> None:
        """Scroll to what is above."""
        self.query_one("#frame-body").scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll to what is below."""
        self.query_one("#frame-body").scroll_page_down(animate=False)

    def action_sign_out(self) -> None:
        """Ask before this session ends: a mistyped letter is not to lose it."""
        if not self.saving:
            self.app.push_screen(
                ConfirmScreen(
                    "Sign out",
                    "End this session and go back to sign-in?",
                    "Your other sessions go on.",
                    act="Sign out",
                ),
                self._sign_out,
            )

    def _sign_out(self, is_meant: bool | None) -> None:
        """End this session, where that was meant."""
        if is_meant:
            self.post_message(LeaveRequested())
