"""Rows for the tests of the list: a source in memory that behaves like a table read by key."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Callable
from dataclasses import dataclass, field

from security.trouble import StoreTrouble
from tui.widgets.row_pages import Page


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    id: int
    words: str = ""

    @property
    def text(self) -> str:
        """What the row says."""
        return self.words or f"row {self.id}"


def key_of(row: Row) -> int:
    """What makes a row the same row."""
    return row.id


@dataclass(slots=True)
class Table:
    """Rows in the order of their ids; pages are read from it by id, and every reading is kept."""

    rows: list[Row]
    reads: list[str] = field(default_factory=list)
    """The methods that were called."""
    is_counted: bool = True
    """Whether it tells its total and takes numbers."""
    step: int = 0
    """A search looks at so many rows at a time; 0 is no search."""
    wants: Callable[[Row], bool] = lambda row: True
    """What a search is for."""
    trouble: StoreTrouble | None = None
    """What every reading fails with."""
    gate: asyncio.Event | None = None
    """Readings wait for it."""

    @classmethod
    def of(cls, count: int, **more: object) -> Table:
        """Rows 0, 10, 20, …"""
        return cls([Row(10 * number) for number in range(count)], **more)  # type: ignore[arg-type]

    def put(self, row: Row) -> None:
        """Insert a row, or replace the one with its id."""
        place = bisect.bisect_left(self.rows, row.id, key=key_of)
        if place < len(self.rows) and self.rows[place].id == row.id:
            self.rows[place] = row
        else:
            self.rows.insert(place, row)

    def drop(self, row_id: int) -> None:
        """Take a row away."""
        self.rows = [row for row in self.rows if row.id != row_id]

    @property
    def found(self) -> list[Row]:
        """Every row that is wanted."""
        return [row for row in self.rows if self.wants(row)]

    async def first(self, limit: int) -> Page[Row]:
        """The first rows."""
        await self._asked("first")
        page = self._after(-(10**9), limit)
        return Page(page.rows, None, page.after, 0, page.note)

    async def after(self, mark: object, limit: int) -> Page[Row]:
        """The rows after an id."""
        await self._asked("after")
        assert isinstance(mark, int)
        return self._after(mark, limit)

    async def before(self, mark: object, limit: int) -> Page[Row]:
        """The rows before an id."""
        await self._asked("before")
        assert isinstance(mark, int)
        end = bisect.bisect_left(self.rows, mark, key=key_of)
        begin = max(0, end - (self.step or limit))
        seen = self.rows[begin:end]
        rows = tuple(row for row in seen if self.wants(row))[-limit:]
        if len(rows) == limit and self.step:
            begin = self.rows.index(rows[0])
        return Page(rows, self.rows[begin].id if begin else None, rows[-1].id if rows else mark)

    async def last(self, limit: int) -> Page[Row]:
        """The last rows."""
        await self._asked("last")
        rows = tuple(self.found[-limit:])
        return Page(rows, rows[0].id if len(self.found) > limit else None, None)

    async def at(self, index: int, limit: int) -> Page[Row] | None:
        """The rows from a number on."""
        await self._asked("at")
        if not self.is_counted:
            return None
        rows = tuple(self.rows[index : index + limit])
        return Page(
            rows,
            rows[0].id if rows and index else None,
            rows[-1].id if rows and index + limit < len(self.rows) else None,
            index,
        )

    async def total(self) -> int | None:
        """How many rows there are."""
        return len(self.rows) if self.is_counted else None

    def _after(self, mark: int, limit: int) -> Page[Row]:
        """The rows after an id, or what one step of a search found."""
        begin = bisect.bisect_right(self.rows, mark, key=key_of)
        seen = self.rows[begin : begin + (self.step or limit)]
        rows = tuple(row for row in seen if self.wants(row))
        end = begin + len(seen)
        if len(rows) > limit:
            rows = rows[:limit]
            end = self.rows.index(rows[-1]) + 1
        has_more = end < len(self.rows)
        note = f"row {self.rows[end - 1].id}" if self.step and has_more else ""
        return Page(
            rows, rows[0].id if rows else mark, self.rows[end - 1].id if has_more else None, note=note
        )

    async def _asked(self, what: str) -> None:
        """Keep what was asked; wait and fail where that is wanted."""
        self.reads.append(what)
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
