"""The body of the Two-factor tab: off with its reasons, on with what is left, enforced with the reason."""

from __future__ import annotations

from datetime import tzinfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from security.facts import TwoFactorView
from tui.widgets.badge import badge
from tui.widgets.banner import Banner
from tui.widgets.card import Card
from tui.widgets.hint import Hint
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.moments import moment
from tui.words.refusals import codes_left_words
from tui.words.two_factor import BANNER, ENFORCED, FEW, REASONS, warning_words


class TwoFactorPane(Vertical):
    """Shows the state as it was read from the store, and asks its screen for the three acts."""

    DEFAULT_CSS = """
    TwoFactorPane {
        height: auto;
    }
    TwoFactorPane > Vertical {
        height: auto;
        display: none;
    }
    TwoFactorPane.-off > #pane-off, TwoFactorPane.-on > #pane-on {
        display: block;
    }
    TwoFactorPane Card {
        padding: 1 2;
    }
    TwoFactorPane .pane--row {
        height: 1;
    }
    TwoFactorPane Card Hint {
        margin: 0 0 1 0;
    }
    TwoFactorPane #pane-state {
        margin: 0 0 1 0;
    }
    TwoFactorPane #pane-warning, TwoFactorPane #pane-enforced {
        display: none;
    }
    TwoFactorPane.-warned #pane-warning, TwoFactorPane.-enforced #pane-enforced {
        display: block;
    }
    TwoFactorPane.-enforced #disable {
        display: none;
    }
    """

    view: reactive[TwoFactorView | None] = reactive(None)
    """What the store said last; None before it was read."""
    zone: reactive[tzinfo | None] = reactive(None)
    """Where times are told; None for local time."""

    class EnableWanted(Message):
        """The person wants to set two-factor authentication up."""

    class RegenerateWanted(Message):
        """The person wants new recovery codes."""

    class DisableWanted(Message):
        """The person wants to disable two-factor authentication."""

    def compose(self) -> ComposeResult:
        """Build both states; the one that holds is shown."""
        with Vertical(id="pane-off"):
            yield Banner(BANNER)
            with Card("Authenticator App"):
                for reason in REASONS:
                    yield Hint(reason)
                yield PushButton("Set up two-factor", "primary", id="enable")
        with Vertical(id="pane-on"):
            yield Banner("", id="pane-warning")
            with Card("Two-factor"):
                yield Static("", id="pane-state")
                yield Hint(ENFORCED, id="pane-enforced")
                with Horizontal(classes="pane--row"):
                    yield PushButton("Regenerate recovery codes", id="regenerate")
                    yield PushButton("Disable 2FA", "danger", id="disable")

    def watch_view(self, view: TwoFactorView | None) -> None:
        """Show what was read."""
        if view is None:
            return
        warning = warning_words(view)
        self.set_class(not view.is_on, "-off")
        self.set_class(view.is_on, "-on")
        self.set_class(view.is_enforced, "-enforced")
        self.set_class(bool(warning), "-warned")
        self.query_one("#pane-warning", Banner).say(warning)
        self.query_one("#pane-state", Static).update(self._state(view))

    def watch_zone(self) -> None:
        """Tell the time the other way."""
        self.watch_view(self.view)

    def focus_first(self) -> None:
        """Put the focus on the first act that there is."""
        if self.view is not None:
            self.query_one("#regenerate" if self.view.is_on else "#enable").focus()

    @on(Button.Pressed, "#enable")
    def _enable_pressed(self) -> None:
        self.post_message(self.EnableWanted())

    @on(Button.Pressed, "#regenerate")
    def _regenerate_pressed(self) -> None:
        self.post_message(self.RegenerateWanted())

    @on(Button.Pressed, "#disable")
    def _disable_pressed(self) -> None:
        self.post_message(self.DisableWanted())

    def _state(self, view: TwoFactorView) -> Content:
        """The pill, since when, and what is left of the codes."""
        since = moment(view.enrolled_at, self.zone) if view.enrolled_at is not None else "time unknown"
        tone = Tone.WELL if view.codes_left > FEW else Tone.ATTENTION
        return Content.assemble(
            badge("Enabled", Tone.WELL),
            "  ",
            (f"since {since}", "$muted"),
            "\n\n",
            (f"{tone.mark} ", f"bold ${tone}"),
            codes_left_words(view.codes_left, view.codes_in_batch),
        )
