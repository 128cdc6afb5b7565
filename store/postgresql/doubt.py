"""Commits in doubt: a connection was lost after COMMIT was sent; what became of it has to be found out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from store import acts
from store.errors import Duplicate, Frozen, InDoubt, StoreError
from store.postgresql.address import Address
from store.postgresql.connections import BEGIN_WRITING, Connection
from store.postgresql.settled import opened
from store.postgresql.translate import is_worth_another_try
from store.statements import Statement

PATIENCE = 10.0
"""Seconds for a server to come that can tell: as long as the change to a standby may take (R110)."""
PAUSE = 0.5
"""Seconds between two tries to reach one."""
SPARE = 2.0
"""Seconds to wait for a transaction that is not over, beyond those for which a server keeps a silent one."""
_MARK = "SELECT pg_logical_emit_message(true, 'strongroom', 'resolved')"


async def took_place(address: Address, act_id: str, at: datetime, failure: StoreError) -> bool:
    """Find out on another connection whether an act was committed when its own was lost.

    The same id is noted once more: that waits for a commit that is still under way, and is refused if
    it took place. What was noted is undone again. Whoever cannot be reached is tried again: another may be
    about to take its place. Raises InDoubt where it cannot be found out.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while True:
        try:
            async with _opened(address) as connection:
                return await _ask(connection, act_id, at)
        except StoreError as error:
            if loop.time() + PAUSE > deadline or not is_worth_another_try(error):
                raise InDoubt(
                    f"The store {address.place} was lost while saving, and whether your change was kept"
                    f" is unknown. Look before you repeat it. ({failure})"
                ) from error
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _opened(address: Address) -> AsyncIterator[Connection]:
    """Open a connection beside the pool: its places may all be taken by commits in doubt."""
    connection = await opened(address)
    try:
        wait = address.idle_timeout + SPARE
        connection.answer_timeout = wait + SPARE
        milliseconds = round(wait * 1000)
        await connection.command(
            f"SET lock_timeout = {milliseconds}; SET statement_timeout = {milliseconds}; {BEGIN_WRITING}"
        )
        yield connection
    finally:
        connection.spoil()


async def _ask(connection: Connection, act_id: str, at: datetime) -> bool:
    """Ask once; whatever is under way at the end is undone with the connection."""
    try:
        await connection.run([acts.insertion(act_id, at)])
    except Duplicate:
        await connection.tidy(undo=True)
        await _make_sure(connection)
        return True
    except Frozen:  # whoever froze the store has waited for every act that was under way
        await connection.tidy(undo=True)
        return await _is_there(connection, act_id)
    return False


async def _is_there(connection: Connection, act_id: str) -> bool:
    """Look an act up."""
    look = Statement("SELECT id FROM acts WHERE id = :act_id", {"act_id": act_id}, gives_rows=True)
    return bool((await connection.run([look]))[-1].rows)


async def _make_sure(connection: Connection) -> None:
    """Commit a mark of no meaning: once that is safe, so is all that was committed before it.

    An act that others can see may be on this server alone, where the wait for a standby was cut off
    together with the connection. Raises InDoubt where that stays so.
    """
    await connection.command(f"{BEGIN_WRITING}; {_MARK}")
    await connection.commit()
