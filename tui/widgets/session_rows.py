"""How a session's row is drawn: two lines, or columns where there is room; never by colour alone."""

from __future__ import annotations

from enum import Enum

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.session_watch import SessionRow
from tui.session_words import (
    LOCAL,
    address_words,
    device_words,
    ended_sentence,
    place_words,
    short_address,
    state_words,
    strange,
)
from tui.widgets.badge import badge
from tui.widgets.row_paint import Column, ColumnPainter, LinesPainter, Painter, RowLine
from tui.widgets.tone import Tone

TITLE = 24
"""The widest that a device is drawn in two lines: the cursor lights it up, and every cell is a byte more."""

ADDRESS = 19
"""The widest that an address is drawn; the details have the whole of it."""


_TONES = {"NEW": Tone.ACCENT, "Current": Tone.WELL, "locked": Tone.MUTED}


class Shape(Enum):
    """How rows are drawn, by the room there is."""

    COLUMNS = "one line, in columns"
    SPACED = "two lines and a blank one"
    CLOSE = "two lines"


def painter(shape: Shape) -> Painter[SessionRow]:
    """The painter that draws rows in a shape."""
    if shape is Shape.SPACED:
        return LinesPainter(lambda row, width: (*_two_lines(row, width), RowLine("")), lines=3)
    if shape is Shape.CLOSE:
        return LinesPainter(_two_lines, lines=2)
    return ColumnPainter(
        Column("Device", _titled, least=16, most=2 + 30),
        Column("", _badges, least=9, most=24),
        Column("Address", _address, least=9, most=ADDRESS, style="$muted"),
        Column("Place", _place, least=12, most=30, style="$muted"),
        Column("Signed in", lambda row: row.signed_in, least=9, most=11, style="$muted", rank=1),
        Column("Last active", lambda row: row.active, least=11, most=11, is_right=True),
    )


def _two_lines(row: SessionRow, width: int) -> tuple[RowLine, RowLine]:
    """Device, badges and last activity above; address and place below."""
    badges = _badges(row)
    gap = Content("  " if badges else "")
    first = RowLine(_titled(row), gap + badges, Content.styled(row.active, "" if row.is_over else "bold"))
    return first, RowLine("  ", Content.styled(_where(row, width - 2), "$muted"))


def _where(row: SessionRow, width: int) -> str:
    """The second line: what it says of itself where it has a name, address, place; or how it ended."""
    session = row.session
    if row.is_over:
        return ended_sentence(session)
    parts = [session.client] if session.device_name else []
    parts.append(short_address(address_words(session), ADDRESS))
    if session.source_ip != LOCAL:
        parts.append(place_words(session))
    return "  ·  ".join(parts)


def _titled(row: SessionRow) -> Content:
    """Mark and device; a mark stands for each tone, so that it is told without colour."""
    session = row.session
    if row.is_over:
        mark = ("✗ ", "$danger")
    elif session.is_current:
        mark = ("● ", "$well")
    elif strange(session) is not None:
        mark = ("! ", "bold $attention")
    else:
        mark = ("  ", "")
    return Content.assemble(mark, (cut(device_words(session), TITLE), "$muted" if row.is_over else "bold"))


def _badges(row: SessionRow) -> Content:
    """The badges of a row, side by side."""
    words = (*(("NEW",) if row.is_new else ()), *state_words(row.session))
    return Content(" ").join([badge(one, _tone(one, row)) for one in words])


def _tone(words: str, row: SessionRow) -> Tone:
    """What a badge means."""
    if row.is_over:
        return Tone.DANGER
    return _TONES.get(words, Tone.ATTENTION)


def _address(row: SessionRow) -> str:
    """The address, with its middle left out where it is long."""
    return short_address(address_words(row.session), ADDRESS)


def _place(row: SessionRow) -> str:
    """The place; of an ended session how it ended."""
    if row.is_over:
        return ended_sentence(row.session)
    return place_words(row.session)


def cut(words: str, cells: int) -> str:
    """Words in at most so many cells."""
    return words if cell_len(words) <= cells else set_cell_size(words, cells - 1).rstrip() + "…"
