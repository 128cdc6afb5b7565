"""What `bench.lists` measures, in a process of its own: `python -m bench.list_app WHAT DATABASE`."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

os.environ["TEXTUAL_FPS"] = "1000"  # before textual is read: a frame is not to wait for its turn

import aiosqlite
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import DataTable

from security.facts import Secret
from security.origin import Origin
from tui.door import Door
from tui.terminal.guarded_app import GuardedApp
from tui.widgets.row_list import RowList
from tui.widgets.row_pages import Page
from tui.widgets.row_paint import Column, ColumnPainter

FEW = 20
"""The length that others are held against."""

LENGTHS = (1_000, 100_000, 5_000_000)
"""Lengths of lists."""

KIND_LENGTH = 1_000
"""How many rows the stock table has: it needs two minutes to show a million."""

TURNS = 20
"""How often each of two things is timed, in turn."""

SMALL, LARGE = (80, 24), (120, 40)
"""Sizes of a terminal; the small one is filled by twenty rows, so that both draw as many lines."""

COLUMNS = "id, at, name, client, ip"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the table."""

    id: int
    at: str
    name: str
    client: str
    ip: str


class TablePages:
    """The rows of a real table, newest first, read by key."""

    def __init__(self, connection: aiosqlite.Connection, length: int) -> None:
        """Show the oldest `length` rows of the table as if there were no more."""
        self._connection = connection
        self._length = length

    async def first(self, limit: int) -> Page[Event]:
        """The newest rows."""
        rows = await self._read("id <= :mark ORDER BY id DESC", self._length, limit)
        return Page(rows, None, self._after(rows), 0)

    async def after(self, mark: object, limit: int) -> Page[Event]:
        """Older rows."""
        rows = await self._read("id < :mark ORDER BY id DESC", mark, limit)
        return Page(rows, rows[0].id if rows else mark, self._after(rows))

    async def before(self, mark: object, limit: int) -> Page[Event]:
        """Newer rows."""
        where = f"id > :mark AND id <= {self._length} ORDER BY id"
        rows = tuple(reversed(await self._read(where, mark, limit)))
        return Page(
            rows, rows[0].id if rows and rows[0].id < self._length else None, rows[-1].id if rows else mark
        )

    async def last(self, limit: int) -> Page[Event]:
        """The oldest rows."""
        rows = tuple(reversed(await self._read("id > :mark ORDER BY id", 0, limit)))
        return Page(rows, rows[0].id if rows[0].id < self._length else None, None)

    async def at(self, index: int, limit: int) -> Page[Event]:
        """The rows from a number on."""
        rows = await self._read("id <= :mark ORDER BY id DESC", self._length - index, limit)
        return Page(rows, rows[0].id if index else None, self._after(rows), index)

    async def total(self) -> int:
        """How many rows there are."""
        return self._length

    def _after(self, rows: tuple[Event, ...]) -> int | None:
        """Where reading goes on."""
        return rows[-1].id if rows and rows[-1].id > 1 else None

    async def _read(self, where: str, mark: object, limit: int) -> tuple[Event, ...]:
        """Read rows."""
        sql = f"SELECT {COLUMNS} FROM events WHERE {where} LIMIT :limit"  # noqa: S608 - our own words
        found: Iterable[Any] = await self._connection.execute_fetchall(sql, {"mark": mark, "limit": limit})
        return tuple(Event(*row) for row in found)


class DrawnApp(GuardedApp):
    """Encodes every frame as for a terminal, and tells of it."""

    def __init__(self) -> None:
        """Build the app without a store."""
        super().__init__(Door(connect=_connect, origin=Origin(Secret("bench"), "local", "bench", "bench")))
        self.frame = asyncio.Event()
        self.is_there: Callable[[], bool] = lambda: True

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Encode a frame."""
        if renderable is not None and not self._batch_count:
            renderable.render_segments(self.console)
            if self.is_there():
                self.frame.set()

    async def until_drawn(self, act: Callable[[], object]) -> float:
        """Seconds from an act to the frame that shows it."""
        self.frame.clear()
        begin = time.perf_counter()
        act()
        await asyncio.wait_for(self.frame.wait(), 30)
        return time.perf_counter() - begin


async def _connect() -> Any:
    """Open nothing."""
    raise AssertionError


class ListScreen(Screen[None]):
    """Our list."""

    def __init__(self, connection: aiosqlite.Connection, length: int) -> None:
        """Keep the source."""
        super().__init__()
        self.pages = TablePages(connection, length)

    def compose(self) -> ComposeResult:
        """Build the list."""
        painter = ColumnPainter[Event](
            Column("Event", lambda row: row.name, most=32),
            Column("When", lambda row: row.at, style="$muted"),
            Column("Device", lambda row: row.client),
            Column("IP", lambda row: row.ip, style="$muted"),
        )
        yield RowList(painter, key=lambda row: row.id)

    def on_mount(self) -> None:
        """Show the rows."""
        rows = self.query_one(RowList)
        rows.show(self.pages)
        rows.focus()


class TableScreen(Screen[None]):
    """Textual's own table, with everything loaded."""

    def __init__(self, rows: tuple[Event, ...]) -> None:
        """Keep the rows."""
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Build the table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Load the rows."""
        table = self.query_one(DataTable)
        table.add_columns("Event", "When", "Device", "IP")
        table.add_rows((row.name, row.at, row.client, row.ip) for row in self.rows)
        table.focus()


@asynccontextmanager
async def an_app(
    path: str, size: tuple[int, int]
) -> AsyncIterator[tuple[DrawnApp, Pilot[Any], aiosqlite.Connection]]:
    """An app without a terminal, and the table."""
    async with aiosqlite.connect(path) as connection:
        app = DrawnApp()
        async with app.run_test(size=size) as pilot:
            yield app, pilot, connection


async def first_paint(path: str) -> float:
    """The worst, over the lengths, of a list's first paint through that of one with 20 rows."""
    async with an_app(path, SMALL) as (app, pilot, connection):

        async def painted(length: int) -> float:
            """Seconds until a screen with a list of this length is drawn with its rows."""
            screen = ListScreen(connection, length)
            app.is_there = lambda: bool(screen.query(RowList) and screen.query_one(RowList).rows)
            gc.collect()
            took = await app.until_drawn(lambda: app.push_screen(screen))
            await pilot.pause()
            await app.pop_screen()
            return took

        ratios = []
        for length in LENGTHS:
            few, many = [], []
            for _ in range(TURNS):
                few.append(await painted(FEW))
                many.append(await painted(length))
            ratios.append(statistics.median(many[3:]) / statistics.median(few[3:]))
        return max(ratios)


async def page_down(path: str) -> float:
    """A page down in five million rows through one in a stock table of a thousand; median of each."""
    async with an_app(path, LARGE) as (app, pilot, connection):
        rows = (await TablePages(connection, KIND_LENGTH).first(KIND_LENGTH)).rows

        async def paged(screen: Screen[Any], action: Callable[[], Callable[[], object]]) -> list[float]:
            """Seconds of some pages down."""
            app.is_there = lambda: True
            await app.push_screen(screen)
            await pilot.pause(0.2)
            gc.collect()
            times = []
            for _ in range(15):
                times.append(await app.until_drawn(action()))
                await pilot.pause()
            await app.pop_screen()
            return times[2:]

        ours, theirs = [], []
        for _ in range(4):
            screen = ListScreen(connection, LENGTHS[-1])
            ours += await paged(screen, lambda: app.screen.query_one(RowList).action_page_down)
            stock = TableScreen(rows)
            theirs += await paged(stock, lambda: app.screen.query_one(DataTable).action_page_down)
        return statistics.median(ours) / statistics.median(theirs)


async def memory(path: str) -> float:
    """Megabytes that five million rows take beyond twenty, after five hundred pages of them."""
    async with an_app(path, LARGE) as (app, pilot, connection):
        await connection.execute_fetchall("SELECT max(ip) FROM events WHERE id <= 300000")  # fills its cache

        async def used(length: int, pages: int) -> float:
            """Megabytes after a walk through a list."""
            screen = ListScreen(connection, length)
            await app.push_screen(screen)
            await pilot.pause(0.2)
            rows: RowList[Event] = screen.query_one(RowList)
            for number in range(pages):
                (rows.action_last if number % 100 == 99 else rows.action_page_down)()
                await pilot.pause()
                if number % 100 == 99:
                    rows.action_first()
                    await pilot.pause(0.05)
            taken = _resident()
            await app.pop_screen()
            return taken

        await used(LENGTHS[0], 300)
        few = await used(FEW, 50)
        return await used(LENGTHS[-1], 500) - few


def _resident() -> float:
    """Megabytes that this process holds, once it has given back what it can."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


MEASURES = {"first_paint": first_paint, "page_down": page_down, "memory": memory}

if __name__ == "__main__":
    print(asyncio.run(MEASURES[sys.argv[1]](sys.argv[2])))
