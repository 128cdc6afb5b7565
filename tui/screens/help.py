"""Help: every key and answers in plain words, the present screen's first, with a search."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tui.help.entries import ANSWERS, HelpEntry, found
from tui.keys import keymap
from tui.visit import key_name
from tui.widgets.card import Card
from tui.widgets.footer import Footer
from tui.widgets.hint import Hint
from tui.widgets.text_field import TextField

KEY_COLUMN = 14
"""The width of the keys."""

NO_MATCH = "Nothing here has all of these words. Try fewer, or other ones: “sign out”, “codes”, “copy”."
"""Where nothing matches."""


class HelpList(Widget):
    """Entries under their headings, each wrapped within its own column."""

    DEFAULT_CSS = """
    HelpList {
        height: auto;
        width: 1fr;
    }
    """

    entries: reactive[tuple[HelpEntry, ...]] = reactive((), layout=True)
    """What is listed, in order."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the entries have at a width."""
        return len(_drawn(self.entries, width))

    def render(self) -> Content:
        """Draw the entries for the width that there is."""
        return Content("\n").join(_drawn(self.entries, self.content_size.width))


class HelpScreen(ModalScreen[None]):
    """A card over the page; typing searches, arrows scroll, and closing it leads back."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("dialog", "help", labels=keymap.CLOSES)

    CSS_PATH = "help.tcss"

    def __init__(self, entries: Sequence[HelpEntry]) -> None:
        """Keep the entries, in the order in which they are shown."""
        super().__init__()
        self._entries = tuple(entries)

    def compose(self) -> ComposeResult:
        """Build the search and the list."""
        keys = f"{key_name(self, 'help.up')} and {key_name(self, 'help.down')} scroll"
        with Vertical(id="help-window"), Card("Help", subtitle=keys):
            yield TextField(placeholder="Search: a key, or what you want to do", id="help-search")
            yield Hint("", id="help-count")
            with VerticalScroll(id="help-scroll", can_focus=False):
                yield HelpList(id="help-list")
        yield Footer()

    def on_mount(self) -> None:
        """Show everything."""
        self._show()

    @on(Input.Changed, "#help-search")
    def _search(self) -> None:
        """Show what matches, from its first line on."""
        self._show()
        self.query_one("#help-scroll", VerticalScroll).scroll_home(animate=False)

    def _show(self) -> None:
        """Draw what matches, and say how much that is."""
        typed = self.query_one("#help-search", TextField).value
        entries = found(self._entries, typed)
        self.query_one("#help-count", Hint).say(count_words(entries, typed))
        self.query_one(HelpList).entries = tuple(entries)

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_scroll_list(self, by: int) -> None:
        """Scroll the list while the search keeps the focus."""
        scroll = self.query_one("#help-scroll", VerticalScroll)
        scroll.scroll_relative(y=by * (1 if abs(by) == 1 else scroll.size.height - 1), animate=False)


def count_words(entries: Sequence[HelpEntry], typed: str) -> str:
    """Say how many entries match, or what to do where none does."""
    if typed.strip():
        match len(entries):
            case 0:
                return NO_MATCH
            case 1:
                return "1 match"
        return f"{len(entries)} matches"
    answers = sum(one.section == ANSWERS for one in entries)
    return f"{len(entries) - answers} keys, and {answers} answers in plain words"


def _drawn(entries: Sequence[HelpEntry], width: int) -> list[Content]:
    """Draw entries under their headings, line by line."""
    lines: list[Content] = []
    section = ""
    for entry in entries:
        if entry.section != section:
            section = entry.section
            lines.extend([Content(""), Content.styled(section, "bold $muted")])
        lines.extend(_answer(entry, width) if section == ANSWERS else _key(entry, width))
    return lines[1:]


def _key(entry: HelpEntry, width: int) -> list[Content]:
    """Draw a key beside what it does."""
    keys = wrap(entry.keys, KEY_COLUMN - 1, break_long_words=False)
    told = [(line, "$ink") for line in wrap(entry.sentence, max(20, width - KEY_COLUMN))]
    told += [(line, "$muted") for line in wrap(entry.twin, max(20, width - KEY_COLUMN))]
    return [
        Content.assemble((f"{left:<{KEY_COLUMN}}", "bold $accent"), right)
        for left, right in zip_longest(keys, told, fillvalue="")
    ]


def _answer(entry: HelpEntry, width: int) -> list[Content]:
    """Draw an answer below its title."""
    told = wrap(entry.sentence, max(20, width - 2))
    return [
        Content.styled(entry.keys, "bold $accent"),
        *(Content.assemble("  ", (line, "$ink")) for line in told),
    ]
