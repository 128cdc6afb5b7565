"""Reading: a few connections, and snapshots that are shared by whoever asks at the same moment."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from store.errors import Refused, Unavailable
from store.sqlite.connections import Access, Connection, require_known, run_all
from store.sqlite.jobs import Call, Job
from store.sqlite.translate import closed, translated
from store.statements import Outcome, Statement
from store.transaction import Transaction

READERS = 2
"""Connections that read; WAL lets them go on while another writes."""

LOOK_EVERY = 1.0
"""Seconds between two looks of readers at the schema; each of them would cost a tenth of a glance."""


class _Snapshot:
    """One moment of the store, held on a connection until the last of its readers has gone."""

    __slots__ = ("connection", "has_begun", "readers")

    def __init__(self, connection: Connection, readers: int) -> None:
        self.connection = connection
        self.readers = readers
        self.has_begun = False


class _Look(Job[Sequence[Outcome]]):
    """Statements to run in a snapshot, the first of them all in a new transaction."""

    __slots__ = ("_reading", "_statements")

    def __init__(self, reading: Reading, statements: Sequence[Statement]) -> None:
        super().__init__()
        self._reading = reading
        self._statements = statements

    def work(self, connection: sqlite3.Connection) -> Sequence[Outcome]:
        """Run the statements in the thread."""
        return self._reading.work(self._statements, connection)


class Reading(Transaction, AbstractAsyncContextManager[Transaction]):
    """One `async with store.read()`: its snapshot begins with its first statement, never before."""

    __slots__ = ("_is_single", "alone", "asked", "readers", "snapshot")

    def __init__(self, readers: Readers, *, alone: bool, is_single: bool = False) -> None:
        """Wait to be entered."""
        super().__init__()
        self.readers = readers
        """The connections that it reads through."""
        self.alone = alone
        """Nobody else shares its snapshot."""
        self.snapshot: _Snapshot | None = None
        """What it reads, from its first statement on."""
        self.asked: list[_Look] = []
        """What it asked for before its snapshot began."""
        self._is_single = is_single

    async def __aenter__(self) -> Transaction:
        """Enter where the store is open."""
        self.readers.enter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the snapshot go; a statement that still runs keeps its connection until it ends."""
        self.end(committed=False)
        self.readers.leave(self)
        if self.snapshot is None and error is None:
            self.readers.require_there()

    async def _run_on(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements in the snapshot, after whatever was asked for before."""
        if self._is_single and (self.snapshot is not None or self.asked):
            raise RuntimeError("a look is for a single statement")
        look = _Look(self, statements)
        if self.snapshot is not None:
            self.snapshot.connection.line.ask(look)
        else:
            self.asked.append(look)
            if len(self.asked) == 1:
                self.readers.wait(self)
        return await look.future

    def work(self, statements: Sequence[Statement], connection: sqlite3.Connection) -> Sequence[Outcome]:
        """Run statements in the snapshot, which begins with the first of them all."""
        snapshot = self.snapshot
        assert snapshot is not None  # noqa: S101 - told to the type checker
        path = self.readers.access.path
        if not snapshot.has_begun:
            self.readers.require_there()
            with translated(path):
                _roll_back(connection)  # where the end of the snapshot before failed
                connection.execute("BEGIN")
            if self.readers.is_look_due():
                require_known(connection, self.readers.access)
            snapshot.has_begun = True
        elif not connection.in_transaction:  # a failure of the disk has ended it, and with it the moment
            raise Unavailable(f"What was read from the store {path} is lost. Try again.")
        try:
            return run_all(path, statements, connection)
        except Refused:  # it may have met tables that it does not know
            require_known(connection, self.readers.access)
            raise


class Readers:
    """The connections that read.

    Whoever asks while all of them are taken waits, and all that wait begin together: their snapshot
    is taken after each of them has asked, so that none misses what was committed before it asked.
    """

    def __init__(self, access: Access, require_there: Callable[[], None]) -> None:
        """Read one store; use `open` first."""
        self.access = access
        """How the store is opened."""
        self.require_there = require_there
        """Raises Missing where the file is no longer the one that was opened; any thread may ask."""
        self._connections: list[Connection] = []
        self._free: list[Connection] = []
        self._waiting: list[Reading] = []
        self._inside = 0
        self._look_at = 0.0
        self._nobody_inside = asyncio.Event()
        self._is_closed = False

    async def open(self) -> None:
        """Open the connections."""
        for _ in range(READERS):
            connection = await Connection.connect(self.access, writes=False)
            self._connections.append(connection)
            self._free.append(connection)

    async def close(self) -> None:
        """Let nobody in, let everybody inside finish, and close the connections."""
        self._is_closed = True
        while self._inside:
            self._nobody_inside.clear()
            await self._nobody_inside.wait()
        connections, self._connections, self._free = self._connections, [], []
        for connection in connections:
            await connection.close()

    def is_look_due(self) -> bool:
        """Whether the schema was not looked at for a second; any thread may ask."""
        now = time.monotonic()
        is_due = now >= self._look_at
        if is_due:
            self._look_at = now + LOOK_EVERY
        return is_due

    def enter(self) -> None:
        """Count a reader in, unless the store has outrun the program."""
        if self._is_closed:
            raise closed(self.access.path)
        if self.access.known is not None:
            self.access.known.require()
        self._inside += 1

    def leave(self, reading: Reading) -> None:
        """Count a reader out; the last one of a snapshot ends it."""
        self._inside -= 1
        if self._inside == 0 and self._is_closed:
            self._nobody_inside.set()
        snapshot = reading.snapshot
        if snapshot is not None:
            snapshot.readers -= 1
            if snapshot.readers == 0:
                self._end(snapshot.connection)
        elif reading.asked:
            self._waiting.remove(reading)

    def wait(self, reading: Reading) -> None:
        """Give a reader that asks for something a snapshot, now or when a connection is free."""
        self._waiting.append(reading)
        if self._free:
            self._begin_together()

    def _begin_together(self) -> None:
        """Begin a snapshot on each free connection, as long as anybody waits."""
        while self._waiting and self._free:
            together = self._next_together()
            connection = self._free.pop(0)  # the one that was let go of first: it is ready again
            snapshot = _Snapshot(connection, len(together))
            looks: list[_Look] = []
            for reading in together:
                reading.snapshot = snapshot
                looks += reading.asked
            snapshot.connection.line.ask(*looks)

    def _next_together(self) -> Sequence[Reading]:
        """Take those who begin together: all that wait, but for the ones that stay alone."""
        waiting, self._waiting = self._waiting, []
        first = waiting[0]
        if len(waiting) == 1:
            return waiting
        if first.alone:
            self._waiting = waiting[1:]
            return [first]
        self._waiting = [reading for reading in waiting if reading.alone]
        return [reading for reading in waiting if not reading.alone]

    def _end(self, connection: Connection) -> None:
        """Free a connection whose readers have gone, once nothing runs on it any more.

        Nobody waits for the end of its snapshot, which is sent to the thread at once: the log could not
        begin anew under it, and would grow for as long as anybody reads.
        """
        ending = Call(_roll_back)
        if connection.line.is_busy:
            ending.future.add_done_callback(lambda _: self._give_back(connection))
            connection.line.ask(ending)
        else:
            connection.line.ask(ending)
            self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        """Let the next ones read."""
        self._free.append(connection)
        if self._waiting:
            self._begin_together()


def _roll_back(connection: sqlite3.Connection) -> None:
    """End what was only read: nothing is written and nothing waited for."""
    if connection.in_transaction:
        connection.rollback()
