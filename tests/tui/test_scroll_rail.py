"""The scroll bar: where the thumb stands, and where it leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.scroll_rail import Rail


@st.composite
def rails(draw: st.DrawFn) -> Rail:
    """A bar over a list that is longer than its view."""
    room = draw(st.integers(1, 60))
    total = room + draw(st.integers(1, 5_000_000))
    index = draw(st.integers(0, total - room))
    return Rail(draw(st.integers(4, 60)), room, index, total, index > 0, index < total - room)


@given(rails())
def test_the_thumb_is_at_an_end_only_where_the_list_is(rail: Rail) -> None:
    thumb = rail.thumb
    assert thumb is not None
    first, length = thumb
    assert length >= 1
    assert (first == 0) == (not rail.has_more_above)
    assert (first + length == rail.height) == (not rail.has_more_below)
    assert len(rail.glyphs) == rail.height
    assert rail.glyphs.count("┃") == length


@given(rails(), st.integers(-5, 70))
def test_the_thumb_leads_to_any_place_and_to_both_ends(rail: Rail, cell: int) -> None:
    assert rail.thumb is not None
    assert rail.total is not None
    assert rail.index_at(rail.thumb[0], 0) is None
    index = rail.index_at(cell, 0)
    assert index is None or 0 <= index <= rail.total - rail.room
    if rail.has_more_above:
        assert rail.index_at(-1, 0) == 0
    if rail.has_more_below:
        assert rail.index_at(rail.height, 0) == rail.total - rail.room


@given(rails(), st.integers(0, 60))
def test_beside_the_thumb_a_page_goes_towards_the_pointer(rail: Rail, cell: int) -> None:
    assert rail.thumb is not None
    first, length = rail.thumb
    if first <= cell < first + length:
        assert rail.grip(cell) == cell - first
    else:
        assert rail.grip(cell) is None
        assert rail.way_to(cell) == (1 if cell >= first else -1)


@pytest.mark.parametrize(
    ("rail", "glyphs"),
    [
        (Rail(5, 10, 0, 10), "     "),
        (Rail(5, 10, None, None, False, True), "    ▾"),
        (Rail(5, 10, None, 1_000, True, True), "▴   ▾"),
        (Rail(2, 1, 5, 10, True, True), "▴▾"),
        (Rail(1, 1, 5, 10, True, True), " "),
        (Rail(6, 10, 0, 20, False, True), "┃┃┃   "),
    ],
)
def test_a_list_that_is_all_in_view_or_cannot_be_counted_has_no_thumb(rail: Rail, glyphs: str) -> None:
    assert rail.glyphs == glyphs
