"""What stands there while the terminal has too little room: the size that is needed, and the other way."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from tui.visit import key_name

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

    def __init__(self, command: str, covered: Callable[[], None]) -> None:
        """Keep the command that does the same without a screen; `covered` hears of a screen over this."""
        super().__init__()
        self._command = command
        self._covered = covered
        self._has_warned = False

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

    def on_screen_suspend(self) -> None:
        """Tell that another screen came on top of this one, or that this one is gone."""
        self.app.call_later(self._covered)

    def action_leave(self) -> None:
        """Leave the program; where what is covered asks before that, a second press is the answer."""
        covered = self.app.screen_stack[:-1]
        if self._has_warned or not any(callable(getattr(one, "action_leave", None)) for one in covered):
            self.app.exit(0)
        self._has_warned = True
        self.query_one(Static).update(
            Content.assemble(
                ("! Not finished here", "bold $attention"),
                f"\nIt needs {MINIMUM.width}x{MINIMUM.height}\n",
                (f"{key_name(self, 'app.quit_now')} again leaves it\nas it is", "$muted"),
            )
        )
