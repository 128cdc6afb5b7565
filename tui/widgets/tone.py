"""Tones: what a badge, a banner or a notice means. Each has a mark, so that colour is never alone."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """The meaning of a piece of text; its value is the theme's colour variable."""

    WELL = "well"
    ATTENTION = "attention"
    DANGER = "danger"
    ACCENT = "accent"
    MUTED = "muted"

    @property
    def mark(self) -> str:
        """The sign that stands before words of this tone."""
        return _MARKS[self]


_MARKS = {Tone.WELL: "✓", Tone.ATTENTION: "!", Tone.DANGER: "✗", Tone.ACCENT: "▸", Tone.MUTED: "·"}
