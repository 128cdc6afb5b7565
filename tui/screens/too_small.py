"""What stands there while the terminal has too little room: the size that is needed, and the other way."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

MINIMUM = Size(60, 20)
"""Columns and rows from which on every page works."""


def is_too_small(size: Size) -> bool:
    """Tell whether there is less room than the pages need."""
    return size.width < MINIMUM.width or size.height < MINIMUM.height


class TooSmallScreen(Screen[None]):
    """Covers whatever was open; it is still there when the terminal grows."""

    CSS = """
    TooSmallScreen {
        align: center middle;
        background: $ground;
        color: $ink;
    }
    TooSmallScreen > Static {
        width: auto;
        max-width: 100%;
        text-align: center;
    }
    """

    def __init__(self, command: str) -> None:
        """Keep the command that does the same without a screen."""
        super().__init__()
        self._command = command

    def compose(self) -> ComposeResult:
        """Write the sentence."""
        yield Static(
            Content.assemble(
                ("▣ Strongroom", "bold $accent"),
                f"\nneeds {MINIMUM.width}x{MINIMUM.height}\n",
                ("or run\n", "$muted"),
                self._command,
            )
        )
