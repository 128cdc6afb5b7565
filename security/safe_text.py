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


_INVISIBLE = frozenset(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0x200B, 0x2060, 0xFEFF, 0x2028, 0x2029]
    + [*range(0xE0000, 0xE0080)]
)
_REFUSED_CATEGORIES = frozenset(["Cs", "Co", "Cn"])
_ZERO_WIDTH_JOINERS = frozenset([0x200C, 0x200D])


def _width(char: str) -> int:
    """Terminal cells of one character: wide and full-width ones take two, marks none."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me") or ord(char) in _ZERO_WIDTH_JOINERS:
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
    if code in _INVISIBLE or unicodedata.category(char) in _REFUSED_CATEGORIES:
        return f"⟨U+{code:04X}⟩"
    return char


def sanitise(foreign: object, *, max_cells: int = MAX_CELLS) -> SafeText:
    """Make any text safe to show on one line of a terminal.

    C0, DEL and C1 controls become visible (␛, \\x9b), bidi and invisible controls, surrogates,
    private and unassigned characters become ⟨U+XXXX⟩, more than four combining marks on one base
    are dropped, and what is wider than `max_cells` is cut with an ellipsis.

    Source: CVE-2021-42574 (bidi controls), ECMA-48 (C0 and C1).
    """
    if type(foreign) is SafeText and max_cells >= MAX_CELLS:
        return foreign
    shown: list[str] = []
    cells = 0
    marks = 0
    for char in str(foreign):
        width = _width(char)
        if width == 0:
            marks += 1
            if marks > MAX_MARKS or not shown:
                continue
        else:
            marks = 0
        piece = _visible(char)
        wide = width if piece is char else sum(_width(part) for part in piece)
        if cells + wide > max_cells - 1 and cells + wide > max_cells:
            while shown and cells > max_cells - 1:
                cells -= sum(_width(part) for part in shown.pop())
            shown.append("…")
            break
        cells += wide
        shown.append(piece)
    return SafeText("".join(shown))
