"""The store on a server: transactions over a pool, commits in doubt resolved, the live feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from store import frozen, integrity
from store.changes import ChangeRecord
from store.errors import Frozen, InDoubt, StoreError
from store.feed import Feed
from store.postgresql.address import Address, address_of
from store.postgresql.bell import ServerBell
from store.postgresql.connections import BEGIN_READING, BEGIN_WRITING, Connection, holding
from store.postgresql.doubt import took_place
from store.postgresql.migrating import prepare
from store.postgresql.pool import Pool
from store.postgresql.transactions import Looking, Serving, begun, let_go, noted
from store.postgresql.translate import translated
from store.postgresql.whole import check_schema
from store.rows import moment
from store.schema import newest, packaged
from store.shielding import see_through
from store.store import Store
from store.transaction import Speaking, Transaction

_PATIENTLY = f"{BEGIN_READING}; SET LOCAL statement_timeout = 0"
_NEVER = 86_400.0
PATIENCE_UNFINISHED = 600.0
"""Seconds for a statement in a store that nobody uses yet: it may be about every row of a large one."""
PATIENCE = 5.0
"""Seconds to wait for a connection while all are taken."""


async def open_postgresql(
    url: str, *, create: bool, durable: bool, connections: int, mark: str | None = None
) -> PostgresqlStore:
    """Open the store on a server; `store.store.open_store` says how."""
    address = address_of(url, durable=durable)
    if mark is not None:
        address = replace(
            address, statement_timeout=PATIENCE_UNFINISHED, answer_timeout=PATIENCE_UNFINISHED + 1
        )
    with translated(address.place):
        connection = await address.connect()
        try:
            await prepare(connection, address.place, packaged("postgresql"), create=create, mark=mark)
        finally:
            await connection.close(timeout=2)
    store = PostgresqlStore(url, address, connections)
    try:
        if mark is None:  # what is not finished need not be whole yet; whoever finishes it checks it
            await store.check()
    except BaseException:
        await store.close()
        raise
    return store


class PostgresqlStore(Store):
    """An open store on a server."""

    def __init__(self, url: str, address: Address, connections: int) -> None:
        """Name the store; use `open_store`."""
        super().__init__(url, address.place, newest("postgresql"))
        self._address = address
        self._pool = Pool(address, connections, PATIENCE, self.known)
        self._feed = Feed(self, partial(ServerBell, address, self.known))
        self._writing: set[asyncio.Task[object]] = set()
        self._is_closed = False

    @asynccontextmanager
    async def write(
        self, act_id: str, at: datetime, *, hold: Sequence[str] = ()
    ) -> AsyncIterator[Transaction]:
        """Open the one transaction of an act; see `Store.write`."""
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("this task is in the middle of a write")
        try:
            first = (*([holding(hold)] if hold else ()), noted(act_id, at, self.known))
            connection = await begun(self._pool, BEGIN_WRITING, *first)
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
            await let_go(self._pool, connection, undo=not tx.is_committed)

    def read(self, *, alone: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Open one snapshot on a connection of its own; it begins with its first statement."""
        return self._snapshot()

    @asynccontextmanager
    async def _snapshot(self, *, is_patient: bool = False) -> AsyncIterator[Transaction]:
        """Open a snapshot; with patience its statements may take as long as they need."""
        connection = await begun(self._pool, _PATIENTLY if is_patient else BEGIN_READING)
        if is_patient:
            connection.answer_timeout = _NEVER
        tx = Speaking(connection)
        try:
            yield tx
        except StoreError as error:
            await self._pool.require_known(error)
            raise
        finally:
            tx.end(committed=False)
            connection.answer_timeout = self._address.answer_timeout
            await let_go(self._pool, connection, undo=True)

    def look(self) -> Looking:
        """Open a snapshot for a single statement, in one trip to the server."""
        return Looking(self._pool)

    def follow(
        self, after: int | None = None, *, begun: Callable[[], object] | None = None
    ) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; see `Store.follow`."""
        return self._feed.follow(after, begun)

    async def time(self) -> datetime | None:
        """Tell the time by the server's clock."""
        async with self.look() as tx:
            row = await tx.fetch_one(
                "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS now"
            )
        return None if row is None else moment(row, "now")

    async def check(self, *, full: bool = False) -> None:
        """Check the ends of the audit chains, or with `full` all there is. Raises Corrupt."""
        async with self._snapshot(is_patient=full) as tx:
            if full:
                await check_schema(tx, self.place)
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

    async def _commit(self, connection: Connection, tx: Transaction, act_id: str, at: datetime) -> None:
        """Commit, and where that fails find out whether it took place after all."""
        try:
            await connection.commit()
        except InDoubt:
            raise
        except StoreError as failure:
            if connection.is_sound or not await took_place(self._address, act_id, at, failure):
                raise
        tx.end(committed=True)
