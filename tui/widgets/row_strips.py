"""Lines of a list as the terminal gets them: few changes of style, and only what differs is drawn again."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from tui.widgets.row_paint import RowLine, Words

Line: TypeAlias = list[Segment]
"""A line as it is drawn."""

CURSOR = "▸ "
"""Before the row under the cursor, so that its ground is not the only sign."""

MARGIN = " " * len(CURSOR)
"""Before every other line."""

LIT, DIM = "bold $accent", "$muted"
"""The cursor's mark where the list has the focus, and where it has not."""


def content_of(words: Words) -> Content:
    """Text as Content; a str is plain text."""
    return words if isinstance(words, Content) else Content(words)


def cells_of(words: Words) -> int:
    """How wide a text is."""
    return cell_len(words) if isinstance(words, str) else words.cell_length


def content_of_row(line: RowLine, width: int, *, cursor: str = "") -> Content:
    """One line of a row at a width; `cursor` is `LIT` or `DIM` where the cursor is on it."""
    room = max(0, width - len(CURSOR))
    title, rest = content_of(line.title), line.rest
    mark: str | tuple[str, str] = (CURSOR, cursor) if cursor else MARGIN
    if cursor == LIT:
        mark, title = (CURSOR, f"{cursor} on $chosen"), title.stylize("bold on $chosen")
    edge = content_of(line.edge).truncate(room, ellipsis=True) if line.edge else None
    edge_cells = 0 if edge is None else edge.cell_length
    before_edge = max(0, room - edge_cells - (1 if edge_cells else 0))
    cells = title.cell_length + cells_of(rest)
    if cells > before_edge:
        title, rest = (title + content_of(rest)).truncate(before_edge, ellipsis=True), ""
        cells = before_edge
    if edge is None:
        return Content.assemble(mark, title, rest)
    return Content.assemble(mark, title, rest, " " * (room - cells - edge_cells), edge)


class Pen:
    """Draws text on one ground, and works each style out once: a page has few of them and many cells."""

    def __init__(self, base: Style) -> None:
        """Draw on the ground of a widget."""
        self.base = base
        """What text without a style looks like."""
        self._known: dict[str, RichStyle] = {"": base.rich_style}

    def line(self, content: Content, width: int) -> Line:
        """Draw a line of text at a width."""
        fitted = content.truncate(width, ellipsis=True, pad=True)
        text, end = fitted.plain, 0
        segments: Line = []
        for begin, stop, style in fitted.spans:
            if begin < end or not isinstance(style, str):
                return thrifty(fitted.render_segments(self.base))
            segments.append(Segment(text[end:begin], self._known[""]))
            segments.append(Segment(text[begin:stop], self._style(style)))
            end = stop
        segments.append(Segment(text[end:], self._known[""]))
        return thrifty(segments)

    def with_rail(self, line: Line, width: int, glyph: str) -> Strip:
        """A line of a width with a blank and a cell of the scroll bar at its end."""
        style = self._style("" if glyph == " " else "$accent")
        tail = [*line[-1:], Segment(" ", self._known[""]), Segment(glyph, style)]
        return Strip([*line[:-1], *thrifty(tail)], width + 2)

    def _style(self, style: str) -> RichStyle:
        """A style over the ground."""
        known = self._known.get(style)
        if known is None:
            known = self._known[style] = (self.base + Style.parse(style)).rich_style
        return known


def thrifty(segments: Line) -> Line:
    """Join segments that look alike: a blank takes any style with its ground, as long as nothing marks it."""
    joined: Line = []
    for segment in segments:
        if not segment.text:
            continue
        if joined and (style := _common(joined[-1], segment)) is not None:
            joined[-1] = Segment(joined[-1].text + segment.text, style)
        else:
            joined.append(segment)
    return joined


def differing_cells(before: Strip, after: Strip) -> int:
    """How many cells from the left must be drawn to make one line the other; 0 where they look alike."""
    left, right = _looks(before), _looks(after)
    if left == right:
        return 0
    text = after.text
    both = text + before.text
    if not both.isascii() and any(not cell_len(character) for character in both):
        return after.cell_length  # a mark over another letter is not parted from it, whichever line has it
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    return cell_len(text[: len(right)])


def _looks(strip: Strip) -> list[tuple[str, object]]:
    """Each character with what can be seen of its style."""
    looks: list[tuple[str, object]] = []
    for text, style, _ in strip:
        ground = style.bgcolor if style is not None and not _marks_blanks(style) else style
        looks.extend((character, ground if character == " " else style) for character in text)
    return looks


def _common(left: Segment, right: Segment) -> RichStyle | None:
    """A style in which both can be drawn without looking different, None where there is none."""
    one, other = left.style, right.style
    if one is other or one is None or other is None:
        return one if one is other else None
    is_left_blank, is_right_blank = left.text.isspace(), right.text.isspace()
    if one == other:
        return one
    if not (is_left_blank or is_right_blank) or one.bgcolor != other.bgcolor:
        return None
    if _marks_blanks(one) or _marks_blanks(other):
        return None
    return one if is_right_blank else other


@lru_cache(1024)
def _marks_blanks(style: RichStyle) -> bool:
    """Whether a blank shows the style by more than its ground."""
    return bool(style.underline or style.reverse or style.strike or style.overline or style.underline2)
