"""Lanes: what an act holds from its beginning, so that acts which could disturb each other take turns.

On a server many transactions write at the same moment, and each statement sees what was committed
before it. The rules decide by what they have read; they were thought out for one writer at a time, and
these are what make it so where it matters:

- Every act holds its lane before it reads what it decides by: its organisation, or the nil id for no
  organisation, or the counters that a try counts in. Only this module begins writes.
- What was read before the act is read again inside it, unless it never changes, as the organisation of
  an account never does. The clock too is asked after the lane is held: one may have waited for it.
- An organisation comes before counters. Who holds counters alone takes no organisation any more, and
  no act holds two organisations. So nobody waits in a ring.
- Whatever is slow comes before or after: no hash, no network and no file inside, but for that of the
  keys, of which no two machines may make the same version. A lane is held for milliseconds, and what has
  much to do (housekeeping, sealing anew) does it in steps.

An embedded store has one writer at a time anyway; there a lane costs nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from security.refusals import SessionOver
from store import sessions as session_rows
from store.ids import NIL_ID, new_id

if TYPE_CHECKING:
    from store.store import Store
    from store.transaction import Transaction


@asynccontextmanager
async def act_in(store: Store, at: datetime, org_id: str | None) -> AsyncIterator[Transaction]:
    """The transaction of an act in an organisation; None is what concerns no organisation."""
    async with store.write(new_id(at), at, hold=(org_id or NIL_ID,)) as tx:
        yield tx


@asynccontextmanager
async def act_of_session(store: Store, at: datetime, token_hash: bytes) -> AsyncIterator[Transaction]:
    """The transaction of an act of the person who has a token, in their organisation.

    Raises:
        SessionOver: no session has this token.
    """
    async with store.write(new_id(at), at) as tx:
        org_id = await session_rows.org_of(tx, token_hash)
        if org_id is None:
            raise SessionOver("unknown")
        await tx.hold(org_id)
        yield tx


@asynccontextmanager
async def act_on_counters(store: Store, at: datetime, names: Iterable[bytes]) -> AsyncIterator[Transaction]:
    """The transaction of what counts tries and does nothing else."""
    async with store.write(new_id(at), at, hold=_lanes_of(names)) as tx:
        yield tx


async def hold_counters(tx: Transaction, names: Iterable[bytes]) -> None:
    """Hold counters, under every name that they have: other processes may not know the newest yet."""
    await tx.hold(*_lanes_of(names))


def _lanes_of(names: Iterable[bytes]) -> list[str]:
    """The lanes of counters."""
    return [f"counter {name.hex()}" for name in names]
