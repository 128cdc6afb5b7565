"""What stands on a screen as two planes of text: the characters, and by letters what their colours mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.geometry import Region

from tests.snapshots import MASK
from tui.app import StrongroomApp
from tui.palettes import DARK

TEXT = {"accent": "a", "attention": "t", "well": "w", "danger": "d", "muted": "m", "line": "l", "ink": "i"}
"""By which letter a colour of text is told."""

FILL = {"accent": "A", "attention": "T", "well": "W", "danger": "D", "ink": "I", "line": "L"}
"""By which letter a cell is told that is filled with a colour: a badge, the cursor of a field."""

FIELD = {"field": "f", "raised": "r", "button": "b"}
"""By which letter a blank cell is told that stands out from the ground."""

BEHIND = "."
"""What has a colour of no meaning: the page behind a dialog."""

LEGEND = "a accent  t attention  w well  d danger  m muted  i ink  l line · f field  r raised  b button"
"""Stands between the planes; a capital letter is a cell that is filled with the colour."""

_MEANING = {value: name for name, value in asdict(DARK).items()}


def characters(app: StrongroomApp) -> list[str]:
    """Every row of the top screen as wide as the terminal."""
    return ["".join(text for text, _ in row) for row in _rows(app)]


def tones(app: StrongroomApp) -> list[str]:
    """A letter for every cell of the top screen."""
    return ["".join(_tone(text, style) * cell_len(text) for text, style in row) for row in _rows(app)]


def covered(rows: list[str], region: Region) -> list[str]:
    """The same rows with a mask over a region; rows of single-width characters only."""
    return [
        row[: region.x] + MASK * region.width + row[region.right :] if region.y <= y < region.bottom else row
        for y, row in enumerate(rows)
    ]


def in_front(rows: list[str], letters: list[str]) -> list[str]:
    """The same rows without what shows through from behind a dialog, which has snapshots of its own.

    Rows of single-width characters only.
    """
    return [
        "".join(" " if letter == BEHIND else character for character, letter in zip(row, line, strict=True))
        for row, line in zip(rows, letters, strict=True)
    ]


def _rows(app: StrongroomApp) -> Iterator[list[tuple[str, Style]]]:
    """The cells of each row with their styles."""
    width, height = app.size
    for strip in app.screen._compositor.render_strips()[:height]:
        yield [
            (character, segment.style or Style.null())
            for segment in strip.crop(0, width)
            for character in segment.text
        ]


def _tone(text: str, style: Style) -> str:
    """The letter of one cell."""
    fore, back = _meaning(style.color), _meaning(style.bgcolor)
    if style.reverse:
        fore, back = back, fore
    if back in FILL:
        return FILL[back]
    if text.isspace():
        return FIELD.get(back, " ")
    return TEXT.get(fore, BEHIND)


def _meaning(color: Color | None) -> str:
    """What a colour means in the dark theme; empty for one that is not in it."""
    return "" if color is None or color.triplet is None else _MEANING.get(color.triplet.hex, "")
