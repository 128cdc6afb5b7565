"""A file as one side of a move."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from store.errors import Duplicate, Refused, StoreError
from store.frozen import MOVING, Departure
from store.moving.fitness import unfit_row
from store.moving.side import PUT, Side, Taken, page_statement
from store.moving.tables import FEED, Cells, Layout
from store.sqlite.connections import Access, Connection, bound
from store.sqlite.custody import path_of
from store.sqlite.jobs import Call
from store.sqlite.translate import translate_os, translated
from store.statements import Statement
from store.values import Kept

T = TypeVar("T")

WAIT = 30.0
"""Seconds to wait for an act that is under way."""

_COLUMNS = """
SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid
"""
_FEED_PLACE = "SELECT seq FROM sqlite_sequence WHERE name = 'changes'"


class SqliteSide(Side):
    """A file. Nothing is left beside it: what is locked is its directory."""

    def __init__(self, access: Access, connection: Connection) -> None:
        """Use a connection; `open` makes one."""
        super().__init__(str(access.path))
        self._access = access
        self._connection = connection
        self._lock: int | None = None
        self._is_connected = True

    @classmethod
    async def open(cls, url: str) -> SqliteSide:
        """Connect to a file that was opened as a store before."""
        access = Access(path_of(url), WAIT, durable=True)
        return cls(access, await Connection.connect(access, writes=True))

    @property
    def lock_place(self) -> object:
        """The directory."""
        found = self._access.path.parent.stat()
        return found.st_dev, found.st_ino

    async def lock(self) -> None:
        """Lock the directory; the kernel lets go of it with the process."""
        directory = os.open(self._access.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(directory)
            if not isinstance(error, BlockingIOError):
                raise translate_os(error, self._access.path) from error
            raise Taken(f"Another move is under way in {self._access.path.parent}.") from error
        self._lock = directory

    async def freeze(self, departure: Departure) -> None:
        """Freeze it under the lock of the file, which waits for the act that is under way."""
        await self._in_one(Statement(PUT, {"name": MOVING, "value": departure.value}))

    async def begin_reading(self) -> None:
        """Begin one snapshot."""
        await self._connection.run([Statement("BEGIN", {})])

    async def end_reading(self) -> None:
        """End the snapshot."""
        await self._connection.rollback()

    async def columns(self) -> Sequence[tuple[str, str]]:
        """List the tables and their columns."""
        return [(str(table), str(column)) for table, column in await self.ask(Statement(_COLUMNS, {}))]

    async def page(self, layout: Layout, after: Cells | None, limit: int) -> Sequence[Cells]:
        """Read rows in the order of their key."""
        sql, params, _ = page_statement(layout, after, limit)

        def read(connection: sqlite3.Connection) -> list[Cells]:
            """Read in the thread, without what makes rows of tuples."""
            return _fetch(connection, sql, bound(params))

        def read_anyhow(connection: sqlite3.Connection) -> list[Cells]:
            """Read what is no text in UTF-8 too, to find it."""
            connection.text_factory = _anyhow
            try:
                return _fetch(connection, sql, bound(params))
            finally:
                connection.text_factory = str

        try:
            return await self._do(read)
        except StoreError as error:
            if "UTF-8" in str(error.__cause__):
                fault = unfit_row(layout, await self._do(read_anyhow), may_hold_nul=True)
                if fault is not None:
                    raise fault from error
            raise

    async def add(self, layout: Layout, rows: Sequence[Cells]) -> None:
        """Add rows in one transaction."""
        marks = ", ".join("?" * len(layout.columns))
        sql = f"INSERT INTO {layout.table.name} ({', '.join(layout.columns)}) VALUES ({marks})"  # noqa: S608

        def write(connection: sqlite3.Connection) -> None:
            """Write in the thread."""
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(sql, rows)
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

        try:
            await self._do(write)
        except Duplicate as error:
            raise Duplicate(f"Rows of {layout.table.name} are in the store {self.place} already.") from error

    async def feed_place(self) -> int:
        """Give what AUTOINCREMENT gave last."""
        rows = await self.ask(Statement(_FEED_PLACE, {}))
        return int(str(rows[0][0])) if rows else 0

    async def set_feed_place(self, place: int) -> None:
        """Let AUTOINCREMENT go on after a place."""
        if place > 0:
            await self._in_one(
                Statement("DELETE FROM sqlite_sequence WHERE name = :feed", {"feed": FEED}),
                Statement(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (:feed, :place)",
                    {"feed": FEED, "place": place},
                ),
            )

    async def settle_down(self) -> None:
        """Nothing: the plans of an embedded store do not depend on it."""

    async def unmake(self) -> None:
        """Remove the file and those that SQLite keeps beside it."""
        await self._disconnect()
        path = self._access.path
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            await asyncio.to_thread(path.with_name(name).unlink, missing_ok=True)

    async def close(self) -> None:
        """Close the connection and let go of the lock."""
        await self._disconnect()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    async def _disconnect(self) -> None:
        """Close the connection, once."""
        if self._is_connected:
            self._is_connected = False
            await self._connection.close()

    async def ask(self, statement: Statement) -> Sequence[Cells]:
        """Run one statement and give its rows."""
        outcome = (await self._connection.run([statement]))[0]
        return [tuple(row) for row in outcome.rows]  # type: ignore[arg-type]

    async def _in_one(self, *statements: Statement) -> None:
        """Run statements in one transaction."""
        try:
            await self._connection.begin(*statements)
            await self._connection.commit()
        except BaseException:
            await self._connection.rollback()
            raise

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Have work done in the connection's thread."""
        job = Call(work)
        self._connection.line.ask(job)
        with translated(self._access.path):
            try:
                return await job.future
            except (UnicodeEncodeError, OverflowError) as error:
                raise Refused(f"The store {self.place} cannot hold a value.") from error


def _fetch(connection: sqlite3.Connection, sql: str, params: Mapping[str, Kept]) -> list[Cells]:
    """Read plain tuples."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, params).fetchall()


def _anyhow(value: bytes) -> str:
    """Read text whose bytes may be no UTF-8."""
    return value.decode("utf-8", "surrogateescape")
