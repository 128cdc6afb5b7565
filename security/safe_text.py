"""The one sanitiser: foreign text becomes `SafeText` here and nowhere else (R081, R082)."""

from __future__ import annotations

import unicodedata

MAX_CELLS = 256
"""Text wider than this many terminal cells is cut with an ellipsis."""

MAX_MARKS = 4
"""Combining marks kept on one base character."""


class SafeText(str):
    """Text that may stand on a terminal: no control, no bidi override, nothing invisible, not too wide."""

    __slots__ = ()


_VISIBLE_FORMATS = frozenset([*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD])
"""Format characters with a shape of their own: Arabic number signs and their like."""

_ZERO_WIDTH_JOINERS = frozenset([0x200C, 0x200D])
"""Needed inside words of several scripts; they count as marks, so that no row of them can hide."""

_FILLERS = frozenset([0x115F, 0x1160, 0x3164, 0xFFA0, 0x2028, 0x2029])
"""Letters and separators that show nothing."""

_REFUSED_CATEGORIES = frozenset(["Cf", "Cs", "Co", "Cn"])
_EMOJI_SELECTOR = 0xFE0F
_SCANNED_PER_CELL = 8
"""Characters that are looked at for each cell that may be filled; a text of marks alone has no end."""


def _width(char: str) -> int:
    """Terminal cells of one character: wide and full-width ones take two, marks none."""
    category = unicodedata.category(char)
    if category in ("Mn", "Me") or ord(char) in _ZERO_WIDTH_JOINERS or unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _visible(char: str) -> str:
    """A character as it may be shown: itself, a control picture or its code point in angle brackets."""
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0x80 <= code < 0xA0:
        return f"\\x{code:02x}"
    if code in _ZERO_WIDTH_JOINERS or code in _VISIBLE_FORMATS:
        return char
    if code in _FILLERS or unicodedata.category(char) in _REFUSED_CATEGORIES:
        return f"⟨U+{code:04X}⟩"
    return char


def is_showable(char: str) -> bool:
    """Whether a character may stand on a terminal as it is."""
    return _visible(char) == char


def sanitise(foreign: object, *, max_cells: int = MAX_CELLS) -> SafeText:
    """Make any text safe to show on one line of a terminal.

    C0, DEL and C1 controls become visible (␛, \\x9b); bidi controls, invisible formats and fillers,
    surrogates, private and unassigned characters become ⟨U+XXXX⟩; more than four combining marks on
    one base are dropped, and what is wider than `max_cells` is cut with an ellipsis.

    Source: CVE-2021-42574 (bidi controls), ECMA-48 (C0 and C1).
    """
    text = str(foreign)
    if text.isascii() and text.isprintable() and len(text) <= max_cells:
        return SafeText(text)
    if type(foreign) is SafeText and max_cells >= MAX_CELLS:
        return foreign
    scanned = text[: max_cells * _SCANNED_PER_CELL]
    shown, widths = _shown(scanned, max_cells)
    if sum(widths) > max_cells or len(scanned) < len(text):
        while shown and sum(widths) > max_cells - 1:
            shown.pop()
            widths.pop()
        shown.append("…")
    return SafeText("".join(shown))


def _shown(text: str, max_cells: int) -> tuple[list[str], list[int]]:
    """The pieces that stand for a text and their widths, up to the first that is too much."""
    shown: list[str] = []
    widths: list[int] = []
    cells = marks = 0
    for char in text:
        width = _width(char)
        marks = 0 if width else marks + 1
        if marks > MAX_MARKS or (marks and not shown):
            continue
        piece = _visible(char)
        if piece != char:
            width = sum(_width(part) for part in piece)
        elif ord(char) == _EMOJI_SELECTOR:
            width = 1
        shown.append(piece)
        widths.append(width)
        cells += width
        if cells > max_cells:
            break
    return shown, widths
