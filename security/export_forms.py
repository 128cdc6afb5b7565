"""The forms of an export: CSV in which no spreadsheet finds a formula, and JSON Lines (R078).

In both, whatever could move a terminal, turn a line around or hide in it is written as its code point.
`docs/export.md` says how to read them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from security.safe_text import is_showable
from security.vocabulary import ExportForm

Cell = str | bool | None
"""One value of a row; None where nothing is known."""

_ORDINARY = re.compile(r"[0-9A-Za-z{][ !\"#-:<-\[\]-~]*")
"""What needs neither escape nor guard, as nearly every text does."""

_SPACED = r"[\s\"'`´‘’‚‛“”„‟«»‹›＂＇]"
_SIGNS = (
    "=+@＝＋－＠﹢﹣﹦﹫⁺₊⁻₋⁼₌−-"  # full-width, small, raised and lowered ones, and the sign of subtraction
)

_GUARDED = re.compile(rf"'|[\t\r\n\0]|{_SPACED}*[\t\r\n\0{_SIGNS}]")
"""How a text begins that a spreadsheet might compute, or that would be taken for one that is guarded."""

_SECOND_START = re.compile(rf";(?={_SPACED}*[{_SIGNS}])")
"""Where a spreadsheet whose language parts cells by semicolons would see another cell begin."""

_BEYOND_ASCII = re.compile(r"[^ -~]")
_CONTROL = re.compile(r"[\0-\x1f\x7f]")


def encoder(form: ExportForm, columns: Sequence[str]) -> Csv | JsonLines:
    """What writes rows of these columns in a form."""
    return Csv(columns) if form is ExportForm.CSV else JsonLines(columns)


class Csv:
    """RFC 4180 in UTF-8 without a byte order mark: lines end in CR LF, the first one names the columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Keep the columns."""
        self._columns = tuple(columns)

    def begin(self) -> bytes:
        """The line of names."""
        return self._written([self._columns])

    def lines(self, rows: Iterable[Mapping[str, Cell]]) -> bytes:
        """Some rows; a cell that holds JSON stays as it was stored."""
        return self._written([[_csv_cell(row[name]) for name in self._columns] for row in rows])

    def _written(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Rows with their quotes and line ends."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode()


class JsonLines:
    """One object a line, in UTF-8; lines end in LF."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Keep the columns."""
        self._columns = tuple(columns)

    def begin(self) -> bytes:
        """Nothing: each line has the names."""
        return b""

    def lines(self, rows: Iterable[Mapping[str, Cell]]) -> bytes:
        """Some rows; a cell whose name is `details` holds JSON, and is an object here."""
        return "".join(self._line(row) for row in rows).encode()

    def _line(self, row: Mapping[str, Cell]) -> str:
        """One object."""
        found: dict[str, object] = {name: row[name] for name in self._columns}
        if isinstance(details := found.get("details"), str):
            found["details"] = json.loads(details)
        written = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        if not written.isascii() or "\x7f" in written:
            written = _BEYOND_ASCII.sub(lambda match: _json_sign(match[0]), written)
        return written + "\n"


def rfc3339(at: datetime) -> str:
    """A moment in UTC with microseconds, as RFC 3339 §5.6 writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def csv_text(text: str) -> str:
    """A text as it stands in a cell, before the quotes of RFC 4180.

    A backslash becomes two; what cannot be shown, control characters before all, becomes \\u{HEX}; so does
    a semicolon behind which a formula would begin. Then a text that begins like a formula, or with an
    apostrophe, gets an apostrophe before it. `docs/export.md` has the way back.
    """
    if _ORDINARY.fullmatch(text):
        return text
    escaped = _BEYOND_ASCII.sub(lambda match: _csv_sign(match[0]), text.replace("\\", "\\\\"))
    escaped = _SECOND_START.sub("\\\\u{3B}", escaped)
    return f"'{escaped}" if _GUARDED.match(text) else escaped


def _csv_cell(value: Cell) -> str:
    """A value as the text of a cell; empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_text(value)


def _csv_sign(char: str) -> str:
    """A character as it stands in a cell."""
    return char if _is_shown(char) else f"\\u{{{ord(char):X}}}"


def _json_sign(char: str) -> str:
    """A character as it stands in a JSON text, of which it is no part of the grammar."""
    return char if _is_shown(char) else json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"


def _is_shown(char: str) -> bool:
    """Whether a character shows as itself, wherever it is shown."""
    return not _CONTROL.match(char) and is_showable(char)
