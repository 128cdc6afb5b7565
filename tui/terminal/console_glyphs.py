"""Signs for the Linux console, whose fonts have 256 or 512 glyphs: stand-ins for what they lack.

Neither the kernel's own font nor Debian's have ticks, and only one of both has circles and triangles.
Lines of boxes and whole blocks are in all of them. The half blocks of a QR code are in the kernel's alone
and stay what they are: nothing could stand for them, and the key is there in letters.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

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


class ConsoleGlyphs(LineFilter):
    """Draws with what the console's font has."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Put stand-ins into a line."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(STAND_INS), segment.style)
            for segment in segments
        ]
