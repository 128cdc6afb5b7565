"""Profile ▸ Security ▸ Activity: everything that happened to the account, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from security.activity_facts import ActivityEvent, ActivityQuery
from tui.activity_pages import ActivityPages
from tui.answers import NOT_DONE, tell_if_over
from tui.keys.keymap import bindings
from tui.messages import LiveChanged, Place, TimesChanged
from tui.screens.event_details import EventDetailsScreen
from tui.screens.export import Exported, ExportScreen
from tui.screens.home import HomeScreen
from tui.visit import key_name
from tui.widgets.activity_chart import ActivityChart
from tui.widgets.activity_rows import painter, under_words
from tui.widgets.row_list import RowList
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone
from tui.widgets.turn_choice import TurnChoice
from tui.words import moments
from tui.words.activity import KINDS, terms_of
from tui.words.exports import file_name, saved_words

NOTHING_YET = "Nothing yet: what happens to your account will be listed here."
"""An account without a past."""

LOOK_SECONDS = 20.0
"""How often to look for what the feed does not tell of: tries of others that failed."""

SOON_SEARCHED = 100_000
"""Among more events than these a search is not made anew at each change, only at the person's wish."""

TYPING_SECONDS = 0.2
"""How long a filter rests before it is searched for."""

NO_MATCH = "Nothing matches. {back} shows everything again."
"""A filter or a kind that lets nothing through."""

RESTING_SECONDS = 0.15
"""How long the cursor rests on a row before more is said of it."""


class ActivityScreen(HomeScreen):
    """A month in figures, a filter, and the events as one list of any length."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("activity")]
    CSS_PATH = "activity.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual declares no ClassVar
    """Below 24 rows the list takes the blank lines too."""

    PLACE = Place.ACTIVITY
    PURPOSE = "all that happened to your account"

    def __init__(self, *, is_passing: bool = False) -> None:
        """Begin with everything, newest first."""
        super().__init__(is_passing=is_passing)
        self._now: datetime | None = None
        self._total = 0
        self._typing: Timer | None = None
        self._resting: Timer | None = None

    @property
    def rows(self) -> RowList[ActivityEvent]:
        """The list of events."""
        return self.query_one(RowList)

    @property
    def asked(self) -> ActivityQuery:
        """What filter and kind ask for."""
        kind = tuple(KINDS)[self.query_one(TurnChoice).chosen]
        return ActivityQuery(kind, terms_of(self.query_one("#filter", TextField).value))

    def compose_page(self) -> ComposeResult:
        """Build the chart, the filter, the list and the line below it."""
        yield ActivityChart()
        with Horizontal(id="sieve"):
            yield Static(Content("Filter"), id="filter-label")
            yield TextField(placeholder="word, device, IP", max_bytes=256, id="filter")
            yield Static(Content("Kind"), id="kind-label")
            yield TurnChoice(*KINDS.values(), id="kind")
        yield RowList(painter(self._stamp), key=lambda event: event.id, empty=NOTHING_YET, id="events")
        yield Static("", id="under", markup=False)
        yield Static("", id="stale", markup=False)

    def on_mount(self) -> None:
        """Look again from time to time for what nobody tells of; the first look is every place's own."""
        self.set_focus(self.rows)  # before the first paint: a focus that comes later paints the screen again
        self.set_interval(LOOK_SECONDS, self.load)
        self._show_liveness()

    def load(self) -> None:
        """Read again what is shown: the month, and the list by difference where that is soon done."""
        if self._now is None:
            self._begin()
            return
        self._read_month()
        if self.asked.wants_all or self._total <= SOON_SEARCHED:
            self.rows.renew()

    def action_refresh(self) -> None:
        """Read everything again, however long it takes."""
        self.load()
        self.rows.renew()

    @work(exclusive=True, group="begin", description="begin with the activity")
    async def _begin(self) -> None:
        """Show the first page of what is asked for."""
        services = await self.visit.ready()
        if self.visit.signed_in is None or not self.shows(RowList):
            return
        self._now = services.clock.now()
        asked = self.asked
        rows = self.rows
        self._total = self._total if rows.total is None else rows.total
        rows.empty = NOTHING_YET if asked.wants_all else NO_MATCH.format(back=key_name(self, "page.back"))
        rows.show(ActivityPages(self.visit, asked, lambda at: moments.day(at, self.zone)))
        self._read_month()

    @work(exclusive=True, group="load", description="read a month of activity")
    async def _read_month(self) -> None:
        """Read how many events each of the last days had."""
        services = await self.visit.ready()
        if self.visit.signed_in is None:
            return
        try:
            days = await services.activity.days(self.visit.token)
        except NOT_DONE as answer:
            tell_if_over(self, answer)  # the list says the rest, where it stands
            return
        if self.shows(ActivityChart):
            self._now = services.clock.now()
            chart = self.query_one(ActivityChart)
            chart.days, chart.zone = days, self.zone
            self.rows.repaint()

    def action_filter(self) -> None:
        """Go into the filter."""
        self.query_one("#filter").focus()

    def action_kind(self) -> None:
        """Take the next kind."""
        self.query_one(TurnChoice).action_turn()

    async def action_export(self) -> None:
        """Ask where to write what filter and kind let through."""
        self.frame.notice.clear()
        services = await self.visit.ready()
        name = file_name(services.clock.now(), self.zone)
        self.app.push_screen(ExportScreen(self.asked, name), self._exported)

    def _exported(self, file: Exported | None) -> None:
        """Say where the file lies; the export itself is an event, so look again."""
        if file is not None:
            self.frame.notice.say(saved_words(file.total, self.visit.door.machine, file.path), Tone.WELL)
            self.load()

    def action_back(self) -> None:
        """Leave the filter or end its search; take it away where something is left out; else go up."""
        is_away = self.focused is not self.rows
        self.rows.focus()
        if is_away and not self.rows.has_nothing:
            self.rows.stop()
            return
        if not self.asked.wants_all:
            self._ask_for_all()
        else:
            super().action_back()

    def _ask_for_all(self) -> None:
        """Show everything again."""
        with self.prevent(Input.Changed, TurnChoice.Changed):
            self.query_one("#filter", TextField).value = ""
            self.query_one(TurnChoice).chosen = 0
        self._begin()

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        """Search once the typing rests."""
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(TYPING_SECONDS, self._begin)

    @on(Input.Submitted, "#filter")
    def _submitted(self) -> None:
        """Go on to what was found."""
        self.rows.focus()

    @on(TurnChoice.Changed)
    def _turned(self) -> None:
        """Show another kind."""
        self._begin()

    @on(events.Key)
    def _down_from_filter(self, event: events.Key) -> None:
        """Let the arrow lead from the filter into the list, which stands below it."""
        if event.key == "down" and self.focused is not None and self.focused.id in ("filter", "kind"):
            event.stop()
            self.rows.focus()

    @on(RowList.Highlighted)
    def _highlighted(self) -> None:
        """Say more of a row once the cursor rests on it."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(RESTING_SECONDS, self._tell_more)

    def _tell_more(self) -> None:
        """Say under the list what its columns have no room for."""
        current = self.rows.current
        self.query_one("#under", Static).update(Content("" if current is None else under_words(current)))

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        """Show everything that is known of an event."""
        self.app.push_screen(EventDetailsScreen(event.row, self.zone))

    @on(RowList.Failed)
    def _failed(self, event: RowList.Failed) -> None:
        """Tell the app where the session is over; the list says the rest itself."""
        tell_if_over(self, event.answer)

    @on(TimesChanged)
    def _other_times(self) -> None:
        """Tell the times the other way."""
        self.query_one(ActivityChart).zone = self.zone
        self.rows.repaint()
        self._show_liveness()

    @on(LiveChanged)
    def _live_changed(self) -> None:
        """Say that nothing new is told of, or read what was missed."""
        self._show_liveness()
        if self.visit.not_live_since is None:
            self.load()

    def _show_liveness(self) -> None:
        """Say since when nothing new is told of."""
        since = self.visit.not_live_since
        key = key_name(self, "page.refresh")
        words = (
            "" if since is None else f"Not live since {since.astimezone(self.zone):%H:%M}; {key} reads again"
        )
        stale = self.query_one("#stale", Static)
        stale.display = bool(words)
        stale.update(Content.styled(f"! {words}", "$attention") if words else Content(""))

    def _stamp(self, event: ActivityEvent) -> str:
        """When it happened, as narrow as it can be told."""
        return "" if self._now is None else moments.row_stamp(event.at, self._now, self.zone)
