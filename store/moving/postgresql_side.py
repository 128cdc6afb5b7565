"""A database on a server as one side of a move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from store.errors import Duplicate, Refused
from store.frozen import MOVING, Departure
from store.moving.fitness import unfit_row
from store.moving.side import PUT, Side, Taken, page_statement
from store.moving.tables import TABLES, Cells, Layout
from store.postgresql.address import SCHEMA, Address, address_of
from store.postgresql.connections import lock_key
from store.postgresql.parameters import bound, numbered
from store.postgresql.translate import translated
from store.statements import Statement

WAIT = 30
"""Seconds to wait for the acts that are under way."""
WAIT_FOR_MOVE = 3
"""Seconds to wait for another move: the server may not have noticed yet that it was killed."""
ANSWER_TIMEOUT = 600.0
"""Seconds for the answer to a statement: counting many rows takes long."""
PAGE_TIMEOUT = 60.0
"""Seconds for a page to be read or written."""

_LOCK = lock_key("strongroom: moving")
_SETTINGS = """
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET tcp_keepalives_idle = 30;
"""
_COLUMNS = """
SELECT table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = :schema AND is_identity = 'NO' ORDER BY table_name, ordinal_position
"""
_UNFIT = (
    asyncpg.DataError,
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    UnicodeEncodeError,
    OverflowError,
)


class PostgresqlSide(Side):
    """A database. What is locked is a number of the server's, for as long as the connection lives."""

    def __init__(self, address: Address, driver: asyncpg.Connection) -> None:
        """Use a connection; `open` makes one."""
        super().__init__(address.place)
        self._driver = driver

    @classmethod
    async def open(cls, url: str) -> PostgresqlSide:
        """Connect to a database that was opened as a store before."""
        address = address_of(url)
        with translated(address.place):
            driver = await address.connect()
            await driver.execute(_SETTINGS)
        return cls(address, driver)

    @property
    def lock_place(self) -> object:
        """The database, by its name."""
        return self.place

    async def lock(self) -> None:
        """Lock the database against other moves; the server lets go with the connection."""
        await self._set_patience(WAIT_FOR_MOVE)
        with translated(self.place):
            try:
                await self._driver.execute("SELECT pg_advisory_lock($1)", _LOCK)
            except asyncpg.LockNotAvailableError as error:
                raise Taken(f"Another move of the store {self.place} is under way.") from error
        await self._set_patience(WAIT)

    async def freeze(self, departure: Departure) -> None:
        """Freeze it under a lock of the acts, which waits for all that are under way."""
        async with self._transaction():
            await self._driver.execute(f"LOCK TABLE {SCHEMA}.acts IN SHARE ROW EXCLUSIVE MODE")
            await self.ask(Statement(PUT, {"name": MOVING, "value": departure.value}))

    async def begin_reading(self) -> None:
        """Begin one snapshot."""
        with translated(self.place):
            await self._driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    async def end_reading(self) -> None:
        """End the snapshot; where the connection is lost it has ended."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self._driver.execute("ROLLBACK")

    async def columns(self) -> Sequence[tuple[str, str]]:
        """List the tables and their columns, but for those that the server fills by itself."""
        found = await self.ask(Statement(_COLUMNS, {"schema": SCHEMA}, gives_rows=True))
        return [(str(table), str(column)) for table, column in found]

    async def page(self, layout: Layout, after: Cells | None, limit: int) -> Sequence[Cells]:
        """Read rows in the order of their key."""
        return await self._fetch(page_statement(layout, after, limit), PAGE_TIMEOUT)

    async def add(self, layout: Layout, rows: Sequence[Cells]) -> None:
        """Add rows by COPY, which is a transaction of its own."""
        with translated(self.place):
            try:
                await self._driver.copy_records_to_table(
                    layout.table.name,
                    schema_name=SCHEMA,
                    columns=layout.columns,
                    records=rows,
                    timeout=PAGE_TIMEOUT,
                )
            except _UNFIT as error:
                fault = unfit_row(layout, rows, may_hold_nul=False)
                raise fault or Refused(f"The store {self.place} cannot hold a value.") from error
            except asyncpg.UniqueViolationError as error:
                raise Duplicate(
                    f"Rows of {layout.table.name} are in the store {self.place} already."
                ) from error

    async def feed_place(self) -> int:
        """Give what the sequence gave last."""
        sql = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {SCHEMA}.change_places"  # noqa: S608
        rows = await self.ask(Statement(sql, {}, gives_rows=True))
        return int(str(rows[0][0]))

    async def set_feed_place(self, place: int) -> None:
        """Let the sequence go on after a place."""
        if place > 0:
            sql = f"SELECT setval('{SCHEMA}.change_places', :place)"
            await self.ask(Statement(sql, {"place": place}, gives_rows=True))

    async def settle_down(self) -> None:
        """Let the server's planner learn the tables."""
        with translated(self.place):
            for table in TABLES:
                await self._driver.execute(f"ANALYZE {SCHEMA}.{table.name}", timeout=ANSWER_TIMEOUT)

    async def unmake(self) -> None:
        """Take everything of ours out of the database."""
        with translated(self.place):
            await self._driver.execute(f"DROP SCHEMA {SCHEMA} CASCADE", timeout=ANSWER_TIMEOUT)

    async def close(self) -> None:
        """Close the connection, and with it the lock."""
        try:
            async with asyncio.timeout(2):
                await self._driver.close()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            self._driver.terminate()

    async def ask(self, statement: Statement) -> Sequence[Cells]:
        """Run one statement and give its rows."""
        return await self._fetch(statement, ANSWER_TIMEOUT)

    async def _fetch(self, statement: Statement, timeout: float) -> Sequence[Cells]:
        """Run one statement, whose answer comes in time."""
        text, names = numbered(statement.sql)
        values = bound(names, statement.params)
        with translated(self.place):
            rows = await self._driver.fetch(text, *values, timeout=timeout)
        return [tuple(row) for row in rows]

    async def _set_patience(self, seconds: int) -> None:
        """Wait so long for what others hold."""
        with translated(self.place):
            await self._driver.execute(f"SET lock_timeout = '{seconds}s'")

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Any]:
        """Run what is inside as one transaction."""
        with translated(self.place):
            async with self._driver.transaction() as transaction:
                yield transaction
