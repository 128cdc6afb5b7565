"""Profile ▸ Security ▸ Overview: the risk level, the measures on and off, and what happened lately."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Button

from security.facts import Overview
from security.refusals import Refusal
from security.trouble import StoreTrouble
from security.vocabulary import Measure
from tui.messages import GoTo, Place
from tui.screens.home import HomeScreen
from tui.widgets.banner import Banner
from tui.widgets.card import Card
from tui.widgets.hint import Hint
from tui.widgets.lately_list import LatelyList
from tui.widgets.measure_list import MeasureList
from tui.widgets.push_button import PushButton
from tui.widgets.risk_meter import RiskMeter
from tui.widgets.tone import Tone
from tui.words.measures import (
    CODELESS_BANNER,
    OFF_BANNER,
    OFF_HINT,
    ROTATION_BANNER,
    UNSAVED_BANNER,
    measure_lines,
)

SLOW_SECONDS = 0.2
"""How long reading may take before a word is said about it."""


class OverviewScreen(HomeScreen):
    """How safe the account is, and what would make it safer."""

    CSS_PATH = "overview.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-column"), (140, "-wide")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 140 columns the cards stand side by side."""

    PLACE = Place.OVERVIEW
    PURPOSE = "how safe your account is"
    COUNTS_SESSIONS = True

    overview: reactive[Overview | None] = reactive(None)
    """What was read last; None before that."""
    is_reminder_closed: reactive[bool] = reactive(False)
    """The person has read the reminder to change the password."""

    def compose_page(self) -> ComposeResult:
        """Build banners and cards; what is not to be said takes no room."""
        yield Hint("Reading your account…", id="slow")
        yield Banner(OFF_BANNER, id="off")
        with Horizontal(id="rotation"):
            yield Banner(ROTATION_BANNER, Tone.ACCENT)
            yield PushButton("Not now", id="close-reminder")
        yield Banner(UNSAVED_BANNER, id="unsaved")
        yield Banner(CODELESS_BANNER, id="codeless")
        with Vertical(id="cards"):
            with Card("Your account", id="account"):
                yield RiskMeter()
                yield MeasureList()
                yield Hint(OFF_HINT, id="why")
            with Card("Lately", id="lately"):
                yield LatelyList()

    def on_mount(self) -> None:
        """Read, and speak of it where it takes long."""
        self.set_timer(SLOW_SECONDS, lambda: self.set_class(self.overview is None, "-slow"))
        self.query_one(MeasureList).focus()
        self._tell_of_spent_code()
        self.load()

    def load(self) -> None:
        """Read the page again."""
        self._load()

    @work(exclusive=True, group="load", description="read the overview")
    async def _load(self) -> None:
        """Read the whole page in one snapshot."""
        visit = self.visit
        services = await visit.ready()
        if visit.signed_in is None:
            return
        try:
            overview = await services.accounts.overview(visit.token)
        except (Refusal, StoreTrouble) as answer:
            self.set_class(False, "-slow")
            self.not_done(answer, services)
            return
        if not self.shows(LatelyList):
            return
        lately = self.query_one(LatelyList)
        lately.zone, lately.now = self.zone, services.clock.now()
        self.overview = overview
        self.mutate_reactive(OverviewScreen.overview)

    def watch_overview(self, overview: Overview | None) -> None:
        """Show what was read."""
        if overview is None:
            return
        two_factor = overview.two_factor
        self.set_class(False, "-slow")
        self.set_class(not two_factor.is_on, "-off")
        has_batch = two_factor.codes_in_batch > 0
        self.set_class(two_factor.is_on and has_batch and not two_factor.codes_acknowledged, "-unsaved")
        self.set_class(two_factor.is_on and not has_batch, "-codeless")
        self.set_class(overview.is_rotation_due and not self.is_reminder_closed, "-rotation")
        self.query_one("#cards").add_class("-read")
        self.query_one(RiskMeter).overview = overview
        self.query_one(MeasureList).lines = measure_lines(overview, self.zone)
        self.query_one(LatelyList).happenings = overview.lately
        self.show_count(len(overview.sessions))

    def watch_is_reminder_closed(self, is_closed: bool) -> None:
        """Take the reminder away."""
        if is_closed:
            self.remove_class("-rotation")

    @on(Button.Pressed, "#close-reminder")
    def _reminder_closed(self) -> None:
        """Dismiss the reminder for this visit of the page."""
        self.is_reminder_closed = True
        self.query_one(MeasureList).focus()

    @on(MeasureList.Started)
    def _started(self, event: MeasureList.Started) -> None:
        """Go where the measure is put right."""
        match event.measure:
            case Measure.PASSWORD:
                self.post_message(GoTo(Place.PASSWORD))
            case Measure.SESSIONS:
                self.post_message(GoTo(Place.SESSIONS))
            case Measure.TWO_FACTOR if self.overview is not None and not self.overview.two_factor.is_on:
                self._set_up_two_factor()
            case Measure.TWO_FACTOR | Measure.RECOVERY_CODES:
                self.post_message(GoTo(Place.TWO_FACTOR))

    @work(group="ask", description="set up two-factor authentication")
    async def _set_up_two_factor(self) -> None:
        """Open the wizard over this page, and read again when it is over."""
        from tui.journeys import set_up_two_factor

        await set_up_two_factor(self.app)
        self.load()

    def _tell_of_spent_code(self) -> None:
        """Say how many recovery codes are left where this sign-in spent one."""
        signed_in = self.visit.signed_in
        if signed_in is not None and signed_in.recovery_codes_left is not None:
            left = signed_in.recovery_codes_left
            tone = Tone.WELL if left > 3 else Tone.ATTENTION
            self.frame.notice.say(f"You signed in with a backup code; {left} remaining.", tone)
