"""Profile ▸ Security ▸ Two-factor: the state as the store has it, and the three acts."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from security.facts import TwoFactorView
from security.services import Services
from tui import journeys
from tui.answers import NOT_DONE
from tui.keys.keymap import bindings
from tui.messages import Place
from tui.screens.home import HomeScreen
from tui.widgets.hint import Hint
from tui.widgets.tone import Tone
from tui.widgets.two_factor_pane import TwoFactorPane
from tui.words.refusals import counted
from tui.words.two_factor import IS_DISABLED, IS_ENABLED


class TwoFactorScreen(HomeScreen):
    """After every act the state is read again from the store and said as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("two_factor")]
    CSS_PATH = "two_factor.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual declares no ClassVar
    """Below 24 rows the reasons stand close together, so that the button is in view."""

    PLACE = Place.TWO_FACTOR
    PURPOSE = "a code from your phone beside the password"
    READS_FIRST = True

    @property
    def pane(self) -> TwoFactorPane:
        """The body of the page."""
        return self.query_one(TwoFactorPane)

    def compose_page(self) -> ComposeResult:
        """Build the pane, and the word that stands there while it is read."""
        yield Hint("Reading the state…", id="slow")
        yield TwoFactorPane()

    def load(self) -> None:
        """Read the state again."""
        self._load()

    @on(TwoFactorPane.EnableWanted)
    def action_enable(self) -> None:
        """Set two-factor authentication up."""
        self._set_up()

    @on(TwoFactorPane.RegenerateWanted)
    def action_regenerate(self) -> None:
        """Make new recovery codes."""
        self._regenerate()

    @on(TwoFactorPane.DisableWanted)
    def action_disable(self) -> None:
        """Disable two-factor authentication."""
        self._disable()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the acts that the state allows."""
        view = self.pane.view if self.is_mounted else None
        match action:
            case "enable":
                return view is not None and not view.is_on
            case "regenerate":
                return view is not None and view.is_on
            case "disable":
                return view is not None and view.is_on and not view.is_enforced
        return super().check_action(action, parameters)

    @work(exclusive=True, group="load", description="read the two-factor state")
    async def _load(self) -> None:
        """Read the state and put the focus where one begins."""
        services = await self.visit.ready()
        was_read = self.has_class("-read")
        if await self._read(services) is not None and not was_read:
            self.pane.focus_first()

    @work(group="ask", description="set up two-factor authentication")
    async def _set_up(self) -> None:
        await self._say_state(await journeys.set_up_two_factor(self.app))

    @work(group="ask", description="regenerate recovery codes")
    async def _regenerate(self) -> None:
        await self._say_state(await journeys.regenerate_recovery_codes(self.app))

    @work(group="ask", description="disable two-factor authentication")
    async def _disable(self) -> None:
        await self._say_state(await journeys.disable_two_factor(self.app))

    async def _say_state(self, ended: int | None) -> None:
        """Read the state from the store after an act, and say it; `ended` is None where nothing was done."""
        view = await self._read(await self.visit.ready())
        if view is None:
            return
        self.pane.focus_first()
        if ended is not None:
            words = IS_ENABLED if view.is_on else IS_DISABLED
            others = f". {counted(ended, 'other session')} signed out." if ended else ""
            self.frame.notice.say(words + others, Tone.WELL if view.is_on else Tone.ATTENTION)

    async def _read(self, services: Services) -> TwoFactorView | None:
        """Read the state, show it in pane, header and tabs, and return it; None where that failed."""
        if self.visit.signed_in is None:
            return None
        try:
            view = await services.two_factor.state(self.visit.token)
            account = await services.accounts.view(self.visit.token)
        except NOT_DONE as answer:
            self.not_done(answer, services)
            return None
        if not self.query("#pane-state"):
            # The page was taken down while the store answered.
            return None
        self.set_class(True, "-read")
        self.visit.renew_account(account)
        self.pane.zone = self.zone
        self.pane.view = view
        self.show_account()
        self.refresh_bindings()
        self.call_later(self.begin_errand)
        return view
