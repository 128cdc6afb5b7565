"""Lines of a list as the terminal gets them: few changes of style, and only what differs is drawn again."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from tui.widgets.row_paint import RowLine, Words

CURSOR = "▸ "
"""Before the row under the cursor, so that its ground is not the only sign."""

MARGIN = " " * len(CURSOR)
"""Before every other line."""

LIT, DIM = "bold $accent", "$muted"
"""The cursor's mark where the list has the focus, and where it has not."""


def content_of(words: Words) -> Content:
    """Text as Content; a str is plain text."""
    return words if isinstance(words, Content) else Content(words)


def content_of_row(line: RowLine, width: int, *, cursor: str = "") -> Content:
    """One line of a row at a width; `cursor` is `LIT` or `DIM` where the cursor is on it."""
    room = max(0, width - len(CURSOR))
    edge = content_of(line.edge).truncate(room, ellipsis=True)
    before_edge = room - edge.cell_length - (1 if edge.cell_length else 0)
    title, mark = content_of(line.title), Content(MARGIN)
    if cursor:
        mark = Content.styled(CURSOR, cursor)
    if cursor == LIT:
        mark, title = mark.stylize("on $raised"), title.stylize("bold on $raised")
    left = (title + content_of(line.rest)).truncate(max(0, before_edge), ellipsis=True)
    blanks = Content(" " * (room - left.cell_length - edge.cell_length))
    return Content("").join([mark, left, blanks, edge])


def strip_of(content: Content, width: int, base: Style) -> Strip:
    """Draw a line of text at a width."""
    fitted = content.truncate(width, ellipsis=True, pad=True)
    return Strip(thrifty(fitted.render_segments(base)), width)


def with_rail(strip: Strip, glyph: str, base: Style) -> Strip:
    """A line with a blank and a cell of the scroll bar at its end."""
    style = base if glyph == " " else base + Style.parse("$accent")
    blank = Segment(" ", base.rich_style)
    return Strip(thrifty([*strip, blank, Segment(glyph, style.rich_style)]), strip.cell_length + 2)


def thrifty(segments: list[Segment]) -> list[Segment]:
    """Join segments that look alike: a blank takes any style with its ground, as long as nothing marks it."""
    joined: list[Segment] = []
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
    left, right = list(_looks(before)), list(_looks(after))
    if any(not cell_len(text) for text, _ in (*left, *right)):
        return 0 if left == right else after.cell_length  # a mark over another letter is not parted from it
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    return cell_len("".join(text for text, _ in right)) if left or right else 0


def _looks(strip: Strip) -> list[tuple[str, object]]:
    """Each character with what can be seen of its style."""
    looks: list[tuple[str, object]] = []
    for text, style, _ in strip:
        ground = style.bgcolor if style is not None and not _marks_blanks(style) else style
        looks.extend((character, ground if character == " " else style) for character in text)
    return looks


def _common(left: Segment, right: Segment) -> RichStyle | None:
    """A style in which both can be drawn without looking different, None where there is none."""
    if left.style is None or right.style is None:
        return None
    if left.style == right.style:
        return left.style
    if left.style.bgcolor != right.style.bgcolor or _marks_blanks(left.style) or _marks_blanks(right.style):
        return None
    if not right.text.strip(" "):
        return left.style
    return right.style if not left.text.strip(" ") else None


def _marks_blanks(style: RichStyle) -> bool:
    """Whether a blank shows the style by more than its ground."""
    return bool(style.underline or style.reverse or style.strike or style.overline or style.underline2)
