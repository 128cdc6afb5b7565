"""The adapter to SQLite: connections with every setting asserted, named parameters, typed errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiosqlite

from store.errors import Unavailable
from store.rows import Row, Value
from store.shielding import see_through
from store.times import to_micros
from store.translate import translated

# secure_delete and temp_store keep erased secrets out of free pages and out of temporary files.
_SETTINGS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
    "temp_store": 2,
}
_FULL = 2
_OFF = 0


@dataclass(frozen=True, slots=True)
class Access:
    """How the connections of one store are opened."""

    path: Path
    """The store, as people know it."""
    busy_timeout: float
    """Seconds to wait for another process's write."""
    durable: bool
    """A commit survives a power cut: a code that was burnt stays burnt (R101, R103)."""
    draft: Path | None = None
    """The file that is opened in its place while the store is being made."""

    @property
    def uri(self) -> str:
        """SQLite's name for a file that must exist: opening it never makes a new one (R105)."""
        return f"{(self.draft or self.path).as_uri()}?mode=rw"

    @property
    def settings(self) -> Mapping[str, str | int]:
        """What every connection is set to, and must answer when asked."""
        return {
            **_SETTINGS,
            "synchronous": _FULL if self.durable else _OFF,
            "busy_timeout": round(self.busy_timeout * 1000),
        }


def bound(params: Mapping[str, Value]) -> dict[str, str | bytes | int | None]:
    """Turn parameters into what SQLite keeps: times and truth values are integers."""
    kept: dict[str, str | bytes | int | None] = {}
    for name, value in params.items():
        if isinstance(value, datetime):
            kept[name] = to_micros(value)
        elif isinstance(value, bool):
            kept[name] = int(value)
        else:
            kept[name] = value
    return kept


def connect_now(access: Access) -> sqlite3.Connection:
    """Open a connection without an event loop and without any setting, so that nothing is written yet."""
    with translated(access.path):
        return sqlite3.connect(access.uri, uri=True, isolation_level=None, timeout=access.busy_timeout)


def settle(connection: sqlite3.Connection, access: Access) -> None:
    """Give a connection its settings, each asserted. On a file that is not ours this would change it."""
    with translated(access.path):
        for name, wanted in access.settings.items():
            connection.execute(f"PRAGMA {name} = {wanted}").fetchall()
            _assert_setting(access.path, name, wanted, connection.execute(f"PRAGMA {name}").fetchone()[0])


def empty_log(connection: sqlite3.Connection, path: Path) -> None:
    """Move all of the log into the file itself. Closing would try that too, and hide that it failed."""
    with translated(path):
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable(f"The store {path} is locked by another program. Try again in a moment.")


def _assert_setting(path: Path, name: str, wanted: str | int, found: object) -> None:
    """Refuse a connection that did not take a setting (R101)."""
    if found != wanted:
        raise Unavailable(f"SQLite did not accept {name}={wanted} for the store {path}.")


async def _opened(opening: aiosqlite.Connection) -> None:
    """Open a connection; its thread opens it whether or not somebody still waits."""
    await opening


class Connection:
    """One connection and its thread. Statements run in the order in which they were asked for.

    A statement goes on in its thread although the task that awaits it was cancelled; because
    of the order, the rollback that follows runs after it.
    """

    def __init__(self, path: Path, driver: aiosqlite.Connection) -> None:
        """Wrap an open driver; use `connect`."""
        self._path = path
        self._driver = driver

    @classmethod
    async def connect(cls, access: Access, *, writes: bool) -> Connection:
        """Open a connection whose settings are asserted; without `writes` it refuses to change anything."""
        with translated(access.path):
            opening = aiosqlite.connect(
                access.uri, uri=True, isolation_level=None, timeout=access.busy_timeout
            )
            # aiosqlite's threads would otherwise keep a process alive that ends without closing the store.
            opening._thread.daemon = True
            driver = opening
            try:
                await see_through(_opened(opening))
                driver.row_factory = sqlite3.Row
                for name, wanted in {**access.settings, "query_only": int(not writes)}.items():
                    await driver.execute_fetchall(f"PRAGMA {name} = {wanted}")
                    found = list(await driver.execute_fetchall(f"PRAGMA {name}"))
                    _assert_setting(access.path, name, wanted, found[0][0])
            except BaseException:
                await see_through(driver.close())
                raise
        return cls(access.path, driver)

    async def fetch(self, sql: str, params: Mapping[str, Value]) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        with translated(self._path):
            return list(await self._driver.execute_fetchall(sql, bound(params)))

    async def execute(self, sql: str, params: Mapping[str, Value]) -> int:
        """Run a statement and give how many rows it changed."""
        with translated(self._path):
            async with self._driver.execute(sql, bound(params)) as cursor:
                return cursor.rowcount

    async def begin(self, *, writes: bool) -> None:
        """Begin a transaction; one that writes takes the store's lock at once (R102)."""
        with translated(self._path):
            await self._driver.execute_fetchall("BEGIN IMMEDIATE" if writes else "BEGIN")

    async def commit(self) -> None:
        """Commit; whoever awaits it sees it through, or could not know what became of it."""
        with translated(self._path):
            await self._driver.execute_fetchall("COMMIT")

    async def rollback(self) -> None:
        """Undo what is not committed, after whatever statement is still running; never half done."""
        await see_through(self._rollback())

    async def _rollback(self) -> None:
        with translated(self._path):
            await self._driver.rollback()

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await see_through(self._close())

    async def _close(self) -> None:
        with translated(self._path):
            await self._driver.close()
