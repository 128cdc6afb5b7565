"""The palette: go somewhere, do something, choose a theme, by typing a part of its name."""

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

from tui import keymap
from tui.commands import Command
from tui.widgets.card import Card
from tui.widgets.text_field import TextField

WIDTH = 66
"""The width of one command."""


class PaletteScreen(ModalScreen[str | None]):
    """A card over the page that answers with the chosen command's id, or None."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("dialog", "palette")

    CSS_PATH = "palette.tcss"

    def __init__(self, commands: Sequence[Command]) -> None:
        """Keep the commands, in the order in which they are shown."""
        super().__init__()
        self._commands = tuple(commands)

    @property
    def _list(self) -> OptionList:
        """The list of what matches."""
        return self.query_one(OptionList)

    def compose(self) -> ComposeResult:
        """Build the search and the list."""
        with Vertical(id="palette-window"), Card("Go to, do, theme", subtitle="enter runs it · esc closes"):
            yield TextField(placeholder="Type a part of its name", id="palette-search")
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        """Show every command."""
        self._list.can_focus = False
        self._show("")

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

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        """Answer with the command under the pointer."""
        self.dismiss(event.option.id)

    def _show(self, words: str) -> None:
        """Fill the list with the commands that match and mark the first."""
        self._list.clear_options()
        self._list.add_options(
            Option(_drawn(command), id=command.id) for command in self._commands if command.matches(words)
        )
        self._list.highlighted = 0 if self._list.option_count else None

    def action_cancel(self) -> None:
        """Close without doing anything."""
        self.dismiss(None)

    def action_previous_command(self) -> None:
        """Mark the command above while the search keeps the focus."""
        self._list.action_cursor_up()

    def action_next_command(self) -> None:
        """Mark the command below while the search keeps the focus."""
        self._list.action_cursor_down()


def _drawn(command: Command) -> Content:
    """Draw one command: name, key, sentence."""
    line = Content.assemble((f"{command.label:<24.24} ", "bold"), f"{command.key:<6} ", command.sentence)
    return line.truncate(WIDTH, ellipsis=True)
