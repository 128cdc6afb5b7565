"""Copying and comparing: page by page in the order of the keys, with a page read ahead."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from store.errors import StoreError
from store.moving.side import Side
from store.moving.tables import FEED, Cells, Layout

PAGE = 2000
"""Rows that are in memory at once, but for the page that is read ahead."""


class Work(StrEnum):
    """What is done to the rows of a table."""

    COPY = "copy"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work is."""

    work: Work
    """What is done."""
    table: str
    """The table it is at."""
    rows: int
    """Rows of all tables that are done, those of an earlier start included."""
    total: int
    """Rows there are."""


Telling = Callable[[Step], None]
"""Takes each step; it must not take long."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A table that is the same on both sides."""

    table: str
    """Its name."""
    rows: int
    """How many rows it has."""
    sha256: str
    """SHA-256 over its rows in the order of their keys."""


class Differs(StoreError):
    """The two sides are not the same."""


async def copy(source: Side, target: Side, tables: Sequence[Layout], tell: Telling) -> None:
    """Copy what the target does not have yet, from one snapshot of the source."""
    async with _reading(source):
        copied = [layout for layout in tables if not layout.table.is_derived]
        counts = [await source.count(layout) for layout in copied]
        done = 0
        for layout in copied:
            after = await target.last_key(layout)
            done += 0 if after is None else await target.count(layout)
            tell(Step(Work.COPY, layout.table.name, done, sum(counts)))
            async with aclosing(_pages(source, layout, after)) as pages:
                async for page in pages:
                    await target.add(layout, page)
                    done += len(page)
                    tell(Step(Work.COPY, layout.table.name, done, sum(counts)))
        place = await source.feed_place()
    if await target.feed_place() != place:
        await target.set_feed_place(place)


async def compare(source: Side, target: Side, tables: Sequence[Layout], tell: Telling) -> Sequence[Compared]:
    """Read both sides again, each in a new snapshot, and hold every row against its like.

    Raises Differs.
    """
    compared = []
    async with _reading(source), _reading(target):
        counts = [await source.count(layout) for layout in tables]
        done = 0
        for layout in tables:
            tell(Step(Work.COMPARE, layout.table.name, done, sum(counts)))
            found = await _compare_table(source, target, layout, _telling(tell, layout, done, sum(counts)))
            done += found.rows
            compared.append(found)
        tell(Step(Work.COMPARE, tables[-1].table.name, done, max(done, sum(counts))))
        place = await source.feed_place()
        if place != await target.feed_place():
            raise Differs(f"The copy is not the same as the original: the places of {FEED}.")
    return compared


def _telling(tell: Telling, layout: Layout, before: int, total: int) -> Callable[[int], None]:
    """Tell how far a table is."""
    return lambda rows: tell(Step(Work.COMPARE, layout.table.name, before + rows, total))


async def _compare_table(source: Side, target: Side, layout: Layout, tell: Callable[[int], None]) -> Compared:
    """Compare one table, rows and order and number."""
    ours, theirs = hashlib.sha256(), hashlib.sha256()
    none: Sequence[Cells] = []
    rows = 0
    async with (
        aclosing(_pages(source, layout, None)) as left,
        aclosing(_pages(target, layout, None)) as right,
    ):
        while True:
            page, other = await anext(left, none), await anext(right, none)
            if page != other:
                raise _difference(layout, page, other)
            if not page:
                break
            ours.update(written(page))
            theirs.update(written(other))
            rows += len(page)
            tell(rows)
    if ours.digest() != theirs.digest():  # equal, and yet of another type
        raise Differs(f"The copy is not the same as the original: {layout.table.name}.")
    return Compared(layout.table.name, rows, ours.hexdigest())


def written(page: Sequence[Cells]) -> bytes:
    """Write rows so that no two different ones are written alike, whatever page they stand on."""
    return "".join(f"{row!a}\n" for row in page).encode("ascii")


def _difference(layout: Layout, page: Sequence[Cells], other: Sequence[Cells]) -> Differs:
    """Name the first row that differs."""
    for place in range(max(len(page), len(other))):
        row = page[place] if place < len(page) else None
        copied = other[place] if place < len(other) else None
        if row == copied:
            continue
        keys = [layout.key_of(each) for each in (row, copied) if each is not None]
        key = min(keys, key=_in_bytes)
        if row is None or (copied is not None and key != layout.key_of(row)):
            what = "is in the copy alone"
        elif copied is None or key != layout.key_of(copied):
            what = "is missing in the copy"
        else:
            columns = zip(layout.columns, row, copied, strict=True)
            what = "differs in " + ", ".join(name for name, one, two in columns if one != two)
        return Differs(f"The copy is not the same as the original: {layout.named(key)} {what}.")
    return Differs(f"The copy is not the same as the original: {layout.table.name}.")


def _in_bytes(key: Cells) -> tuple[bytes | int, ...]:
    """The order that both engines keep."""
    return tuple(
        value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value or 0 for value in key
    )


async def _pages(side: Side, layout: Layout, after: Cells | None) -> AsyncGenerator[Sequence[Cells], None]:
    """Read pages in the order of the key; the next one is read while one is worked on."""
    reading = _ask(side.page(layout, after, PAGE))
    try:
        while page := await reading:
            if len(page) < PAGE:
                yield page
                return
            reading = _ask(side.page(layout, layout.key_of(page[-1]), PAGE))
            yield page
    finally:
        if not reading.done():
            reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _ask(page: Awaitable[Sequence[Cells]]) -> asyncio.Future[Sequence[Cells]]:
    """Read a page in the background."""
    return asyncio.ensure_future(page)


@asynccontextmanager
async def _reading(side: Side) -> AsyncIterator[None]:
    """A snapshot of one side."""
    await side.begin_reading()
    try:
        yield
    finally:
        await side.end_reading()
