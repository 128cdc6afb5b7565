"""The doorbell of a server: NOTIFY rings on a connection of its own, and the table is the letter."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from store.postgresql.address import Address
from store.postgresql.connections import Connection
from store.postgresql.translate import translated
from store.statements import Statement
from store.transaction import Speaking, Transaction

CHANNEL = "strongroom_changes"
PERIOD = 1.0
"""Seconds after which the connection is tried although nothing rang."""
_STILL_THERE = Statement("SELECT 1", {})


class ServerBell:
    """Rings when any process has committed a change; raises when its connection is lost."""

    def __init__(self, address: Address) -> None:
        """Wait to be entered."""
        self._address = address
        self._driver: asyncpg.Connection | None = None
        self._rung = asyncio.Event()

    async def __aenter__(self) -> ServerBell:
        """Connect and listen."""
        with translated(self._address.place):
            self._driver = await self._address.connect()
            self._driver.add_termination_listener(self._ring)
            await self._driver.add_listener(CHANNEL, self._ring)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        if self._driver is not None:
            with suppress(Exception):
                await self._driver.close(timeout=1)

    def reading(self) -> Transaction:
        """Give what reads the feed, statement by statement."""
        return Speaking(self._connection())

    async def rung(self) -> None:
        """Wait until a change was committed.

        Raises Unavailable where the connection is lost.
        """
        while True:
            try:
                async with asyncio.timeout(PERIOD):
                    await self._rung.wait()
                self._rung.clear()
                return
            except TimeoutError:
                await self._connection().run([_STILL_THERE])

    def ring_again(self) -> None:
        """Ring once more."""
        self._rung.set()

    def _ring(self, *_: object) -> None:
        self._rung.set()

    def _connection(self) -> Connection:
        """Give the adapter to the connection."""
        assert self._driver is not None  # noqa: S101 - told to the type checker
        return Connection(self._driver, self._address)
