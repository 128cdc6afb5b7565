"""The store on a server: transactions over a pool, commits in doubt resolved, the live feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from store import acts, frozen, integrity
from store.changes import ChangeRecord
from store.errors import Duplicate, Frozen, InDoubt, StoreError
from store.feed import Feed
from store.postgresql.address import Address, address_of
from store.postgresql.bell import ServerBell
from store.postgresql.connections import (
    BEGIN_READING,
    BEGIN_WRITING,
    COMMIT,
    ROLLBACK,
    Connection,
    Pool,
    lock_key,
)
from store.postgresql.migrating import prepare
from store.postgresql.translate import closed, is_worth_another_try, translated
from store.schema import packaged
from store.shielding import see_through
from store.statements import Statement
from store.store import Store
from store.transaction import Speaking, Transaction

PATIENCE = 5.0
"""Seconds to wait for a connection while all are taken."""
TRIES = 3
"""How often a transaction is begun before it is given up (R109)."""
BACK_OFF = 0.25
"""Seconds before the second try; doubled before each further one."""


async def open_postgresql(
    url: str, *, create: bool, durable: bool, connections: int, mark: str | None = None
) -> PostgresqlStore:
    """Open the store on a server; `store.store.open_store` says how."""
    address = address_of(url, durable=durable)
    with translated(address.place):
        connection = await address.connect()
        try:
            await prepare(connection, address.place, packaged("postgresql"), create=create, mark=mark)
        finally:
            await connection.close(timeout=2)
    store = PostgresqlStore(url, address, connections)
    try:
        await store.start()
        if mark is None:  # what is not finished need not be whole yet; whoever finishes it checks it
            await store.check()
    except BaseException:
        await store.close()
        raise
    return store


class Serving(Speaking):
    """A transaction on a server, where others write at the same moment."""

    __slots__ = ()

    async def hold(self, *names: str) -> None:
        """Keep others from writing what is called by these names, until this transaction ends."""
        keys = sorted({lock_key(name) for name in names})
        places = ", ".join(f"pg_advisory_xact_lock(:key{place})" for place in range(len(keys)))
        params = {f"key{place}": key for place, key in enumerate(keys)}
        await self._run((Statement(f"SELECT {places}", params),))


class Looking(Speaking):
    """A single statement, whose snapshot is its own."""

    __slots__ = ("_was_asked",)

    def __init__(self, adapter: Connection) -> None:
        super().__init__(adapter)
        self._was_asked = False

    def _must_be_open(self) -> None:
        super()._must_be_open()
        if self._was_asked:
            raise RuntimeError("a look is for a single statement")
        self._was_asked = True


class PostgresqlStore(Store):
    """An open store on a server."""

    def __init__(self, url: str, address: Address, connections: int) -> None:
        """Name the store; use `open_store`."""
        super().__init__(url, address.place)
        self._address = address
        self._pool = Pool(address, connections, PATIENCE)
        self._feed = Feed(self, partial(ServerBell, address))
        self._writing: set[asyncio.Task[object]] = set()
        self._is_closed = False

    async def start(self) -> None:
        """Make the pool ready; `open_postgresql` does it."""
        await self._pool.open()

    @asynccontextmanager
    async def write(self, act_id: str, at: datetime) -> AsyncIterator[Transaction]:
        """Open the one transaction of an act; see `Store.write`."""
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("this task is in the middle of a write")
        try:
            connection = await self._begun(BEGIN_WRITING, acts.insertion(act_id, at))
        except Frozen as error:
            raise await frozen.told(self) from error
        tx = Serving(connection)
        if task is not None:
            self._writing.add(task)
        try:
            yield tx
            tx.require_sound()
            await see_through(self._commit(connection, tx, act_id, at))
        finally:
            if task is not None:
                self._writing.discard(task)
            tx.end(committed=False)
            await see_through(self._end(connection, has_ended=tx.is_committed))

    @asynccontextmanager
    async def read(self, *, alone: bool = False) -> AsyncIterator[Transaction]:
        """Open one snapshot on a connection of its own; it begins with its first statement."""
        connection = await self._begun(BEGIN_READING)
        tx = Speaking(connection)
        try:
            yield tx
        finally:
            tx.end(committed=False)
            await see_through(self._end(connection, has_ended=False))

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Transaction]:
        """Open a snapshot for a single statement, in one trip to the server."""
        connection = await self._begun(None)
        tx = Looking(connection)
        try:
            yield tx
        finally:
            tx.end(committed=False)
            await see_through(self._end(connection, has_ended=True))

    def follow(
        self, after: int | None = None, *, begun: Callable[[], object] | None = None
    ) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; see `Store.follow`."""
        return self._feed.follow(after, begun)

    async def check(self, *, full: bool = False) -> None:
        """Check the ends of the audit chains, or with `full` every link. Raises Corrupt."""
        async with self.read(alone=full) as tx:
            if full:
                await integrity.check_chains(tx, self.place)
            await integrity.check_heads(tx, self.place)

    async def close(self) -> None:
        """Let what is under way finish, end every follower, and close the connections; again is harmless."""
        if not self._is_closed:
            self._is_closed = True
            await see_through(self._close())

    async def _close(self) -> None:
        await self._feed.close()
        await self._pool.close()

    async def _begun(self, begin: str | None, *then: Statement) -> Connection:
        """Take a connection on which a transaction has begun; nothing is kept yet, so this may be repeated."""
        for left in reversed(range(TRIES)):
            if self._is_closed:
                raise closed(self.place)
            try:
                return await self._begin(begin, then)
            except StoreError as error:
                if not left or error.__cause__ is None or not is_worth_another_try(error.__cause__):
                    raise
            await self._pool.renew()
            await asyncio.sleep(BACK_OFF * 2 ** (TRIES - 1 - left))
        raise closed(self.place)

    async def _begin(self, begin: str | None, then: tuple[Statement, ...]) -> Connection:
        """Take a connection and begin."""
        with translated(self.place):
            connection = await self._pool.take()
        try:
            if begin is not None:
                await connection.command(begin)
            await connection.run(then)
        except BaseException:
            await see_through(self._end(connection, has_ended=False))
            raise
        return connection

    async def _end(self, connection: Connection, *, has_ended: bool) -> None:
        """Undo what is not committed, and give the connection back."""
        try:
            if not has_ended and connection.is_sound and connection.driver.is_in_transaction():
                await connection.command(ROLLBACK)
        except StoreError:
            connection.spoil()
        await self._pool.give_back(connection)

    async def _commit(self, connection: Connection, tx: Transaction, act_id: str, at: datetime) -> None:
        """Commit, and where that fails find out whether it took place after all."""
        try:
            await connection.command(COMMIT)
        except StoreError as failure:
            if connection.is_sound or not await self._took_place(act_id, at, failure):
                raise
        tx.end(committed=True)

    async def _took_place(self, act_id: str, at: datetime, failure: StoreError) -> bool:
        """Find out on another connection whether an act was committed when its own was lost.

        The same id is noted once more: that waits for a commit that is still under way, and is then
        refused if it took place. What was noted is undone again.
        """
        try:
            connection = await self._begun(BEGIN_WRITING, acts.insertion(act_id, at))
        except Duplicate:
            return True
        except Frozen:  # whoever froze the store has waited for every act that was under way
            async with self.look() as tx:
                return await acts.exists(tx, act_id)
        except StoreError as error:
            raise InDoubt(
                f"The store {self.place} was lost while saving, and whether your change was kept is"
                f" unknown. Look before you repeat it. ({failure})"
            ) from error
        await self._end(connection, has_ended=False)
        return False
