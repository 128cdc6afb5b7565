"""The store in a file: opening, transactions that read and write, the live feed, the check, closing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from store import acts, frozen, integrity, unfinished
from store.changes import ChangeRecord
from store.errors import Frozen, InDoubt, StoreError
from store.feed import Feed
from store.schema import newest, packaged
from store.shielding import see_through
from store.sqlite.bell import FileBell
from store.sqlite.connections import Access, Connection, connect_now, empty_log, settle
from store.sqlite.custody import check_custody, identity, new_file, path_of
from store.sqlite.migrating import migrate, put_mark, read_mark, recognise
from store.sqlite.readers import Readers, Reading
from store.sqlite.translate import closed, missing
from store.sqlite.whole import check_file
from store.statements import Statement
from store.store import Store
from store.transaction import Speaking, Transaction


async def open_sqlite(
    url: str, *, create: bool, busy_timeout: float, durable: bool, mark: str | None = None
) -> SqliteStore:
    """Open the store of a file; `store.store.open_store` says how."""
    access = Access(path_of(url), busy_timeout, durable)
    await see_through(asyncio.to_thread(_prepare, access, create, mark))
    store = SqliteStore(url, access)
    try:
        await store.start()
        if mark is None:  # what is not finished need not be whole yet; whoever finishes it checks it
            await store.check()
    except BaseException:
        await store.close()
        raise
    return store


def _prepare(access: Access, create: bool, mark: str | None) -> None:
    """Make the store where that is asked for, look at who may touch it, and migrate it."""
    if create:
        with new_file(access.path) as draft:
            _migrate(replace(access, draft=draft), mark)
    check_custody(access.path)
    _migrate(access, mark)


def _migrate(access: Access, mark: str | None) -> None:
    """Bring one file's schema up to date over a connection of its own."""
    connection = connect_now(access)
    try:
        if access.draft is None:
            recognise(connection, access.path)
            unfinished.require(str(access.path), read_mark(connection, access.path), mark)
        settle(connection, access)
        migrate(connection, access.path, packaged("sqlite"))
        if access.draft is not None:
            put_mark(connection, access.path, mark)
            empty_log(connection, access.path)
    finally:
        connection.close()


class SqliteStore(Store):
    """An open file. Writes are one after another, under the file's own lock."""

    def __init__(self, url: str, access: Access) -> None:
        """Name the store; use `open_store`."""
        super().__init__(url, str(access.path), newest("sqlite"))
        self.path = access.path
        """The file it is kept in."""
        self._access = access = replace(access, known=self.known)
        self._identity = identity(access.path)
        self._writer: Connection | None = None
        self._writing = asyncio.Lock()
        self._writing_task: asyncio.Task[object] | None = None
        self._readers = Readers(access, self._require_same)
        self._feed = Feed(self, partial(FileBell, access, self.require_there))
        self._is_closed = False

    async def start(self) -> None:
        """Open the connections; `open_sqlite` does it."""
        self._writer = await Connection.connect(self._access, writes=True)
        await self._readers.open()

    @asynccontextmanager
    async def write(
        self, act_id: str, at: datetime, *, hold: Sequence[str] = ()
    ) -> AsyncIterator[Transaction]:
        """Open the one transaction of an act, under the lock of the file; see `Store.write`."""
        if self._writing_task is asyncio.current_task():
            raise RuntimeError("this task is in the middle of a write")
        async with self._writing:
            self._writing_task = asyncio.current_task()
            connection = self._open_writer()
            tx = Speaking(connection)
            try:
                await self._begin(connection, acts.insertion(act_id, at))
                yield tx
                tx.require_sound()
                await see_through(self._commit(connection, tx, act_id))
            finally:
                self._writing_task = None
                tx.end(committed=False)
                if not tx.is_committed:
                    await connection.rollback()

    async def _begin(self, connection: Connection, act: Statement) -> None:
        """Begin an act; of a store that is moved it is told where it went."""
        try:
            await connection.begin(act)
        except Frozen as error:
            raise await frozen.told(self) from error

    def read(self, *, alone: bool = False) -> Reading:
        """Open one snapshot; tasks that ask at once may share it, unless they stay `alone`."""
        return Reading(self._readers, alone=alone)

    def look(self) -> Reading:
        """Open a snapshot for a single statement; it is one of those that are shared."""
        return Reading(self._readers, alone=False, is_single=True)

    def follow(
        self, after: int | None = None, *, begun: Callable[[], object] | None = None
    ) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; see `Store.follow`."""
        return self._feed.follow(after, begun)

    async def check(self, *, full: bool = False) -> None:
        """Check the ends of the audit chains, or with `full` all there is. Raises Corrupt."""
        async with self.read(alone=full) as tx:
            if full:
                await check_file(tx, self.path)
                await integrity.check_chains(tx, self.place)
            await integrity.check_heads(tx, self.place)

    async def close(self) -> None:
        """Let what is under way finish, end every follower, and close the connections; again is harmless."""
        await see_through(self._close())

    async def _close(self) -> None:
        self._is_closed = True
        await self._feed.close()
        await self._readers.close()
        async with self._writing:
            writer, self._writer = self._writer, None
            if writer is not None:
                await writer.close()

    def _open_writer(self) -> Connection:
        """Give the connection that writes."""
        self.require_there()
        if self._writer is None:
            raise closed(self.path)
        return self._writer

    def require_there(self) -> None:
        """Refuse to work on a closed store, or on a file that is no longer the one at its path."""
        if self._is_closed:
            raise closed(self.path)
        self._require_same()

    def _require_same(self) -> None:
        """Refuse to work on a file that is no longer the one at its path."""
        if identity(self.path) != self._identity:
            raise missing(self.path)

    async def _commit(self, connection: Connection, tx: Transaction, act_id: str) -> None:
        """Commit, and where that fails find out whether it took place after all."""
        try:
            await connection.commit()
        except StoreError as failure:
            if not await self._took_place(connection, act_id, failure):
                raise
        tx.end(committed=True)

    async def _took_place(self, connection: Connection, act_id: str, failure: StoreError) -> bool:
        """Ask the store itself whether an act is in it."""
        try:
            await connection.rollback()
            return await acts.exists(Speaking(connection), act_id)
        except StoreError as error:
            raise InDoubt(
                f"The store {self.path} failed while saving, and whether your change was kept is"
                f" unknown. Look before you repeat it. ({failure})"
            ) from error
