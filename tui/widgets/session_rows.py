"""How a session's row is drawn: two lines, or columns where there is room; never by colour alone."""

from __future__ import annotations

from enum import Enum

from textual.content import Content

from tui.session_watch import SessionRow
from tui.widgets.badge import badge
from tui.widgets.row_paint import Column, ColumnPainter, LinesPainter, Painter, RowLine
from tui.widgets.tone import Tone
from tui.words.sessions import (
    LOCAL,
    address_words,
    cut,
    device_words,
    ended_sentence,
    place_words,
    short_address,
    state_words,
    strange,
)

TITLE = 24
"""The widest that a device is drawn in two lines: the cursor lights it up, and every cell is a byte more."""

ADDRESS = 19
"""The widest that an address is drawn; the details have the whole of it."""


SHORT_ADDRESS = 15
"""The widest that an address is drawn where columns are narrow: an IPv4 address fits."""

COLUMNS_FROM = 110
"""From this width of the terminal a session takes one line."""

ADDRESS_FROM = 118
"""From this width most IPv6 addresses fit too."""

FULL_FROM = 130
"""From this width it is also told in the row when a session began."""

_TONES = {"NEW": Tone.ACCENT, "Current": Tone.WELL, "locked": Tone.MUTED}


class Shape(Enum):
    """How rows are drawn, by the room there is."""

    FULL = "one line, in all columns"
    COLUMNS = "one line, in columns"
    NARROW = "one line, in narrow columns"
    SPACED = "two lines and a blank one"
    CLOSE = "two lines"

    @property
    def is_one_line(self) -> bool:
        """Whether a row takes one line, below a line of titles."""
        return self in (Shape.FULL, Shape.COLUMNS, Shape.NARROW)


def shape_for(columns: int, rows: int, room: int) -> Shape:
    """The shape for a terminal of some columns, with room for so many lines of rows."""
    if columns >= FULL_FROM:
        return Shape.FULL
    if columns >= ADDRESS_FROM:
        return Shape.COLUMNS
    if columns >= COLUMNS_FROM:
        return Shape.NARROW
    return Shape.SPACED if rows * 3 <= room else Shape.CLOSE


def lines_of(shape: Shape, rows: int) -> int:
    """The lines that so many rows take."""
    return rows + 1 if shape.is_one_line else rows * (3 if shape is Shape.SPACED else 2)


def painter(shape: Shape) -> Painter[SessionRow]:
    """The painter that draws rows in a shape."""
    if shape is Shape.SPACED:
        return LinesPainter(lambda row, _: (*_two_lines(row), RowLine("")), lines=3)
    if shape is Shape.CLOSE:
        return LinesPainter(lambda row, _: _two_lines(row), lines=2)
    address = SHORT_ADDRESS if shape is Shape.NARROW else ADDRESS
    columns = [
        Column("Device", _titled, least=24, most=32),
        Column("", _badges, least=13, most=24),
        Column("Address", lambda row: _address(row, address), least=address, most=address, style="$muted"),
        Column("Place", _place, least=14, most=34, style="$muted"),
        Column("Signed in", lambda row: row.signed_in, least=9, most=11, style="$muted"),
        Column("Last active", lambda row: row.active, least=11, most=11, is_right=True),
    ]
    if shape is not Shape.FULL:
        del columns[4]
    return ColumnPainter(*columns)


def _two_lines(row: SessionRow) -> tuple[RowLine, RowLine]:
    """Device, badges and last activity above; address and place below."""
    badges = _badges(row)
    gap = Content("  " if badges else "")
    first = RowLine(_titled(row), gap + badges, Content.styled(row.active, "" if row.is_over else "bold"))
    return first, RowLine("  ", Content.styled(_where(row), "$muted"))


def _where(row: SessionRow) -> str:
    """The second line: address, place, and what it says of itself where it has a name; or how it ended."""
    session = row.session
    if row.is_over:
        return ended_sentence(session)
    parts = [short_address(address_words(session), ADDRESS)]
    if session.source_ip != LOCAL:
        parts.append(place_words(session))
    if session.device_name:
        parts.append(session.client)
    return ("  ·  " if len(parts) < 3 else " · ").join(parts)


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


def _address(row: SessionRow, most: int) -> str:
    """The address, with its middle left out where it is long."""
    return short_address(address_words(row.session), most)


def _place(row: SessionRow) -> str:
    """The place; of an ended session how it ended."""
    if row.is_over:
        return ended_sentence(row.session)
    return place_words(row.session)
