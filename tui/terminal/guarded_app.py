"""An App without what Textual does behind a person's back; each override stands beside its reason."""

from __future__ import annotations

import asyncio
import base64
import sys
from io import StringIO
from typing import Any, NoReturn

from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.worker import WorkerFailed

from tui.door import Door, DoorClosed
from tui.qr_matrix import Form
from tui.terminal import color_depth
from tui.terminal.console_font import signs_of_font
from tui.terminal.console_glyphs import ConsoleGlyphs, code_forms, is_console
from tui.terminal.crash import Incident, incident_of, report
from tui.terminal.driver import TerminalDriver
from tui.terminal.key_order import KeyOrder
from tui.terminal.parsed_once import ParsedOnce
from tui.terminal.safety_filter import SafetyFilter
from tui.terminal.screen_image import ScreenImage, Written
from tui.terminal.version_answer import is_modern, may_ask
from tui.themes import NAMES, THEMES, name_for
from tui.widgets.notice_line import NoticeLine
from tui.widgets.tone import Tone

MAX_CLIPBOARD_BYTES = 4096
"""The longest text that is sent to a terminal's clipboard."""

SENT = "Sent to your terminal's clipboard; paste to check"
"""OSC 52 has no answer, so more cannot be said."""


class GuardedApp(App[int], inherit_bindings=False, inherit_css=False):
    """Own themes, own driver, own filters, own crash line; no screenshot, toast, link or hidden clipboard."""

    ENABLE_COMMAND_PALETTE = False
    DEFAULT_CSS = """
    GuardedApp {
        background: $background;
        color: $foreground;
    }
    """
    """Of the stock sheet what can happen here: each of its rules is looked at for each widget."""
    ALLOW_SELECT = False
    """A selection could hold a secret, and ctrl+c would send it."""

    def __init__(self, door: Door) -> None:
        """Build the app with our themes, our console and our filters alone."""
        super().__init__(driver_class=TerminalDriver)
        self.door = door
        """What the visit was opened with."""
        self.incident: Incident | None = None
        """The fault that ended the app."""
        self.closed_by: DoorClosed | None = None
        """Why the store could not be opened, where that ended the app."""
        self.features = frozenset()
        self.devtools = None
        self._disable_notifications = self._disable_tooltips = True  # two widgets of each screen, never seen
        self._capture_stdout = sys.stdout  # type: ignore[assignment]
        self._capture_stderr = sys.stderr  # type: ignore[assignment]
        self.no_color = False
        self.console = _console()
        self.depth = color_depth.given(door.color, door.environment)
        """How many colours the terminal gets."""
        self._filters = [SafetyFilter(), color_depth.FewerColors(self.depth, lambda: self.theme)]
        self._take_own_themes()
        self.animation_level = "none"
        self.key_order = KeyOrder(self, super().on_event, self.input_dropped)
        """Sees to it that a burst of keys finds each field in its turn."""
        self.asks_for_version = door.name_client is not None and may_ask(door.environment)
        """Whether the terminal is asked for its name and version."""
        self.is_modern = is_modern(door.environment)
        """Whether the terminal may be sent what old ones and consoles could take for text."""
        self.code_forms: tuple[Form, ...] = ("halves",)
        """How a QR code can be drawn, the surest form first."""
        self.image = ScreenImage(is_console=is_console(door.environment))
        """What the terminal shows."""
        if is_console(door.environment):
            font = signs_of_font(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
            self._filters.insert(1, ConsoleGlyphs(font))
            self.code_forms = code_forms(font)

    def _take_own_themes(self) -> None:
        """Replace the stock themes, whose warnings can hardly be read (1.5:1)."""
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        self.set_reactive(App.theme, name_for(self.door.appearance))
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """Return the colours of the theme; of a stock one, which is never shown, none are made."""
        if self.theme not in NAMES:
            return {}
        variables = super().get_css_variables()
        if self.depth not in ("truecolor", "256"):  # few colours cannot fade the page behind a dialog
            variables["veil"] = variables["ground"]
        return variables

    def get_driver_class(self) -> type[Driver]:
        """Return our driver; TEXTUAL_DRIVER would import any module."""
        return TerminalDriver

    async def on_event(self, event: Event) -> None:
        """Handle keys and pastes one after the other, everything else as Textual does."""
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            await self.key_order.offer(event)
        else:
            await super().on_event(event)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write only what the terminal does not show yet; Textual would write all that it paints again."""
        is_shown = self._running and not (self._closed or self.is_headless or self._batch_count)
        if not is_shown or not isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            super()._display(screen, renderable)
        elif text := self.image.changes(renderable, screen.outer_size):
            super()._display(screen, Written(text))  # type: ignore[arg-type]  # taken as an update

    # The terminal tells.

    def terminal_lost(self) -> None:
        """End as after SIGHUP: nobody can see the screen any more."""
        self.leave(129)

    def terminal_taken_back(self) -> None:
        """Draw everything again: another program may have drawn over it."""
        self.image.forget()
        self.screen.refresh(layout=True)

    def input_dropped(self, sentence: str) -> None:
        """Say that input was over the bounds."""
        self.say(sentence, Tone.ATTENTION)

    def terminal_named(self, answer: str) -> None:
        """Leave what the terminal says of itself to whoever holds a visit."""

    def failed(self, error: BaseException) -> None:
        """Treat a fault of a thread or a task like one of a handler."""
        self._handle_exception(error if isinstance(error, Exception) else RuntimeError())

    def loop_failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Treat a fault that only the loop has seen like any other; asyncio would print a traceback."""
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)

    def leave(self, code: int) -> None:
        """End with an exit code, unless the app is about to end with another."""
        if not self._exit:
            self.exit(return_code=code)

    # Faults.

    def _handle_exception(self, error: Exception) -> None:
        """End with one line instead of a traceback with locals; only the first fault counts."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, DoorClosed):
            self.closed_by = self.closed_by or cause
            self.leave(cause.exit_code)
        if self._exit and self._return_code is not None:
            return  # the app is on its way out: widgets may miss each other, and its exit code stands
        self._return_code = 1
        if self.incident is None:
            self.incident = incident_of(error)
            report(self.door, self.incident)
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Draw no traceback."""
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Draw nothing that a fault brings along."""
        self._handle_exception(RuntimeError())

    def _print_error_renderables(self) -> None:
        """Print nothing: whoever runs the app prints the incident's line once the terminal is restored."""
        self._exit_renderables.clear()

    # The clipboard.

    def copy_to_clipboard(self, text: str) -> None:
        """Copy nothing: stock widgets call this, with passwords too."""

    def send_to_clipboard(self, text: str) -> str:
        """Send text to the terminal's clipboard after an explicit copy key; returns the sentence to show."""
        data = text.encode()
        if not self.door.clipboard_allowed:
            return "Copying is switched off here. Select the text with your terminal."
        if len(data) > MAX_CLIPBOARD_BYTES:
            return f"Too long to copy: more than {MAX_CLIPBOARD_BYTES // 1024} KiB. Nothing was sent."
        driver: object = self._driver
        if isinstance(driver, TerminalDriver):
            driver.write_clipboard(base64.b64encode(data).decode())
        return SENT

    # What else reaches out of the program.

    def notify(self, message: str, **_options: Any) -> None:
        """Say it on the notice line: a toast would lie over the QR code."""
        self.say(message, Tone.ATTENTION)

    def say(self, sentence: str, tone: Tone) -> None:
        """Say something on the notice line of the present screen, where it has one."""
        try:
            self.screen.query_one(NoticeLine).say(sentence, tone)
        except NoMatches:
            return

    def bell(self) -> None:
        """Stay silent."""

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the pointer alone: OSC 22 is not in our grammar."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing: the program may run on another machine than the person."""

    def deliver_text(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: no file is written but by an act that says so."""
        raise NotImplementedError

    def deliver_binary(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: no file is written but by an act that says so."""
        raise NotImplementedError

    def export_screenshot(self, **_options: Any) -> NoReturn:
        """Refuse: a picture of the screen holds what is on it."""
        raise NotImplementedError

    def save_screenshot(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: it would write the screen to a file on this machine."""
        raise NotImplementedError

    def deliver_screenshot(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: it would write the screen to a file on this machine."""
        raise NotImplementedError

    def action_screenshot(self, *_arguments: Any, **_options: Any) -> None:
        """Do nothing in place of a screenshot."""

    def action_change_theme(self) -> None:
        """Do nothing: the palette has our themes."""

    def action_toggle_dark(self) -> None:
        """Do nothing: it would name a stock theme."""

    def action_suspend_process(self) -> None:
        """Do nothing: the screen stays where its session can be locked."""


def _console() -> Console:
    """Build a console that renders truecolor and knows nothing of this process's environment."""
    return Console(
        color_system="truecolor",
        file=StringIO(),
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
        force_terminal=True,
        safe_box=False,
        soft_wrap=False,
    )
