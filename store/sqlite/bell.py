"""The doorbell of a file: a connection that looks at SQLite's own counter of commits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from store.rows import number
from store.sqlite.connections import Access, Connection
from store.statements import Statement
from store.transaction import Speaking, Transaction

PERIOD = 0.2
"""Seconds between two looks; a revoked session closes within a second (R052)."""
_DATA_VERSION = Statement("PRAGMA data_version", {})


class FileBell:
    """Rings when PRAGMA data_version tells of a commit by any other connection."""

    def __init__(self, access: Access, require_there: Callable[[], None]) -> None:
        """Wait to be entered."""
        self._access = access
        self._require_there = require_there
        self._connection: Connection | None = None
        self._version = -1

    async def __aenter__(self) -> FileBell:
        """Open the connection, and note how far the counter is."""
        self._connection = await Connection.connect(self._access, writes=False)
        try:
            self._version = await self._read(self._connection)
        except BaseException:
            await self._connection.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    def reading(self) -> Transaction:
        """Give what reads the feed, statement by statement."""
        assert self._connection is not None  # noqa: S101 - told to the type checker
        return Speaking(self._connection)

    async def rung(self) -> None:
        """Wait until somebody else has committed.

        Raises Missing where the file is no longer there, NewerSchema where it was migrated.
        """
        assert self._connection is not None  # noqa: S101 - told to the type checker
        while True:
            await asyncio.sleep(PERIOD)
            self._require_there()
            now = await self._read(self._connection)
            if now != self._version:
                await self._connection.require_known()
                self._version = now
                return

    def ring_again(self) -> None:
        """Ring at the next look, because what rang could not be read."""
        self._version = -1

    async def _read(self, connection: Connection) -> int:
        """Read the counter that moves when another connection commits."""
        outcome = (await connection.run([_DATA_VERSION]))[0]
        return number(outcome.rows[0], "data_version")
