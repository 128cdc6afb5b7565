"""The palette: go somewhere, do something, choose a theme, by typing what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.commands import Command, found
from tui.keys import keymap
from tui.widgets.card import Card
from tui.widgets.footer import Footer
from tui.widgets.hint import Hint
from tui.widgets.text_field import TextField

AROUND = 10
"""What border, padding and scroll bar take of the window's width."""

WINDOWS = ((110, 106), (0, 76))
"""From which width of the terminal on the window is how wide; in the wide one each row has its sentence."""

LABEL = 26
"""The widest name."""

NO_MATCH = "Nothing can be done here by that name. Try another word: “sign out”, “codes”, “theme”."
"""Where nothing matches."""


class PaletteScreen(ModalScreen[str | None]):
    """A card over the page that answers with the chosen command's id, or None."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("dialog", "palette", labels=keymap.CLOSES)

    CSS_PATH = "palette.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high"), (38, "-tall")]  # noqa: RUF012 - Textual declares no ClassVar
    """How many rows there are for the list."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 110 columns on every row has its sentence, below them the marked one's stands under the list."""

    def __init__(self, commands: Sequence[Command], recent: Sequence[str] = ()) -> None:
        """Keep the commands in the order in which they are shown, and the ids of those used last."""
        super().__init__()
        self._commands = tuple(commands)
        self._recent = tuple(recent)

    @property
    def _list(self) -> OptionList:
        """The list of what matches."""
        return self.query_one(OptionList)

    def compose(self) -> ComposeResult:
        """Build the search and the list."""
        with Vertical(id="palette-window"), Card("Go to, do, theme", subtitle="enter runs it"):
            yield TextField(placeholder="What do you want to do?", id="palette-search")
            yield Hint("", id="palette-count")
            yield OptionList(markup=False)
            yield Hint("", id="palette-told")
        yield Footer()

    def on_mount(self) -> None:
        """Show every command."""
        self._list.can_focus = False
        self._show("")

    def on_resize(self) -> None:
        """Draw the rows for the room that there is now, the same one marked."""
        marked = self._list.highlighted
        self._show(self.query_one("#palette-search", TextField).value)
        self._list.highlighted = marked

    @on(Input.Changed, "#palette-search")
    def _search(self, event: Input.Changed) -> None:
        """Show what matches."""
        self._show(event.value)

    @on(Input.Submitted, "#palette-search")
    def _submitted(self) -> None:
        """Answer with the marked command."""
        marked = self._list.highlighted_option
        if marked is not None:
            self.dismiss(marked.id)

    @on(OptionList.OptionHighlighted)
    def _marked(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the marked command does."""
        told = next((one.sentence for one in self._commands if one.id == event.option.id), "")
        self.query_one("#palette-told", Hint).say(told)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        """Answer with the command under the pointer."""
        self.dismiss(event.option.id)

    def _show(self, words: str) -> None:
        """Fill the list with what matches, mark the first, and say how much it is."""
        matching = found(self._commands, words, self._recent)
        width = self.app.size.width
        room = min(width, next(window for least, window in WINDOWS if width >= least)) - AROUND
        self._list.clear_options()
        self._list.add_options(Option(_drawn(command, room), id=command.id) for command in matching)
        self.query_one("#palette-count", Hint).say(count_words(len(matching), words))
        self._list.highlighted = 0 if matching else None
        if not matching:
            self.query_one("#palette-told", Hint).say("")

    def action_cancel(self) -> None:
        """Close without doing anything."""
        self.dismiss(None)

    def action_previous_command(self) -> None:
        """Mark the command above while the search keeps the focus."""
        self._list.action_cursor_up()

    def action_next_command(self) -> None:
        """Mark the command below while the search keeps the focus."""
        self._list.action_cursor_down()


def count_words(matches: int, typed: str) -> str:
    """Say how many commands match, or what to do where none does."""
    if not typed.strip():
        return f"{matches} things that can be done from here"
    match matches:
        case 0:
            return NO_MATCH
        case 1:
            return "1 match"
    return f"{matches} matches, the best first"


def _drawn(command: Command, room: int) -> Content:
    """Draw one command: its name, its sentence where all of it fits, and its key at the right edge."""
    told = f"{command.sentence} " if room > WINDOWS[-1][1] else ""
    line = Content.assemble(f"{command.label:<{LABEL}} ", told).truncate(
        room - len(command.key), ellipsis=True, pad=True
    )
    return line + command.key
