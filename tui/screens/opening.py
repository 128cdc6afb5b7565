"""What is seen while a kept session is resumed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.page_frame import PageFrame


class OpeningScreen(Screen[None]):
    """One line in the middle; the app goes on by itself."""

    CSS = """
    OpeningScreen Static {
        width: auto;
        color: $muted;
    }
    """

    def compose(self) -> ComposeResult:
        """Write the line."""
        with PageFrame("Sign in", is_centred=True):
            yield Static(Content("Going back to your session…"))
