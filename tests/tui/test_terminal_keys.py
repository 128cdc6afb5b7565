"""What the keyboards of real terminals send, and that every binding has a key that they have."""

from __future__ import annotations

import string
from collections.abc import Mapping

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from tui.keys.keymap import KeysNow
from tui.keys.names import read_key
from tui.keys.presets import PRESETS
from tui.keys.table import KEYMAP
from tui.terminal.input_budget import InputBudget, Keys
from tui.terminal.parser import KeyParser

ARROWS = {"\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left"}
"""In normal mode."""

APPLICATION_ARROWS = {"\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left"}
"""In application mode, which a shell or tmux may have left on."""

PAGES = {"\x1b[5~": "pageup", "\x1b[6~": "pagedown", "\x1b[3~": "delete", "\x1b[2~": "insert"}
"""The same everywhere."""

UPPER_ROW = {
    "\x1b[17~": "f6",
    "\x1b[18~": "f7",
    "\x1b[19~": "f8",
    "\x1b[20~": "f9",
    "\x1b[21~": "f10",
    "\x1b[23~": "f11",
    "\x1b[24~": "f12",
}
"""F6 to F12, the same everywhere."""

VT_F1_TO_F4 = {"\x1bOP": "f1", "\x1bOQ": "f2", "\x1bOR": "f3", "\x1bOS": "f4", "\x1b[15~": "f5"}
"""Of the VT100, and F5 of the VT220."""

TERMINALS: Mapping[str, Mapping[str, str]] = {
    "Linux console": {
        **{"\x1b[[A": "f1", "\x1b[[B": "f2", "\x1b[[C": "f3", "\x1b[[D": "f4", "\x1b[[E": "f5"},
        **{"\x1b[1~": "home", "\x1b[4~": "end", "\x1b\t": "shift+tab", "\x7f": "backspace"},
        **ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
    "PuTTY": {
        **{"\x1b[11~": "f1", "\x1b[12~": "f2", "\x1b[13~": "f3", "\x1b[14~": "f4", "\x1b[15~": "f5"},
        **{"\x1b[1~": "home", "\x1b[4~": "end", "\x1b[Z": "shift+tab", "\x7f": "backspace"},
        **ARROWS,
        **APPLICATION_ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
    "screen and tmux": {
        **{"\x1b[1~": "home", "\x1b[4~": "end", "\x1b[Z": "shift+tab", "\x7f": "backspace"},
        **VT_F1_TO_F4,
        **ARROWS,
        **APPLICATION_ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
    "xterm": {
        **{"\x1b[H": "home", "\x1b[F": "end", "\x1bOH": "home", "\x1bOF": "end", "\x1b[Z": "shift+tab"},
        **{
            "\x1b[5;5~": "ctrl+pageup",
            "\x1b[6;5~": "ctrl+pagedown",
            "\x1b[1;5D": "ctrl+left",
            "\x08": "backspace",
        },
        **VT_F1_TO_F4,
        **ARROWS,
        **APPLICATION_ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
    "rxvt": {
        **{"\x1b[11~": "f1", "\x1b[12~": "f2", "\x1b[13~": "f3", "\x1b[14~": "f4", "\x1b[15~": "f5"},
        **{"\x1b[7~": "home", "\x1b[8~": "end", "\x1b[5^": "ctrl+pageup", "\x1b[6^": "ctrl+pagedown"},
        **{"\x1b[Z": "shift+tab", "\x7f": "backspace"},
        **ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
    "kitty": {
        **{"\x1b[P": "f1", "\x1b[Q": "f2", "\x1b[13~": "f3", "\x1b[S": "f4", "\x1b[15~": "f5"},
        **{"\x1b[H": "home", "\x1b[F": "end", "\x1b[27u": "escape", "\x1b[9u": "tab", "\x1b[13u": "enter"},
        **{"\x1b[127u": "backspace", "\x1b[112;5u": "ctrl+p", "\x1b[47;2;63u": "question_mark"},
        **{"\x1b[103;2;71u": "G", "\x1b[120;3u": "alt+x", "\x1b[5;5~": "ctrl+pageup"},
        **{"\x1b[127;2u": "backspace", "\x1b[13;2u": "enter", "\x1b[13;5u": "enter", "\x1b[27;2u": "escape"},
        **{"\x1b[91;5u": "escape", "\x1b[104;5u": "backspace", "\x1b[105;5u": "tab", "\x1b[109;5u": "enter"},
        **ARROWS,
        **PAGES,
        **UPPER_ROW,
    },
}
"""What each sends with its settings as they come, and what it means."""

CONTROL = {chr(ord(letter) - 96): f"ctrl+{letter}" for letter in "abcdefgklnopqrstuvwxyz"}
"""A letter with ctrl, the same everywhere; h, i, j and m are backspace, tab, line feed and enter."""

TYPED = {mark: _character_to_key(mark) for mark in string.ascii_letters + string.digits + string.punctuation}
"""What types itself."""

EVERYWHERE = {**CONTROL, **TYPED, "\x1b": "escape", "\r": "enter", "\t": "tab", " ": "space"}
"""What every terminal sends."""


def read(sequence: str) -> list[str]:
    """What the program makes of bytes, by way of the budget as in the driver."""
    budget, parser, keys = InputBudget(), KeyParser(), []
    for outcome in (*budget.feed(sequence, 0.0), *budget.tick(1.0), *budget.tick(2.0)):
        events = parser.feed(outcome.text) if isinstance(outcome, Keys) else parser.expire()
        keys += [event.key for event in events if isinstance(event, Key)]
    return keys + [event.key for event in parser.expire() if isinstance(event, Key)]


@pytest.mark.parametrize("terminal", TERMINALS)
def test_what_a_terminal_sends_is_the_key_that_was_pressed(terminal: str) -> None:
    heard = {sequence: read(sequence) for sequence in TERMINALS[terminal]}
    assert heard == {sequence: [key] for sequence, key in TERMINALS[terminal].items()}


def test_what_every_terminal_sends_is_the_key_that_was_pressed() -> None:
    heard = {sequence: read(sequence) for sequence in EVERYWHERE}
    assert heard == {sequence: [key] for sequence, key in EVERYWHERE.items()}


def test_function_keys_with_shift_are_neither_space_nor_a_mark_nor_a_control_character() -> None:
    """Consoles, PuTTY and rxvt number them on; kitty's numbers, of which 32 is space, end in u."""
    heard = [key for number in range(25, 35) for key in read(f"\x1b[{number}~")]
    assert heard == [f"f{number}" for number in range(13, 21)]
    assert read("\x1b[32;2~x\x1b[16~") == ["x"]


def test_what_is_written_with_several_modifiers_is_what_terminals_send() -> None:
    sent = {"ctrl+alt+left": "\x1b[1;7D", "shift+alt+up": "\x1b[1;4A", "ctrl+shift+alt+f5": "\x1b[15;8~"}
    assert [[read_key(written)] for written in sent] == [read(sequence) for sequence in sent.values()]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("terminal", TERMINALS)
def test_every_binding_has_a_key_that_the_terminal_has(terminal: str, preset: str) -> None:
    """ctrl+pgup, which the Linux console and PuTTY do not tell from pgup, is never the only one."""
    sent = {*TERMINALS[terminal].values(), *EVERYWHERE.values(), "backspace"}
    keys = KeysNow(preset)
    missing = [row.id for row in KEYMAP if keys.of(row.id) and not sent.intersection(keys.of(row.id))]
    assert missing == []


@pytest.mark.parametrize("preset", PRESETS)
def test_help_palette_back_and_quit_need_no_alt_and_no_two_modifiers(preset: str) -> None:
    """alt arrives as Escape and a letter, which a slow line may part."""
    keys = KeysNow(preset)
    for needed in ("app.help", "app.palette", "app.quit_now", "page.back", "dialog.cancel"):
        assert any("alt+" not in key and key.count("+") <= 1 for key in keys.of(needed))
