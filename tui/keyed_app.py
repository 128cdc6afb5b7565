"""What the keys that act everywhere do."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.binding import ActiveBinding, BindingType
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widget import Widget

from security.trouble import StoreTrouble
from tui import messages, themes
from tui.door import Door
from tui.keys import keymap
from tui.keys.names import character_of
from tui.messages import Place
from tui.screens.too_small import TooSmallScreen
from tui.sized_app import SizedApp
from tui.terminal.driver import TerminalDriver
from tui.visit import Visit
from tui.widgets.tone import Tone

SAVING = "Saving. One moment."
"""What is said to whoever wants to leave in the middle of a write."""

RECENT = 3
"""How many of the last commands stand first in the palette."""


class KeyedApp(SizedApp):
    """An app with help, palette, quitting, mouse, redraw and the two ways of showing times."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("app")

    def __init__(self, door: Door) -> None:
        """Build the app of one visit, its keys remapped as the settings say."""
        super().__init__(door)
        self.visit = Visit(door)
        """Who is here, and what they may call."""
        self._has_mouse = door.mouse
        self._bindings = self.visit.keys.lay_over(self._bindings)
        self.key_order.at_once = frozenset(self.visit.keys.of("app.quit_now"))

    def _register(self, parent: DOMNode, *widgets: Widget, **where: Any) -> list[Widget]:
        """Give what comes on the screen the keys of this visit."""
        for widget in widgets:
            if widget not in self._registry:
                widget._bindings = self.visit.keys.lay_over(widget._bindings)
        return super()._register(parent, *widgets, **where)

    @property
    def is_saving(self) -> bool:
        """Whether a screen is writing and must not be closed."""
        return any(getattr(screen, "saving", False) for screen in self.screen_stack)

    @property
    def has_unfinished(self) -> bool:
        """Whether something is open that asks before the program leaves it."""
        return any(callable(getattr(screen, "action_leave", None)) for screen in self.screen_stack)

    @on(messages.AppearanceChosen)
    def _appear(self, event: messages.AppearanceChosen) -> None:
        """Change the theme, and keep it with the account of whoever is signed in."""
        self.theme = event.theme
        if self.visit.signed_in is not None:
            self._keep_appearance(event.theme)

    @work(group="appearance", description="keep the appearance")
    async def _keep_appearance(self, theme: str) -> None:
        """Keep a theme with the account; where that fails it lasts as long as the visit."""
        from security.refusals import Refusal

        services = await self.visit.ready()
        try:
            account = await services.accounts.set_appearance(self.visit.token, themes.appearance_of(theme))
        except (Refusal, StoreTrouble):
            self.say("The theme was changed here; it could not be kept with your account.", Tone.ATTENTION)
        else:
            self.visit.renew_account(account)

    async def _run_command(self, chosen: str | None) -> None:
        """Do what was chosen in the palette."""
        if chosen is None:
            return
        visit = self.visit
        visit.recent_commands = (chosen, *(one for one in visit.recent_commands if one != chosen))[:RECENT]
        kind, _, rest = chosen.partition(" ")
        match kind:
            case "do":
                for active in self.screen.active_bindings.values():
                    if active.binding.id == rest:
                        await self.run_action(active.binding.action, active.node)
                        return
            case "go":
                self.post_message(messages.GoTo(Place(rest)))
            case "act":
                from tui.acts_anywhere import errand_of

                self.post_message(errand_of(rest))
            case "theme":
                self.post_message(messages.AppearanceChosen(rest))
            case "lock":
                self.post_message(messages.LockRequested())
            case "leave":
                self.post_message(messages.LeaveRequested())

    def action_help(self) -> None:
        """Show the keys that act now, those of the other screens, and answers."""
        from tui.help.entries import help_entries
        from tui.screens.help import HelpScreen  # needed by the first `?`, not by the first paint

        if not isinstance(self.screen, (HelpScreen, TooSmallScreen)):
            active, reachable = self._present_bindings(), self._reachable_bindings()
            place = str(getattr(self.screen, "PLACE", ""))
            entries = help_entries(active, reachable, self.visit.keys, self.door.twins, place)
            self.push_screen(HelpScreen(entries))

    def action_palette(self) -> None:
        """Offer what can be done now; a dialog is answered first."""
        from tui.commands import commands
        from tui.screens.palette import PaletteScreen  # needed by the first ctrl+p, not by the first paint

        if not isinstance(self.screen, (ModalScreen, TooSmallScreen)):
            is_inside = self.visit.signed_in is not None and hasattr(self.screen, "PLACE")
            account = self.visit.account if is_inside else None
            offered = commands(self.screen.active_bindings.values(), self.visit.keys, account)
            self.push_screen(PaletteScreen(offered, self.visit.recent_commands), self._run_command)

    def _present_bindings(self) -> list[ActiveBinding]:
        """Return the bindings of the present screen, also those that a field keeps from acting now."""
        focused = self.screen.focused
        nodes = [self.screen, self] if focused is None else list(focused.ancestors_with_self)
        modal = next((place for place, node in enumerate(nodes) if node.is_modal), len(nodes))
        return [
            ActiveBinding(node, binding, enabled=True)
            for node in nodes[: modal + 1]
            for _, binding in node._bindings
            if self._check_action_state(binding.action, node)
        ]

    def _reachable_bindings(self) -> list[ActiveBinding]:
        """Return the bindings of which a key acts now: a field takes what can be typed."""
        focused = self.screen.focused
        return [
            active
            for key, active in self.screen.active_bindings.items()
            if focused is None or not focused.check_consume_key(key, character_of(key))
        ]

    async def action_quit(self) -> None:
        """Leave the program, or ask first where the present screen wants that."""
        from tui.screens.confirm import ConfirmScreen  # needed by who leaves, not by the first paint

        asking = [s for s in self.screen_stack if callable(getattr(s, "action_leave", None))]
        if self.is_saving:
            self.say(SAVING, Tone.MUTED)
        elif not asking:
            self.leave(0)
        elif not isinstance(self.screen, ConfirmScreen):
            await asking[-1].run_action("leave")

    async def action_quit_now(self) -> None:
        """Leave the program from within a field too."""
        await self.action_quit()

    def action_hint_quit(self) -> None:
        """Say which key leaves the program, to somebody who presses ctrl+c."""
        self.say(f"{self.visit.keys.name('app.quit_now', in_field=True)} leaves the program.", Tone.MUTED)

    def action_toggle_mouse(self) -> None:
        """Switch the mouse: off, the terminal selects text by itself."""
        self._has_mouse = not self._has_mouse
        if isinstance(self._driver, TerminalDriver):
            self._driver.set_mouse(self._has_mouse)
        self.say(
            "The mouse is on." if self._has_mouse else "The mouse is off: drag to select text.", Tone.MUTED
        )

    def action_redraw(self) -> None:
        """Draw everything again, over whatever another program left there."""
        self.image.forget()
        self.screen.refresh(layout=True)

    def action_toggle_utc(self) -> None:
        """Show times the other way."""
        self.visit.uses_utc = not self.visit.uses_utc
        for screen in self.screen_stack:
            screen.post_message(messages.TimesChanged())
        self.say("Times are in UTC." if self.visit.uses_utc else "Times are local.", Tone.MUTED)
