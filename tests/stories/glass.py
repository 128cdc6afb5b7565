"""A terminal's glass: what a program's bytes make of it. Small, as our grammar is, and strict about it."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from rich.cells import get_character_cell_size

_SEQUENCE = re.compile(r"\x1b\[([<>?]?)([0-9;:]*)(\$?)([a-zA-Z])")
_BEGUN = re.compile(r"\x1b(?:\[[<>?]?[0-9;:]*\$?)?$")
_CANCELLED = re.compile(r"(?:\x1b(?:\[[<>?]?[0-9;:]*\$?)?)?\x18")

AT_FIRST = frozenset({7, 25})
"""The private modes of a terminal that nobody has touched: it wraps, and shows its cursor."""


class Glass:
    """Cells, modes and the stack of kitty's keys; takes bytes in whatever pieces they come."""

    def __init__(self, columns: int, rows: int, *, has_alternate: bool = True) -> None:
        """Begin like a terminal in which a shell waits; consoles have no alternate screen."""
        self._has_alternate = has_alternate
        self.modes = set(AT_FIRST)
        """The private modes that are set."""
        self.pushed = 0
        """How often kitty's keys were asked for and not given back."""
        self.attributes = ""
        """The last colours and marks, "" after a reset."""
        self.unknown: list[str] = []
        """Every sequence that is not of the few known here."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._held = ""
        self._x = self._y = 0
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Be another size, and blank until the program has painted."""
        self.columns, self.rows = columns, rows
        self._cells = [[" "] * columns for _ in range(rows)]
        self._x, self._y = min(self._x, columns - 1), min(self._y, rows - 1)

    @property
    def is_restored(self) -> bool:
        """Whether it is as it was at first, but for what is written on it."""
        return self.modes == AT_FIRST and not self.pushed and not self.attributes and not self.unknown

    def text(self) -> str:
        """The cells, without the blanks at the ends of lines."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        text = self._held + self._decode(data)
        text = _CANCELLED.sub("", text)
        begun = _BEGUN.search(text)
        self._held = text[begun.start() :] if begun else ""
        text = text[: begun.start()] if begun else text
        at = 0
        while at < len(text):
            if text[at] != "\x1b":
                self._put(text[at])
                at += 1
                continue
            found = _SEQUENCE.match(text, at)
            if found is None:
                self.unknown.append(text[at : at + 12])
                at += 1
                continue
            self._obey(found[0], *found.groups())
            at = found.end()

    def _put(self, character: str) -> None:
        """Write a character, or go to a line's beginning or the next line."""
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._y = min(self._y + 1, self.rows - 1)
        elif character < " " or character == "\x7f":
            self.unknown.append(character)
        else:
            width = get_character_cell_size(character)
            if self._x < self.columns and width:
                self._cells[self._y][self._x] = character
            self._x += width

    def _obey(self, whole: str, kind: str, numbers: str, dollar: str, final: str) -> None:
        """Do what a sequence says."""
        values = [int(number or 0) for number in re.split("[;:]", numbers)]
        if kind == "?" and final in "hl" and not dollar:
            (self.modes.update if final == "h" else self.modes.difference_update)(values)
            if 1049 in values and self._has_alternate:
                self.resize(self.columns, self.rows)
        elif final == "u" and kind in "<>" and kind:
            self.pushed = max(0, self.pushed + (1 if kind == ">" else -1))
        elif not kind and final == "m":
            self.attributes = "" if values[-1] == 0 else numbers
        elif not kind and final == "H":
            row, column = (*values, 1)[:2]
            self._y, self._x = min(max(row, 1), self.rows) - 1, min(max(column, 1), self.columns) - 1
        elif not kind and final == "C":
            self._x = min(self._x + max(1, values[0]), self.columns - 1)
        elif whole == "\x1b[2J":
            self._cells = [[" "] * self.columns for _ in range(self.rows)]
        elif whole not in ("\x1b[?2026$p", "\x1b[>q"):
            self.unknown.append(whole)
