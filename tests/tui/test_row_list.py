"""The list on a screen: keys, mouse, states in words, and which lines are drawn again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from security.facts import Secret
from security.origin import Origin
from security.trouble import StoreTrouble
from tests.tui.list_rows import Row, Table, key_of
from tui.door import Door
from tui.keys import keymap
from tui.terminal.guarded_app import GuardedApp
from tui.widgets.row_list import RowList
from tui.widgets.row_pages import FixedPages
from tui.widgets.row_paint import Column, ColumnPainter, LinesPainter, Painter, RowLine


def columns() -> ColumnPainter[Row]:
    """Two columns."""
    return ColumnPainter(
        Column("Words", lambda row: row.text, least=6, most=30),
        Column("Number", lambda row: str(row.id), is_right=True, style="$muted"),
    )


class ListScreen(Screen[None]):
    """A line of text and a list."""

    BINDINGS = keymap.bindings("page")

    def __init__(self, painter: Painter[Row], height: str) -> None:
        """Keep what is shown."""
        super().__init__()
        self.painter, self.height = painter, height
        self.told: list[Any] = []
        self.opened: list[Any] = []
        self.failed: list[Any] = []
        self.backs = 0

    def compose(self) -> ComposeResult:
        """Build the page."""
        yield Static(Content("above"))
        with Vertical():
            rows = RowList(self.painter, key=key_of, empty="No rows. They come with time.")
            rows.styles.height = self.height
            yield rows

    @on(RowList.Highlighted)
    def _highlighted(self, event: RowList.Highlighted) -> None:
        self.told.append(event.row)

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        self.opened.append(event.row)

    @on(RowList.Failed)
    def _failed(self, event: RowList.Failed) -> None:
        self.failed.append(event.answer)

    def action_back(self) -> None:
        """Count."""
        self.backs += 1

    def action_refresh(self) -> None:
        """Read again."""
        self.query_one(RowList).renew()


async def _connect() -> Any:
    """Open nothing."""
    raise AssertionError


class Rig:
    """A list on a screen, and what is drawn."""

    def __init__(self, pilot: Pilot[Any], screen: ListScreen) -> None:
        """Keep both."""
        self.pilot, self.screen = pilot, screen
        self.rows: RowList[Row] = screen.query_one(RowList)

    @property
    def lines(self) -> list[str]:
        """What the list draws now."""
        region = self.rows.region
        strips = self.screen._compositor.render_strips()[region.y : region.bottom]
        return [strip.text[region.x : region.right].rstrip() for strip in strips]

    @property
    def cursor(self) -> str:
        """The line with the cursor's mark."""
        marked = [line for line in self.lines if line.startswith("▸ ")]
        assert len(marked) == 1, self.lines
        return marked[0]

    async def press(self, *keys: str) -> None:
        """Press keys and let everything be drawn."""
        await self.pilot.press(*keys)
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing is read, and everything is drawn."""
        for _ in range(3):
            await self.pilot.pause()
            busy = [worker for worker in self.pilot.app.workers if not worker.is_finished]
            if busy:
                await asyncio.wait_for(self.pilot.app.workers.wait_for_complete(busy), 10)
        await self.pilot.pause()

    async def redrawn(self, act: Callable[[], Any]) -> list[tuple[int, int]]:
        """Line and width of all that is drawn again by an act."""
        await self.settled()
        drawn: list[tuple[int, int]] = []
        rows, refresh = self.rows, self.rows.refresh

        def spy(*regions: Any, **options: Any) -> Any:
            drawn.extend((region.y, region.width) for region in regions)
            if not regions:
                drawn.append((-1, rows.size.width))
            return refresh(*regions, **options)

        rows.refresh = spy  # type: ignore[method-assign]
        act()
        await self.settled()
        rows.refresh = refresh  # type: ignore[method-assign]
        return drawn


@asynccontextmanager
async def a_list(
    table: Table | None,
    painter: Painter[Row] | None = None,
    *,
    size: tuple[int, int] = (60, 20),
    height: str = "1fr",
) -> AsyncIterator[Rig]:
    """A list over a table, with the focus."""
    door = Door(connect=_connect, origin=Origin(Secret("connection"), "local", "rig", "rig"))
    app = GuardedApp(door)
    async with app.run_test(size=size) as pilot:
        screen = ListScreen(painter or columns(), height)
        await app.push_screen(screen)
        rig = Rig(pilot, screen)
        if table is not None:
            rig.rows.show(table)
        rig.rows.focus()
        if table is None or table.gate is None:
            await rig.settled()
        yield rig


async def test_titles_stay_above_and_the_cursor_is_told_by_a_mark() -> None:
    async with a_list(Table.of(100)) as rig:
        assert rig.lines[0].split() == ["Words", "Number"]
        assert rig.cursor.split()[:4] == ["▸", "row", "0", "0"]
        await rig.press("pagedown")
        assert rig.lines[0].split() == ["Words", "Number"]
        assert rig.cursor.split()[:3] == ["▸", "row", "180"]


async def test_every_key_of_the_list_moves_as_it_says() -> None:
    async with a_list(Table.of(1_000)) as rig:
        for keys, row in [
            (("down",), 10),
            (("j", "j"), 30),
            (("up",), 20),
            (("k",), 10),
            (("G",), 9_990),
            (("g",), 0),
            (("end",), 9_990),
            (("home",), 0),
            (("pagedown", "pagedown"), 360),
            (("pageup",), 180),
        ]:
            await rig.press(*keys)
            assert rig.rows.current == Row(row), keys


async def test_enter_space_and_a_double_click_open_the_row() -> None:
    async with a_list(Table.of(50)) as rig:
        await rig.press("down", "enter")
        await rig.press("down", "space")
        await rig.pilot.click(RowList, offset=(5, 6))
        await rig.settled()
        assert rig.rows.current == Row(50)
        assert rig.screen.opened == [Row(10), Row(20)]
        await rig.pilot.double_click(RowList, offset=(5, 8))
        await rig.settled()
        assert rig.screen.opened == [Row(10), Row(20), Row(70)]


async def test_the_row_under_the_cursor_is_told_once_and_again_where_it_says_something_else() -> None:
    table = Table.of(50)
    async with a_list(table) as rig:
        await rig.press("down")
        rig.rows.renew()
        await rig.settled()
        assert rig.screen.told == [Row(0), Row(10)]
        table.put(Row(10, "other words"))
        rig.rows.renew()
        await rig.settled()
        assert rig.screen.told == [Row(0), Row(10), Row(10, "other words")]


async def test_a_step_draws_two_titles_and_nothing_else() -> None:
    async with a_list(Table.of(100)) as rig:
        drawn = await rig.redrawn(rig.rows.action_down)
        assert drawn == [(1, 9), (2, 9)]


async def test_rows_that_say_the_same_are_not_drawn_again() -> None:
    table = Table.of(100)
    async with a_list(table) as rig:
        assert await rig.redrawn(rig.rows.renew) == []
        assert await rig.redrawn(rig.rows.repaint) == []
        table.put(Row(50, "row L"))
        assert [line for line, _ in await rig.redrawn(rig.rows.renew)] == [6]


async def test_words_that_change_with_time_draw_their_line_alone() -> None:
    told = ["now"]
    painter: LinesPainter[Row] = LinesPainter(
        lambda row, width: [RowLine(row.text, edge=told[0] if row.id == 20 else "1 d")], 1
    )
    async with a_list(Table.of(100), painter) as rig:
        assert await rig.redrawn(rig.rows.repaint) == []
        told[0] = "1 min"
        assert await rig.redrawn(rig.rows.repaint) == [(2, 58)]


async def test_two_lines_a_row_are_marked_on_the_first_and_clicked_on_both() -> None:
    painter: LinesPainter[Row] = LinesPainter(
        lambda row, width: [RowLine(row.text, "  rest", "edge"), RowLine("", f"below {row.id}")]
    )
    async with a_list(Table.of(100), painter) as rig:
        assert rig.lines[:4] == [
            "▸ row 0  rest" + " " * 41 + "edge ┃",
            "  below 0" + " " * 50 + "┃",
            "  row 10  rest" + " " * 40 + "edge",
            "  below 10",
        ]
        await rig.pilot.click(RowList, offset=(4, 7))
        await rig.settled()
        assert rig.rows.current == Row(30)
        await rig.press("pagedown")
        assert rig.rows.current == Row(120)


async def test_an_empty_list_says_why_and_what_next() -> None:
    async with a_list(Table.of(0), size=(24, 12)) as rig:
        assert rig.lines[:3] == ["  Words   Number", "  No rows. They come", "  with time."]
        assert rig.rows.current is None
        await rig.press("down", "enter", "G", "pageup")
        assert rig.screen.opened == []
        rig.rows.empty = "No row has these words."
        await rig.settled()
        assert "No row has these" in "\n".join(rig.lines)


async def test_a_reading_is_told_of_only_where_it_takes_long() -> None:
    table = Table.of(100, gate=asyncio.Event())
    async with a_list(table) as rig:
        await rig.pilot.pause(0.05)
        assert "Reading…" not in "\n".join(rig.lines)
        await rig.pilot.pause(0.3)
        assert rig.lines[1] == "  Reading…"
        assert table.gate is not None
        table.gate.set()
        await rig.settled()
        assert "Reading…" not in "\n".join(rig.lines)
        assert rig.lines[1].startswith("▸ row 0")


async def test_a_failure_stands_in_place_of_rows_and_r_tries_again() -> None:
    table = Table.of(100, trouble=StoreTrouble("The store is locked."))
    async with a_list(table) as rig:
        assert rig.lines[1].startswith("  ✗ The store is locked. Nothing was changed.")
        assert "Press r to try again." in " ".join(line.strip() for line in rig.lines)
        assert rig.screen.failed == [table.trouble]
        table.trouble = None
        await rig.press("r")
        assert rig.lines[1].startswith("▸ row 0")
        assert "✗" not in "\n".join(rig.lines)


async def test_a_failure_further_on_leaves_the_rows_and_is_told_below_them() -> None:
    table = Table.of(1_000)
    async with a_list(table) as rig:
        table.trouble = StoreTrouble("The store is locked.")
        await rig.press("G")
        assert rig.lines[-2].startswith("  ✗ The store is locked.")
        assert rig.lines[-1] == "  try again."
        assert rig.cursor.startswith("▸ row 0")
        table.trouble = None
        await rig.press("G")
        assert rig.cursor.startswith("▸ row 9990")
        assert "✗" not in "\n".join(rig.lines)


async def test_a_search_says_how_far_it_is_and_escape_ends_it_before_it_goes_back() -> None:
    table = Table.of(100_000, step=50, wants=lambda row: row.id == 300, is_counted=False)
    table.gate = asyncio.Event()
    async with a_list(table) as rig:
        for _ in range(2):
            table.gate.set()
            await rig.pilot.pause(0)
            table.gate.clear()
            await rig.pilot.pause(0.02)
        assert rig.lines[-1].startswith("  Searching… back to row ")
        assert rig.cursor.startswith("▸ row 300")
        await rig.pilot.press("escape")
        await rig.pilot.pause(0.05)
        assert rig.screen.backs == 0
        assert rig.lines[-1].startswith("  Searched back to row ")
        reads = len(table.reads)
        table.gate.set()
        await rig.settled()
        assert len(table.reads) == reads
        await rig.press("escape")
        assert rig.screen.backs == 1


async def test_a_search_that_was_ended_goes_on_with_the_next_key() -> None:
    table = Table.of(20_000, step=50, wants=lambda row: row.id in (300, 199_990), is_counted=False)
    table.gate = asyncio.Event()
    async with a_list(table) as rig:
        table.gate.set()
        await rig.pilot.pause(0)
        table.gate.clear()
        await rig.pilot.pause(0.05)
        await rig.pilot.press("escape")
        table.gate.set()
        await rig.press("down")
        assert rig.rows.rows == (Row(300), Row(199_990))
        assert "Searched" not in "\n".join(rig.lines)


async def test_another_source_begins_at_its_first_row_and_the_rows_before_stay_until_it_is_read() -> None:
    async with a_list(Table.of(1_000)) as rig:
        await rig.press("G")
        other = Table([Row(1, "one"), Row(2, "two")], gate=asyncio.Event())
        rig.rows.show(other)
        await rig.pilot.pause(0.02)
        assert rig.cursor.startswith("▸ row 9990")
        assert other.gate is not None
        other.gate.set()
        await rig.settled()
        assert [line.split()[:2] for line in rig.lines[1:3]] == [["▸", "one"], ["two", "2"]]
        assert rig.rows.total == 2


async def test_a_short_list_is_shown_at_once_and_by_difference() -> None:
    async with a_list(None, height="auto") as rig:
        rig.rows.show_rows([Row(1), Row(2), Row(3)])
        await rig.settled()
        assert rig.rows.size.height == 4
        await rig.press("down")
        rig.rows.show_rows([Row(3), Row(7), Row(2), Row(1)])
        await rig.settled()
        assert rig.rows.current == Row(2)
        assert rig.rows.size.height == 5
        assert [line.split()[-1] for line in rig.lines[1:]] == ["3", "7", "2", "1"]
        rig.rows.show_rows([])
        await rig.settled()
        assert rig.screen.told[-1] is None


async def test_a_list_that_is_shown_before_it_is_on_a_screen_reads_once_it_is() -> None:
    table = Table.of(30)

    class Early(ListScreen):
        """Asks for rows while it is being built."""

        def compose(self) -> ComposeResult:
            """Build the list."""
            rows: RowList[Row] = RowList(columns(), key=key_of)
            rows.show(table)
            yield rows

    app = GuardedApp(Door(connect=_connect, origin=Origin(Secret("connection"), "local", "rig", "rig")))
    async with app.run_test(size=(60, 20)) as pilot:
        screen = Early(columns(), "1fr")
        await app.push_screen(screen)
        rig = Rig(pilot, screen)
        await rig.settled()
        assert rig.rows.rows == tuple(table.rows)
        assert table.reads.count("first") == 1


async def test_a_higher_terminal_is_filled_and_a_lower_one_keeps_the_cursor_in_view() -> None:
    async with a_list(Table.of(1_000), size=(60, 10)) as rig:
        await rig.press("G")
        await rig.pilot.resize_terminal(60, 80)
        await rig.settled()
        assert sum(line.split()[0] in ("row", "▸") for line in rig.lines) == 78
        await rig.pilot.resize_terminal(60, 8)
        await rig.settled()
        assert rig.cursor.startswith("▸ row 9990")


async def test_the_wheel_scrolls_and_takes_the_cursor_along_only_at_the_edge() -> None:
    async with a_list(Table.of(1_000)) as rig:
        await rig.press("down", "down", "down", "down")
        for _ in range(2):
            rig.rows.post_message(_wheel(rig.rows, 1))
        await rig.settled()
        assert rig.lines[1].split()[:3] == ["row", "60", "60"] or rig.lines[1].startswith("▸ row 60")
        assert rig.rows.current == Row(60)
        rig.rows.post_message(_wheel(rig.rows, -1))
        await rig.settled()
        assert rig.lines[1].startswith("  row 30")
        assert rig.rows.current == Row(60)


def _wheel(rows: RowList[Row], way: int) -> Any:
    """A notch of the wheel over the list."""
    from textual import events

    kind = events.MouseScrollDown if way > 0 else events.MouseScrollUp
    return kind(rows, 5, 5, 0, way, 0, False, False, False)


async def test_the_scroll_bar_is_dragged_to_anywhere_though_the_pointers_moves_are_not_told() -> None:
    table = Table.of(100_000)
    async with a_list(table) as rig:
        assert rig.lines[1].endswith("┃")
        right = rig.rows.size.width - 1
        await rig.pilot.mouse_down(RowList, offset=(right, 1))
        await rig.pilot.mouse_up(RowList, offset=(right, 10))
        await rig.settled()
        assert table.reads.count("at") == 1
        index = table.rows.index(rig.rows.current or Row(0))
        assert 45_000 < index < 60_000
        assert rig.lines[10].endswith("┃")
        await rig.pilot.mouse_down(RowList, offset=(right, 10))
        await rig.pilot.mouse_up(RowList, offset=(right, 18))
        await rig.settled()
        assert table.rows[-1] in rig.rows.rows


async def test_a_click_beside_the_thumb_goes_a_page_towards_it() -> None:
    async with a_list(Table.of(1_000)) as rig:
        right = rig.rows.size.width - 1
        await rig.pilot.click(RowList, offset=(right, 15))
        await rig.settled()
        assert rig.cursor.startswith("▸ row 180")
        await rig.pilot.click(RowList, offset=(right, 1))
        await rig.settled()
        assert rig.cursor.startswith("▸ row 0")


async def test_where_rows_cannot_be_counted_the_scroll_bar_says_where_there_are_more() -> None:
    async with a_list(Table.of(1_000, is_counted=False)) as rig:
        assert (rig.lines[1][-1], rig.lines[-1][-1]) != ("▴", "▾")
        assert rig.lines[-1].endswith("▾")
        await rig.press("pagedown")
        assert rig.lines[1].endswith("▴")
        await rig.press("G")
        assert not rig.lines[-1].endswith("▾")


async def test_without_the_focus_the_mark_stays_and_is_dim() -> None:
    async with a_list(Table.of(10)) as rig:
        rig.screen.set_focus(None)
        await rig.settled()
        assert rig.cursor.startswith("▸ row 0")
        strip = rig.rows.render_line(1)
        assert {segment.style.bgcolor for segment in strip if segment.style} == {
            rig.rows.visual_style.rich_style.bgcolor
        }


async def test_a_column_grows_with_what_comes_and_does_not_shrink_while_the_person_reads() -> None:
    table = Table([Row(number) for number in range(1_000)])
    table.put(Row(500, "a much longer text"))
    async with a_list(table) as rig:
        assert rig.lines[0].index("Number") == 10
        rig.rows.move_to(0)
        for _ in range(28):
            await rig.press("pagedown")
        assert rig.lines[0].index("Number") == 22
        await rig.press("g")
        assert rig.lines[0].index("Number") == 22
        rig.rows.show(FixedPages([Row(1)]))
        await rig.settled()
        assert rig.lines[0].index("Number") == 10


@pytest.mark.parametrize(
    ("width", "shown"), [(60, "Words Place Number"), (32, "Words Number"), (18, "Words")]
)
async def test_where_there_is_no_room_the_least_important_columns_are_left_out(
    width: int, shown: str
) -> None:
    painter = ColumnPainter[Row](
        Column("Words", lambda row: row.text, least=10),
        Column("Place", lambda row: "somewhere far away", least=12, rank=2),
        Column("Number", lambda row: str(row.id), least=6, rank=1),
    )
    async with a_list(Table.of(5), painter, size=(width, 12)) as rig:
        assert " ".join(rig.lines[0].split()) == shown
        assert rig.cursor.startswith("▸ row 0")


async def test_another_painter_draws_the_same_rows() -> None:
    async with a_list(Table.of(100)) as rig:
        await rig.press("down")
        rig.rows.painter = LinesPainter(lambda row, width: [RowLine(f"<{row.id}>"), RowLine("", str(width))])
        await rig.settled()
        assert rig.lines[:4] == ["  <0>" + " " * 54 + "┃", "  56" + " " * 55 + "┃", "▸ <10>", "  56"]


async def test_another_painter_measures_what_is_loaded_and_another_width_moves_the_scroll_bar() -> None:
    table = Table([Row(number, "the words of a row") for number in range(100)])
    async with a_list(table, LinesPainter(lambda row, width: [RowLine(row.text)], 1)) as rig:
        rig.rows.painter = columns()
        await rig.settled()
        assert rig.lines[1].startswith("▸ the words of a row  ")
        await rig.pilot.resize_terminal(70, 20)
        await rig.settled()
        assert [line for line in rig.lines[1:4] if len(line) == 70 and line.endswith("┃")] == rig.lines[1:4]
