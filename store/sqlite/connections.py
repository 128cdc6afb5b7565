"""The adapter to SQLite: connections with every setting asserted, named parameters, typed errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from store.errors import Refused, Unavailable
from store.rows import Value
from store.schema import Known
from store.shielding import see_through
from store.sqlite.jobs import Call, Line
from store.sqlite.translate import translate, translated
from store.statements import Outcome, Statement
from store.values import Kept, kept

T = TypeVar("T")

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
    known: Known | None = None
    """The schema that the program knows; None before it is known that the store has it."""

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


def bound(params: Mapping[str, Value]) -> dict[str, Kept]:
    """Turn parameters into what SQLite keeps."""
    return {name: kept(value) for name, value in params.items()}


def connect_now(access: Access) -> sqlite3.Connection:
    """Open a connection without an event loop and without any setting, so that nothing is written yet."""
    with translated(access.path):
        return sqlite3.connect(access.uri, uri=True, isolation_level=None, timeout=access.busy_timeout)


def settle(connection: sqlite3.Connection, access: Access, *, writes: bool = True) -> None:
    """Give a connection its settings, each asserted. On a file that is not ours this would change it."""
    with translated(access.path):
        for name, wanted in {**access.settings, "query_only": int(not writes)}.items():
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


def require_known(connection: sqlite3.Connection, access: Access) -> None:
    """Refuse a transaction on a schema that is not the one that the program knows; SQLite has read it anyway.

    Raises NewerSchema.
    """
    if access.known is None:
        return
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise translate(error, access.path) from error
    if found != access.known.version:
        access.known.note(found)


def run_all(path: Path, statements: Sequence[Statement], connection: sqlite3.Connection) -> Sequence[Outcome]:
    """Run statements one after the other; the first failure ends it."""
    outcomes = []
    try:
        for sql, params, _ in statements:
            cursor = connection.execute(sql, bound(params))
            outcomes.append(Outcome(cursor.fetchall(), cursor.rowcount))
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except (UnicodeEncodeError, OverflowError) as error:  # half a character, or more than 64 bits
        raise Refused(f"The store {path} cannot hold a value.") from error
    return outcomes


def _begin(access: Access, then: Sequence[Statement], connection: sqlite3.Connection) -> None:
    """Begin a transaction that writes, and run what follows where the schema is the one that is known."""
    run_all(access.path, [Statement("BEGIN IMMEDIATE", {})], connection)
    require_known(connection, access)
    run_all(access.path, then, connection)


async def _opened(opening: aiosqlite.Connection) -> None:
    """Open a connection; its thread opens it whether or not somebody still waits."""
    await opening


class Connection:
    """One connection and its thread. Statements run in the order in which they were asked for.

    A statement goes on in its thread although the task that awaits it was cancelled; because
    of the order, the rollback that follows runs after it.
    """

    def __init__(self, access: Access, driver: aiosqlite.Connection, line: Line) -> None:
        """Wrap an open driver; use `connect`."""
        self.line = line
        """What its thread has to do."""
        self._access = access
        self._path = access.path
        self._driver = driver

    @classmethod
    async def connect(cls, access: Access, *, writes: bool) -> Connection:
        """Open a connection whose settings are asserted; without `writes` it refuses to change anything."""
        opened: list[sqlite3.Connection] = []

        def connector() -> sqlite3.Connection:
            """Open and settle, in the thread."""
            connection = connect_now(access)
            try:
                settle(connection, access, writes=writes)
            except BaseException:
                connection.close()
                raise
            connection.row_factory = sqlite3.Row
            opened.append(connection)
            return connection

        driver = aiosqlite.Connection(connector, iter_chunk_size=1)
        # aiosqlite's threads would otherwise keep a process alive that ends without closing the store.
        driver._thread.daemon = True
        try:
            await see_through(_opened(driver))
        except BaseException:
            await see_through(driver.close())
            raise
        # A job tells by itself what came of it: for many at once, where the driver would ring for each.
        return cls(access, driver, Line(opened[0], lambda work: driver._tx.put_nowait((None, work))))

    async def run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other and give what came of each; the first failure ends it."""
        return await self._do(partial(run_all, self._path, statements))

    async def begin(self, *then: Statement) -> None:
        """Begin a transaction that writes, under the lock of the store (R102); statements may follow."""
        await self._do(partial(_begin, self._access, then))

    async def require_known(self) -> None:
        """Refuse to go on where the store has another schema than the program knows. Raises NewerSchema."""
        await self._do(lambda connection: require_known(connection, self._access))

    async def commit(self) -> None:
        """Commit; whoever awaits it sees it through, or could not know what became of it."""
        await self.run([Statement("COMMIT", {})])

    async def rollback(self) -> None:
        """Undo what is not committed, after whatever statement is still running; never half done."""
        await see_through(self._rollback())

    async def _rollback(self) -> None:
        with translated(self._path):
            await self._do(sqlite3.Connection.rollback)

    async def close(self) -> None:
        """Close the connection, after whatever was asked for, and end its thread."""
        await see_through(self._close())

    async def _close(self) -> None:
        with translated(self._path):
            await self._do(sqlite3.Connection.rollback)
            await self._driver.close()

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Have work done in the thread."""
        job = Call(work)
        self.line.ask(job)
        return await job.future
