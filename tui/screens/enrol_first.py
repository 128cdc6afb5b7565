"""Whose second factor was reset: the set-up before anything else, or out again (R040)."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button

from tui import journeys
from tui.keys import keymap
from tui.messages import AccountChanged, Entered, LeaveRequested
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.hint import Hint
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.two_factor import RESET, RESET_AFTER


class EnrolFirstScreen(Screen[None]):
    """Opens the wizard at once; whoever leaves that finds it offered again, or signs out."""

    BINDINGS = keymap.bindings("enrol_first")
    CSS_PATH = "enrol_first.tcss"

    is_under_way: reactive[bool] = reactive(False)
    """The wizard or the recovery codes stand over this screen."""

    def compose(self) -> ComposeResult:
        """Build the card."""
        with (
            PageFrame("Two-factor first", account=visit_of(self).account, is_centred=True),
            Vertical(id="column"),
            Card("Set up two-factor authentication", tone=Tone.ATTENTION),
        ):
            yield Hint(RESET, id="reset")
            yield Hint(RESET_AFTER, id="after")
            with Horizontal(id="buttons"):
                yield PushButton("Set up", "primary", id="set-up")
                yield PushButton("Sign out", id="sign-out")

    def on_mount(self) -> None:
        """Begin with the set-up itself."""
        self.query_one("#set-up").focus()
        self._set_up()

    @on(Button.Pressed, "#set-up")
    def _set_up_pressed(self) -> None:
        """Begin anew."""
        if not self.is_under_way:
            self._set_up()

    @on(Button.Pressed, "#sign-out")
    def _sign_out_pressed(self) -> None:
        """End the session."""
        self.action_sign_out()

    @on(AccountChanged)
    def _account_changed(self) -> None:
        """Go inside where another terminal of theirs has set it up meanwhile."""
        if not self.is_under_way:
            self._go_on()

    @work(group="ask", description="set up two-factor authentication")
    async def _set_up(self) -> None:
        """Lead through the wizard and the recovery codes, then go inside."""
        self.is_under_way = True
        await journeys.set_up_two_factor(self.app, why=RESET)
        self.is_under_way = False
        self._go_on()

    def _go_on(self) -> None:
        """Show the rooms inside, once nothing stands in the way."""
        signed_in = visit_of(self).signed_in
        if signed_in is not None and not signed_in.account.must_enrol:
            self.post_message(Entered())

    def action_sign_out(self) -> None:
        """End the session and go back to sign-in."""
        self.post_message(LeaveRequested())
