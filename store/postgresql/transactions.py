"""What runs on a server: transactions among others that write at the same moment, and single looks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from store.errors import StoreError, Unavailable
from store.postgresql.connections import Connection, holding
from store.postgresql.parameters import spelled
from store.postgresql.pool import Pool
from store.postgresql.settled import SCHEMA_VERSION
from store.postgresql.translate import is_worth_another_try
from store.rows import number
from store.schema import Known
from store.shielding import see_through
from store.statements import Outcome, Statement
from store.transaction import Speaking, Transaction

TRIES = 3
"""How often a transaction is begun before it is given up (R109)."""
BACK_OFF = 0.25
"""Seconds before the second try; doubled before each further one."""


class Serving(Speaking):
    """A transaction on a server, where others write at the same moment."""

    __slots__ = ()

    async def hold(self, *names: str) -> None:
        """Keep others from writing what is called by these names, until this transaction ends."""
        self._must_be_open()
        if names:
            await self._run((holding(names),))


class Looking(Transaction, AbstractAsyncContextManager[Transaction]):
    """A single statement, whose snapshot is its own; it has a connection only while that runs."""

    __slots__ = ("_pool", "_was_asked")

    def __init__(self, pool: Pool) -> None:
        """Wait to be entered."""
        super().__init__()
        self._pool = pool
        self._was_asked = False

    async def __aenter__(self) -> Transaction:
        """Enter where the store is open."""
        self._pool.require_open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Refuse what comes later."""
        self.end(committed=False)

    async def _run_on(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run the statement; it only reads, so it is asked again where its connection was lost (R109)."""
        if self._was_asked:
            raise RuntimeError("a look is for a single statement")
        self._was_asked = True
        for left in reversed(range(TRIES)):
            try:
                return await self._ask(statements)
            except StoreError as error:
                if not left or not is_worth_another_try(error):
                    await self._pool.require_known(error)
                    raise
            await back_off(self._pool, left)
        raise AssertionError

    async def _ask(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run the statement on whichever connection is free."""
        connection = await self._pool.take()
        try:
            return await connection.run(statements)
        finally:
            await let_go(self._pool, connection, undo=False)


def noted(act_id: str, at: datetime, known: Known) -> Statement:
    """What notes an act where the store has the schema that the program knows, and else nothing.

    A migration holds the acts while it runs: whoever has noted one is waited for, and whoever comes then
    sees what it did.
    """
    return Statement(
        "INSERT INTO acts (id, at) SELECT CAST(:act_id AS TEXT), CAST(:at AS BIGINT)"
        " WHERE NOT EXISTS (SELECT FROM schema_migrations WHERE version > :known)",
        {"act_id": act_id, "at": at, "known": known.version},
    )


async def begun(pool: Pool, begin: str, *then: Statement) -> Connection:
    """Take a connection on which a transaction has begun; nothing is kept yet, so it may be tried again.

    Raises NewerSchema where the last of what follows is an act that was not noted.
    """
    is_act = bool(then)
    texts = [spelled(statement) for statement in then]
    if None not in texts:  # all of it in one trip
        begin, then = "; ".join([begin, *map(str, texts)]), ()
    for left in reversed(range(TRIES)):
        try:
            return await _begin(pool, begin, then, is_act=is_act)
        except StoreError as error:
            if not left or not is_worth_another_try(error):
                await pool.require_known(error)
                raise
        await back_off(pool, left)
    raise AssertionError


async def _begin(pool: Pool, begin: str, then: tuple[Statement, ...], *, is_act: bool) -> Connection:
    """Take a connection and begin."""
    connection = await pool.take()
    try:
        changed = await connection.command(begin)
        if then:
            changed = (await connection.run(then))[-1].changed
        if is_act and not changed:
            await _require_known(pool, connection)
    except BaseException:
        await let_go(pool, connection, undo=True)
        raise
    return connection


async def _require_known(pool: Pool, connection: Connection) -> None:
    """Say why an act was not noted."""
    (outcome,) = await connection.run([Statement(SCHEMA_VERSION, {}, gives_rows=True)])
    pool.note(number(outcome.rows[0], "version"))
    raise Unavailable("The store is being changed. Try again in a moment.")


async def let_go(pool: Pool, connection: Connection, *, undo: bool) -> None:
    """Give a connection back; before that, undo what is not committed and wait for what was cut off."""
    if connection.is_sound and (undo or not connection.is_at_rest):
        await see_through(_tidied(pool, connection, undo=undo))
    else:
        pool.give_back(connection)


async def _tidied(pool: Pool, connection: Connection, *, undo: bool) -> None:
    """Bring a connection to rest and give it back."""
    try:
        await connection.tidy(undo=undo)
    finally:
        pool.give_back(connection)


async def back_off(pool: Pool, left: int) -> None:
    """Wait a moment before the next try, and let go of connections that lead to a server that is gone."""
    pool.renew()
    await asyncio.sleep(BACK_OFF * 2 ** (TRIES - 1 - left))
