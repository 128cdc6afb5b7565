"""The last look at every line before it is drawn: no control, no bidi override, no link (R081-R084)."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from security.safe_text import sanitise

CELLS_OF_A_LINE = 4096
"""A line of a widget is never cut here."""


class SafetyFilter(LineFilter):
    """Makes visible what a widget should never have been given.

    Text is made safe at the boundary, by `security.safe_text`; this holds even where a screen forgot.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line with every unsafe character made visible and every link taken away."""
        return [_safe(segment) for segment in segments]


def _safe(segment: Segment) -> Segment:
    """Return a segment that may be drawn; nearly always the same one."""
    text, style, control = segment
    if control is not None or (text.isprintable() and (style is None or style.link is None)):
        return segment
    if style is not None and style.link is not None:
        style = style.update_link(None)
    return Segment(text if text.isprintable() else sanitise(text, max_cells=CELLS_OF_A_LINE), style)
