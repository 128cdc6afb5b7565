"""The list without a terminal: what is loaded, in view and under the cursor, held against a plain list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from security.trouble import StoreTrouble
from tests.tui.list_rows import Row, Table, key_of
from tui.widgets.row_pages import FixedPages, Page
from tui.widgets.row_reading import Aim, Errand, RowReading
from tui.widgets.row_view import RowView
from tui.widgets.row_window import MOST_ROWS


@dataclass(slots=True)
class Desk:
    """A reading over a table, driven by hand."""

    table: Table
    reading: RowReading[Row]

    @classmethod
    def over(cls, table: Table, room: int = 10) -> Desk:
        """A desk with a view of so many rows."""
        view: RowView[Row] = RowView(key_of)
        view.take_room(room)
        reading = RowReading(view, lambda: None)
        reading.use(table)
        return cls(table, reading)

    @property
    def view(self) -> RowView[Row]:
        """What is in view."""
        return self.reading.view

    @property
    def shown(self) -> list[int]:
        """The ids in view."""
        view = self.view
        return [row.id for row in view.window.rows[view.top : view.top + view.room]]

    @property
    def line(self) -> int:
        """The line of the screen that the cursor is on."""
        return self.view.cursor - self.view.top

    async def do(self, aim: Aim, index: int = 0) -> None:
        """Run an errand to its end."""
        errand = Errand(aim, index)
        if self.reading.wants_start(errand):
            await self.reading.run(errand)

    async def move(self, by: int) -> None:
        """Press an arrow so often."""
        await self.go(self.view.move, by)

    async def page(self, way: int) -> None:
        """Press page down or page up."""
        await self.go(self.view.shift, way * self.view.room)

    async def go(self, move: Callable[[int], int], by: int) -> None:
        """Make a move and read on as the widget does."""
        self.reading.go(move, by)
        if self.reading.is_short_ahead:
            await self.do(Aim.MORE)


async def test_the_first_page_is_read_at_once_and_nothing_else() -> None:
    desk = Desk.over(Table.of(5_000))
    await desk.do(Aim.FIRST)
    assert desk.table.reads == ["first"]
    assert desk.shown == list(range(0, 100, 10))
    assert desk.view.index == 0


async def test_pages_go_on_to_the_end_and_back_without_a_gap_or_a_row_twice() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.FIRST)
    seen = list(desk.shown)
    for _ in range(99):
        await desk.page(1)
        seen.extend(desk.shown)
    assert seen == [row.id for row in desk.table.rows]
    assert desk.view.window.after is None
    for _ in range(99):
        await desk.page(-1)
    assert desk.shown == seen[:10]
    assert desk.view.index == 0


async def test_what_is_loaded_stays_small_however_far_the_person_goes() -> None:
    desk = Desk.over(Table.of(3_000))
    await desk.do(Aim.FIRST)
    await desk.move(4)
    for _ in range(250):
        await desk.page(1)
        assert desk.line == 4
        assert len(desk.view.window.rows) <= MOST_ROWS + desk.reading.limit
    assert desk.view.window.number_of(0) is None
    assert desk.view.index == 2_500


async def test_a_very_high_terminal_has_its_view_full_wherever_it_goes() -> None:
    desk = Desk.over(Table.of(3_000), room=180)
    await desk.do(Aim.FIRST)
    for way in [1] * 16 + [-1] * 16:
        await desk.page(way)
        check(desk)
    assert desk.shown[0] == 0


async def test_a_step_over_the_edge_moves_the_view_by_half_of_it() -> None:
    desk = Desk.over(Table.of(100))
    await desk.do(Aim.FIRST)
    await desk.move(9)
    assert desk.shown[0] == 0
    await desk.move(1)
    assert (desk.shown[0], desk.line) == (50, 5)
    await desk.move(-6)
    assert (desk.shown[0], desk.line) == (0, 4)


async def test_a_page_on_keeps_the_cursors_line_and_the_last_one_leads_to_the_last_row() -> None:
    desk = Desk.over(Table.of(25))
    await desk.do(Aim.FIRST)
    await desk.move(3)
    await desk.page(1)
    assert (desk.shown[0], desk.line) == (100, 3)
    await desk.page(1)
    assert (desk.shown[0], desk.view.cursor) == (150, 23)
    await desk.page(1)
    assert desk.view.cursor == 24


async def test_the_end_is_reached_in_one_reading_at_any_length() -> None:
    desk = Desk.over(Table.of(100_000))
    await desk.do(Aim.FIRST)
    await desk.do(Aim.LAST)
    assert desk.table.reads == ["first", "last"]
    assert desk.shown == list(range(999_900, 1_000_000, 10))
    assert (desk.line, desk.view.index) == (9, 99_990)


async def test_any_place_is_reached_by_its_number_and_both_ways_lead_on() -> None:
    desk = Desk.over(Table.of(100_000))
    await desk.do(Aim.FIRST)
    await desk.do(Aim.AT, 50_000)
    assert (desk.shown[0], desk.view.index) == (500_000, 50_000)
    await desk.page(-1)
    assert (desk.shown[0], desk.view.index) == (499_900, 49_990)
    await desk.do(Aim.AT, 99_999)
    assert desk.shown == list(range(999_900, 1_000_000, 10))


async def test_keys_that_outrun_the_reading_are_not_lost() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.FIRST)
    for _ in range(30):
        desk.reading.go(desk.view.shift, 10)
    await desk.do(Aim.MORE)
    assert desk.shown[0] == 3_000


async def test_turning_back_forgets_what_was_owed() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.FIRST)
    desk.reading.go(desk.view.move, 500)
    at_edge = desk.view.cursor
    desk.reading.go(desk.view.move, -1)
    await desk.do(Aim.MORE)
    assert desk.view.cursor == at_edge - 1


async def test_a_row_that_comes_before_the_cursor_leaves_it_on_its_row_and_line() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.AT, 500)
    await desk.move(4)
    for number in range(30):
        desk.table.put(Row(4_991 + number % 9 + number // 9 * 10))
    before = desk.line
    await desk.do(Aim.RENEW)
    current = desk.view.current
    assert current is not None
    assert (current.id, desk.line) == (5_040, before)


async def test_the_cursor_finds_its_row_again_however_many_come_before_it() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.FIRST)
    await desk.move(7)
    for number in range(3_000):
        desk.table.put(Row(-1 - number))
    await desk.do(Aim.RENEW)
    current = desk.view.current
    assert current is not None
    assert current.id == 70
    assert len(desk.view.window.rows) < 200


async def test_a_row_that_comes_at_the_beginning_is_seen_where_the_beginning_is_in_view() -> None:
    desk = Desk.over(Table.of(100))
    await desk.do(Aim.FIRST)
    await desk.move(2)
    desk.table.put(Row(-5))
    await desk.do(Aim.RENEW)
    assert (desk.shown[:3], desk.line) == ([-5, 0, 10], 3)
    current = desk.view.current
    assert current is not None
    assert current.id == 20


@pytest.mark.parametrize(("gone", "stays"), [([50], 60), ([50, 60, 70], 80), ([50, 60, 70, 80, 90], 40)])
async def test_a_row_that_goes_gives_the_cursor_to_the_next_or_else_to_the_one_before(
    gone: list[int], stays: int
) -> None:
    desk = Desk.over(Table.of(10))
    await desk.do(Aim.FIRST)
    await desk.move(5)
    for row_id in gone:
        desk.table.drop(row_id)
    await desk.do(Aim.RENEW)
    current = desk.view.current
    assert current is not None
    assert current.id == stays


async def test_the_last_row_can_go_and_the_list_can_fill_again() -> None:
    desk = Desk.over(Table.of(1))
    await desk.do(Aim.FIRST)
    desk.table.drop(0)
    await desk.do(Aim.RENEW)
    assert desk.view.current is None
    desk.table.put(Row(7))
    await desk.do(Aim.RENEW)
    assert desk.shown == [7]


async def test_rows_that_go_below_the_view_leave_it_full() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.LAST)
    for row in desk.table.rows[-6:]:
        desk.table.drop(row.id)
    await desk.do(Aim.RENEW)
    assert desk.shown == [row.id for row in desk.table.rows[-10:]]


async def test_a_search_reads_on_until_the_view_is_full_and_no_further() -> None:
    table = Table.of(100_000, step=100, wants=lambda row: row.id % 5_000 == 0, is_counted=False)
    desk = Desk.over(table)
    await desk.do(Aim.FIRST)
    assert desk.shown == [5_000 * number for number in range(10)]
    assert 45 <= len(table.reads) <= 50
    assert not desk.reading.is_short_ahead
    await desk.page(1)
    assert desk.shown == [5_000 * number for number in range(10, 20)]
    await desk.do(Aim.RENEW)
    assert desk.shown == [5_000 * number for number in range(10, 20)]
    await desk.page(-1)
    assert desk.shown == [5_000 * number for number in range(10)]


async def test_a_search_that_finds_nothing_comes_to_the_end_and_says_how_far_it_is_on_the_way() -> None:
    table = Table.of(1_000, step=100, wants=lambda row: False, is_counted=False, gate=asyncio.Event())
    desk = Desk.over(table)
    errand = Errand(Aim.FIRST)
    assert desk.reading.wants_start(errand)
    task = asyncio.create_task(desk.reading.run(errand))
    assert table.gate is not None
    for _ in range(3):
        table.gate.set()
        await asyncio.sleep(0)
        table.gate.clear()
        await asyncio.sleep(0)
    words = desk.reading.note
    assert desk.reading.is_searching
    assert words.startswith("row ")
    table.gate.set()
    await task
    assert desk.reading.errand is None
    assert desk.view.window.is_loaded
    assert desk.view.current is None


async def test_a_search_that_was_ended_goes_on_with_the_next_step() -> None:
    table = Table.of(100_000, step=100, wants=lambda row: row.id % 5_000 == 0, is_counted=False)
    desk = Desk.over(table)
    table.gate = asyncio.Event()
    errand = Errand(Aim.FIRST)
    desk.reading.wants_start(errand)
    task = asyncio.create_task(desk.reading.run(errand))
    for _ in range(12):
        table.gate.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    table.gate.clear()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    desk.reading.stop()
    found = len(desk.view.window.rows)
    assert 0 < found < 10
    assert desk.reading.is_stopped
    table.gate = None
    await desk.do(Aim.MORE)
    assert len(desk.view.window.rows) == found
    await desk.move(1)
    assert len(desk.view.window.rows) >= 10


async def test_a_source_that_never_moves_on_is_not_asked_for_ever() -> None:
    class Stuck(FixedPages[Row]):
        """Gives an empty page with the mark that it was asked with."""

        async def first(self, limit: int) -> Page[Row]:
            """A row and a mark."""
            return Page((Row(1),), None, 1)

        async def after(self, mark: object, limit: int) -> Page[Row]:
            """Nothing, and the same mark."""
            return Page((), mark, mark)

    view: RowView[Row] = RowView(key_of)
    view.take_room(10)
    reading = RowReading(view, lambda: None)
    reading.use(Stuck(()))
    errand = Errand(Aim.FIRST)
    assert reading.wants_start(errand)
    await asyncio.wait_for(reading.run(errand), 1)
    assert view.window.after is None


async def test_a_failed_reading_leaves_what_was_read_and_the_next_one_goes_on() -> None:
    desk = Desk.over(Table.of(1_000))
    await desk.do(Aim.FIRST)
    shown = desk.shown
    desk.table.trouble = StoreTrouble("The store is locked.")
    with pytest.raises(StoreTrouble):
        await desk.do(Aim.LAST)
    assert (desk.shown, desk.reading.errand) == (shown, None)
    desk.table.trouble = None
    await desk.do(Aim.RENEW)
    assert desk.shown == shown


async def test_a_change_during_a_renewal_is_read_once_more_and_not_twice() -> None:
    desk = Desk.over(Table.of(30))
    await desk.do(Aim.FIRST)
    desk.table.gate = asyncio.Event()
    errand = Errand(Aim.RENEW)
    desk.reading.wants_start(errand)
    task = asyncio.create_task(desk.reading.run(errand))
    await asyncio.sleep(0)
    for _ in range(5):
        assert not desk.reading.wants_start(Errand(Aim.RENEW))
    desk.table.gate.set()
    await task
    assert desk.table.reads == ["first"] * 3


@dataclass(slots=True)
class Steps:
    """One random act on a table and its view."""

    what: str
    number: int


ACTS = st.builds(
    Steps,
    st.sampled_from(
        ["up", "down", "page up", "page down", "wheel", "insert", "drop", "change", "at", "end", "first"]
    ),
    st.integers(0, 400),
)


def apply(table: Table, act: Steps) -> None:
    """Change the table as another person would."""
    match act.what:
        case "insert":
            table.put(Row(act.number))
        case "change":
            if table.rows:
                row = table.rows[act.number % len(table.rows)]
                table.put(Row(row.id, f"changed {act.number}"))
        case "drop":
            if table.rows:
                table.drop(table.rows[act.number % len(table.rows)].id)


async def go(desk: Desk, act: Steps) -> None:
    """Press a key."""
    match act.what:
        case "up" | "down":
            await desk.move(act.number % 15 * (1 if act.what == "down" else -1))
        case "page up" | "page down":
            await desk.page(1 if act.what == "page down" else -1)
        case "wheel":
            await desk.go(desk.view.scroll, act.number % 9 - 4)
        case "at":
            await desk.do(Aim.AT, act.number % max(1, len(desk.table.rows)))
        case "end":
            await desk.do(Aim.LAST)
        case "first":
            await desk.do(Aim.FIRST)


def expected_row(model: list[Row], before: list[int], cursor: int) -> int | None:
    """The id that the cursor is to have after a renewal, by the plain list."""
    left = {row.id for row in model}
    nearest = [*before[cursor:], *reversed(before[:cursor])]
    return next((row_id for row_id in nearest if row_id in left), None)


@settings(max_examples=150, deadline=None)
@given(st.sets(st.integers(0, 400), max_size=250), st.lists(ACTS, max_size=25), st.integers(1, 12))
def test_a_list_is_what_a_plain_list_would_be(ids: set[int], acts: list[Steps], room: int) -> None:
    async def play() -> None:
        table = Table([Row(row_id) for row_id in sorted(ids)])
        desk = Desk.over(table, room)
        await desk.do(Aim.FIRST)
        for act in acts:
            loaded = [row.id for row in desk.view.window.rows]
            cursor = desk.view.cursor
            apply(table, act)
            if act.what in ("insert", "drop", "change"):
                await desk.do(Aim.RENEW)
                wanted = expected_row(table.rows, loaded, cursor)
                current = desk.view.current
                if wanted is not None:
                    assert current is not None
                    assert current.id == wanted
            else:
                await go(desk, act)
            check(desk)

    asyncio.run(play())


def check(desk: Desk) -> None:
    """What is in view is a piece of the table, the cursor is in it, and it is full where it can be."""
    table, view = desk.table, desk.view
    shown = view.window.rows[view.top : view.top + view.room]
    if not table.rows:
        assert shown == []
        return
    begin = table.rows.index(shown[0])
    assert shown == table.rows[begin : begin + len(shown)]
    assert len(shown) == min(view.room, len(table.rows))
    assert view.top <= view.cursor < view.top + len(shown)
    if view.index is not None and view.window.before is None:
        assert view.index == begin
