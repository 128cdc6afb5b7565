"""The adapter to PostgreSQL: a pool of few connections for many people, and one transaction on one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import asyncpg

from store.errors import Refused, Unavailable
from store.postgresql.address import Address
from store.postgresql.parameters import bound, numbered
from store.postgresql.translate import is_lost, translate
from store.rows import Value
from store.statements import Outcome, Statement

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Driver = asyncpg.Connection | PoolConnectionProxy

BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"


class Connection:
    """One connection for as long as a transaction has it. Whoever is cut off in the middle spoils it."""

    def __init__(self, driver: Driver, address: Address) -> None:
        """Use a connection of the driver."""
        self.driver = driver
        """The driver's connection."""
        self._place = address.place

    @property
    def is_sound(self) -> bool:
        """Whether it can be used again."""
        return not self.driver.is_closed()

    def spoil(self) -> None:
        """Cut the connection, whatever is under way on it; the server undoes what is not committed."""
        self.driver.terminate()

    async def run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other and give what came of each; the first failure ends it."""
        return [await self._run(sql, params, gives_rows) for sql, params, gives_rows in statements]

    async def command(self, sql: str) -> None:
        """Run what has no parameters and gives nothing, such as BEGIN."""
        await self._run(sql, {}, False)

    async def _run(self, sql: str, params: Mapping[str, Value], gives_rows: bool) -> Outcome:
        """Run one statement."""
        text, names = numbered(sql)
        try:
            values = bound(names, params)
            if gives_rows:
                return Outcome(await self.driver.fetch(text, *values), 0)
            return Outcome((), _changed(await self.driver.execute(text, *values)))
        except (asyncpg.DataError, UnicodeEncodeError, OverflowError) as error:
            raise Refused(f"The store {self._place} cannot hold a value.") from error
        except asyncio.CancelledError:
            self.spoil()
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            if is_lost(error):
                self.spoil()
            raise translate(error, self._place) from error


def _changed(status: str) -> int:
    """Read how many rows a command changed from what the server says of it, such as UPDATE 1."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isascii() and last.isdecimal() else 0


def lock_key(name: str) -> int:
    """Give the number by which the server knows a name that is held: 64 bits of its SHA-256."""
    return int.from_bytes(sha256(name.encode("utf-8", "replace")).digest()[:8], "big", signed=True)


class Pool:
    """Few connections for many people; whoever finds all of them taken waits."""

    def __init__(self, address: Address, size: int, patience: float) -> None:
        """Hold no connection yet; `size` is the most there will be, `patience` the seconds to wait for one."""
        self._address = address
        self._patience = patience
        self._pool = asyncpg.create_pool(
            min_size=0, max_size=size, connect=address.connect, reset=_leave_as_it_is
        )

    async def open(self) -> None:
        """Make ready; connections are opened as they are needed."""
        await self._pool

    async def take(self) -> Connection:
        """Take a connection.

        Raises what the driver raises.
        """
        async with asyncio.timeout(self._patience):
            return Connection(await self._pool.acquire(), self._address)

    async def give_back(self, connection: Connection) -> None:
        """Give a connection back; one that is spoilt is closed."""
        await self._pool.release(connection.driver)  # type: ignore[arg-type]

    async def renew(self) -> None:
        """Let go of every connection that is idle: the server they lead to is gone."""
        await self._pool.expire_connections()

    async def close(self) -> None:
        """Wait for those under way, and close all."""
        await self._pool.close()


async def _leave_as_it_is(_: object) -> None:
    """Reset nothing: a transaction leaves nothing behind, and a spoilt connection is closed."""


def unavailable(place: str) -> Unavailable:
    """Say that all connections stayed taken."""
    return Unavailable(f"The store {place} is busy. Try again in a moment.")
