"""Help: every key that acts, the present screen's first, with a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui import keymap
from tui.commands import HelpEntry
from tui.widgets.card import Card
from tui.widgets.text_field import TextField

KEY_COLUMN = 14
"""The width of the keys."""


class HelpScreen(ModalScreen[None]):
    """A card over the page; typing searches, arrows scroll, esc closes."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("dialog", "help")

    CSS_PATH = "help.tcss"

    def __init__(self, entries: Sequence[HelpEntry]) -> None:
        """Keep the entries, in the order in which they are shown."""
        super().__init__()
        self._entries = tuple(entries)

    def compose(self) -> ComposeResult:
        """Build the search and the list."""
        with Vertical(id="help-window"), Card("Help", subtitle="esc closes"):
            yield TextField(placeholder="Search the keys", id="help-search")
            with VerticalScroll(id="help-scroll", can_focus=False):
                yield Static(self._shown(""), id="help-list")

    @on(Input.Changed, "#help-search")
    def _search(self, event: Input.Changed) -> None:
        """Show what matches."""
        self.query_one("#help-list", Static).update(self._shown(event.value))

    def _shown(self, words: str) -> Content:
        """Draw the entries that match, under their headings."""
        lines: list[Content] = []
        section = ""
        for entry in self._entries:
            if not entry.matches(words):
                continue
            if entry.section != section:
                section = entry.section
                lines.extend([Content(""), Content.styled(section, "bold $muted")])
            keys = f"{entry.keys:<{KEY_COLUMN}} "
            lines.append(Content.assemble((keys, "bold $accent"), (entry.sentence, "$ink")))
        return Content("\n").join(lines) if lines else Content.styled("\nNo key matches.", "$muted")

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_scroll_list(self, by: int) -> None:
        """Scroll the list while the search keeps the focus."""
        scroll = self.query_one("#help-scroll", VerticalScroll)
        scroll.scroll_relative(y=by * (1 if abs(by) == 1 else scroll.size.height - 1), animate=False)
