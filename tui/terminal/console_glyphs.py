"""Signs for the Linux console, whose fonts have 256 or 512 glyphs: stand-ins for what they lack.

Which they lack the console itself says (`tui.terminal.console_font`); over SSH nobody does, and whatever
some font lacks is left out. No font has ticks; Debian's have small triangles and the kernel's own has not;
lines of boxes are in all. The half blocks of a QR code are in the kernel's and few of Debian's, and nothing
could stand for them: where they are lacking, its modules are whole cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.qr_matrix import Form
from tui.terminal.console_font import signs_of_font

STAND_INS = str.maketrans(
    {
        **{"✓": "v", "✗": "x", "●": "*", "○": "o", "▣": "#", "▰": "#", "▱": "-", "▌": "|", "▕": "|"},
        **{"▸": ">", "◂": "<", "▾": "v", "▴": "^", "›": ">", "‹": "<", "↵": "<", "↓": "v", "↑": "^"},
        **{"━": "=", "╸": "=", "╺": "─", "╿": "│", "┃": "│", "╭": "┌", "╮": "┐", "╰": "└", "╯": "┘"},
        **{"▁": "_", "▂": ".", "▃": "-", "▅": "=", "▆": "+", "▇": "#", "…": "~", "−": "-"},
        **{"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-"},
        **{"⟨": "<", "⟩": ">", "␛": "^", "␡": "^"},
    }
)
"""One sign for one sign, so that nothing moves."""


def is_console(environment: Mapping[str, str]) -> bool:
    """Whether a terminal is a console, with a font that it cannot add to."""
    return environment.get("TERM", "").partition("-")[0] in ("linux", "cons25")


def stand_ins(font: Set[str] | None) -> dict[int, str]:
    """What is put for signs that a font lacks; for one that is not known, whatever any lacks."""
    return {sign: other for sign, other in STAND_INS.items() if font is None or chr(sign) not in font}


def code_forms(font: Set[str] | None) -> tuple[Form, ...]:
    """How a QR code can be drawn with a font, the surest form first."""
    if font is None:
        return "whole", "halves"
    return ("halves",) if font >= {"▀", "▄"} else ("whole",)


def form_for_lines(environment: Mapping[str, str], handle: int) -> Form:
    """How a QR code is drawn in lines of a terminal: the surest form."""
    return code_forms(signs_of_font(handle))[0] if is_console(environment) else "halves"


class ConsoleGlyphs(LineFilter):
    """Draws with what the console's font has."""

    def __init__(self, font: Set[str] | None = None) -> None:
        """Keep what the font lacks."""
        super().__init__()
        self._stand_ins = stand_ins(font)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Put stand-ins into a line."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(self._stand_ins), segment.style)
            for segment in segments
        ]
