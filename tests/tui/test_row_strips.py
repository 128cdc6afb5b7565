"""Lines of a list: joined segments look as they did, and what is drawn again is enough and no more."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from tui.widgets.row_paint import Column, ColumnPainter, RowLine
from tui.widgets.row_strips import LIT, Pen, content_of_row, differing_cells, thrifty

STYLES = [
    RichStyle(color="red", bgcolor="black"),
    RichStyle(color="blue", bgcolor="black", bold=True),
    RichStyle(color="red", bgcolor="white"),
    RichStyle(color="red", bgcolor="black", underline=True),
    RichStyle(color="blue", bgcolor="black", reverse=True),
]
TEXTS = st.text(st.sampled_from("ab  …é字😀\u0301"), max_size=6)
SEGMENTS = st.lists(st.builds(Segment, TEXTS, st.sampled_from(STYLES), st.none()), max_size=8)


def looks(segments: list[Segment]) -> list[tuple[str, object]]:
    """Each character with what a terminal shows of it: of a blank only ground and marks."""
    seen: list[tuple[str, object]] = []
    for text, style, _ in segments:
        assert style is not None
        marks = (style.bgcolor, style.underline or False, style.reverse or False)
        reversed_color = style.color if style.reverse or style.underline else None
        seen.extend((each, (*marks, reversed_color) if each == " " else style) for each in text)
    return seen


@given(SEGMENTS)
def test_joined_segments_look_as_they_did_and_are_never_more(segments: list[Segment]) -> None:
    joined = thrifty(segments)
    assert looks(joined) == looks(segments)
    assert len(joined) <= len([segment for segment in segments if segment.text])


PARTS = st.lists(
    st.tuples(TEXTS, st.sampled_from(["", "red", "bold blue", "on white", "underline"])), max_size=6
)


@given(PARTS, st.integers(0, 30), st.booleans())
def test_a_line_is_drawn_as_textual_draws_it(parts: list[tuple[str, str]], width: int, is_lit: bool) -> None:
    content = Content.assemble(*parts)
    if is_lit:
        content = content.stylize("bold on green")
    base = Style.parse("white on black")
    drawn = Pen(base).line(content, width)
    fitted = content.truncate(width, ellipsis=True, pad=True)
    assert looks(drawn) == looks(fitted.render_segments(base))


def test_blanks_between_columns_cost_no_change_of_colour() -> None:
    plain, bold = STYLES[0], STYLES[1]
    joined = thrifty([Segment("a", plain), Segment("  ", bold), Segment("b", bold), Segment("   ", plain)])
    assert [segment.text for segment in joined] == ["a  ", "b   "]


@given(SEGMENTS, SEGMENTS)
@example([Segment("\u0301 ", STYLES[0])], [])
def test_as_many_cells_as_differ_make_one_line_the_other(one: list[Segment], other: list[Segment]) -> None:
    lines = [Strip([Segment("  ", STYLES[0]), *each]) for each in (one, other)]
    width = max(line.cell_length for line in lines)
    before, after = (line.adjust_cell_length(width, STYLES[0]) for line in lines)
    cells = differing_cells(before, after)
    assert 0 <= cells <= width
    mended = [*after.crop(0, cells), *before.crop(cells, width)]
    assert looks(mended) == looks(list(after))
    if cells == 0:
        assert looks(list(before)) == looks(list(after))


def test_what_stands_at_the_edge_is_never_cut_and_what_stands_before_it_is() -> None:
    line = RowLine("a long title of a row", " and more", "12 min")
    drawn = content_of_row(line, 30).plain
    assert drawn.startswith("  a long title of a ")
    assert drawn.endswith("… 12 min")
    assert cell_len(drawn) == 30


@given(
    st.integers(1, 60),
    st.text("ab字 ", max_size=30),
    st.text("ab字 ", max_size=30),
    st.text("ab", max_size=8),
)
def test_a_line_is_never_wider_than_its_room(width: int, title: str, rest: str, edge: str) -> None:
    for cursor in ("", LIT):
        assert content_of_row(RowLine(title, rest, edge), width, cursor=cursor).cell_length <= max(width, 2)


ROWS = st.lists(st.tuples(st.text("ab字", max_size=40), st.text("01", max_size=12)), max_size=6)


@given(ROWS, st.integers(10, 90))
def test_columns_fit_their_width_and_stand_below_their_titles(
    rows: list[tuple[str, str]], width: int
) -> None:
    painter = ColumnPainter[tuple[str, str]](
        Column("Words", lambda row: row[0], least=5, most=20),
        Column("Second", lambda row: row[1], least=4, rank=1),
        Column("Third", lambda row: row[1], least=6, is_right=True, rank=2),
    )
    painter.fit(rows, width)
    header = painter.header()
    assert header is not None
    assert header.cell_length <= width
    for row in rows:
        (line,) = painter.paint(row)
        assert content_of_row(line, width + 2).cell_length == header.cell_length + 2
    assert painter.fit([], width) is False
    assert painter.fit(rows, width) is False


def test_a_long_text_among_short_ones_takes_the_room_that_the_others_leave() -> None:
    painter = ColumnPainter[str](
        Column("One", lambda row: row, most=60),
        Column("Two", lambda row: "short"),
        Column("Three", lambda row: "x"),
    )
    painter.fit(["w" * 60], 40)
    (line,) = painter.paint("w" * 60)
    assert content_of_row(line, 42).plain.rstrip().endswith("x")
    assert "short" in content_of_row(line, 42).plain
    assert "…" in content_of_row(line, 42).plain
