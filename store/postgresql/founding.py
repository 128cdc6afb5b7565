"""A founding on a server: one at a time for each database, and undone where nobody came to own the store."""

from __future__ import annotations

from enum import Enum, auto

import asyncpg

from store import unfinished
from store.postgresql.address import SCHEMA, Address, address_of
from store.postgresql.connections import lock_key
from store.postgresql.migrating import LOCK as MIGRATING
from store.postgresql.migrating import holds
from store.postgresql.translate import FAULTS, translated

_LOCK = lock_key("strongroom: founding")

_ALIVE = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""A machine that goes dark in the middle of a founding lets go of it within half a minute."""


class Found(Enum):
    """What a database holds."""

    NOTHING = auto()
    """No store."""
    UNOWNED = auto()
    """A store without an account: its founding is under way, or was cut off."""
    OWNED = auto()
    """A store with its owner."""
    UNFINISHED = auto()
    """A store that is being moved into or restored, or was to be."""


async def look(url: str) -> Found:
    """Look what a database holds, and change nothing; the schema may be an older or a newer one than ours.

    Raises:
        StoreError: the server cannot be asked.
    """
    address = address_of(url)
    with translated(address.place):
        connection = await address.connect()
        try:
            return await found_by(connection)
        finally:
            await connection.close(timeout=2)


async def found_by(connection: asyncpg.Connection) -> Found:
    """Look over a connection."""
    if not await holds(connection, "schema_migrations"):
        return Found.NOTHING
    if await holds(connection, unfinished.TABLE):
        return Found.UNFINISHED
    if not await holds(connection, "accounts"):
        return Found.UNOWNED
    has_owner = await connection.fetchval(f"SELECT EXISTS (SELECT FROM {SCHEMA}.accounts)")  # noqa: S608 - a name of ours
    return Found.OWNED if has_owner else Found.UNOWNED


class Claim:
    """The right to found in one database; the server holds it for as long as the connection lives."""

    def __init__(self, address: Address, connection: asyncpg.Connection) -> None:
        """Hold it over a connection; `take` makes one."""
        self._address = address
        self._connection = connection

    @classmethod
    async def take(cls, url: str) -> Claim | None:
        """Claim the founding; None where another process has done so.

        Raises:
            StoreError: the server cannot be asked.
        """
        address = address_of(url)
        with translated(address.place):
            connection = await address.connect()
            try:
                await connection.execute(_ALIVE)
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    return cls(address, connection)
            except BaseException:
                connection.terminate()
                raise
            await connection.close(timeout=2)
        return None

    @property
    def is_lost(self) -> bool:
        """Whether the connection is gone, and the claim with it."""
        return self._connection.is_closed()

    async def remove_unowned(self) -> bool:
        """Take a store away that has no account; False where it has one, or this claim is lost.

        Raises:
            StoreError: it could not be done, and nothing was changed.
        """
        if self.is_lost:
            return False
        with translated(self._address.place):
            async with self._connection.transaction():
                # Who was cut off while making it may not be through with that yet.
                await self._connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATING)
                found = await found_by(self._connection)
                if found is Found.UNOWNED:
                    # Whoever is about to make an account waits here, and then finds no table for it.
                    await self._connection.execute(f"LOCK TABLE {SCHEMA}.accounts IN ACCESS EXCLUSIVE MODE")
                    found = await found_by(self._connection)
                if found is Found.UNOWNED:
                    await self._connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
        return found in (Found.NOTHING, Found.UNOWNED)

    async def release(self) -> None:
        """Let go; again is harmless."""
        try:
            await self._connection.close(timeout=2)
        except FAULTS:
            self._connection.terminate()
