"""The live feed: one poller a process rings the bell, and every follower reads on from its place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from store import changes
from store.changes import ChangeRecord
from store.errors import StoreError, Unavailable
from store.rows import number
from store.sqlite import Access, Connection
from store.statements import Statement
from store.transaction import Speaking

if TYPE_CHECKING:
    from store.store import Store

PERIOD = 0.2
"""Seconds between two looks; a revoked session closes within a second (R052)."""
PAGE = 200
"""How many changes are read at once."""
KEPT = 1000
"""How many changes stay in memory for followers that are nearly up to date."""
_DATA_VERSION = Statement("PRAGMA data_version", {})


class Feed:
    """What all followers of one store share: a poller that runs while anybody follows."""

    def __init__(self, store: Store, access: Access) -> None:
        """Follow a store; nothing runs before the first follower."""
        self._store = store
        self._access = access
        self._followers = 0
        self._poller: asyncio.Task[None] | None = None
        self._pollers: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._recent: deque[ChangeRecord] = deque(maxlen=KEPT)
        self._recent_from = -1
        self._failure: StoreError | None = None
        self._is_closed = False

    async def follow(self, after: int | None) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; None begins at the first step.

        Ends when the store is closed. Raises what stopped the poller; follow again from the last
        `seq` to go on.
        """
        self._arrive()
        try:
            place = await self._newest() if after is None else after
            while not self._is_closed:
                bell = self._bell
                batch = await self._read_on(place)
                for change in batch:
                    yield change
                    place = change.seq
                if self._failure is not None:
                    raise self._failure
                if not batch:
                    await bell.wait()
        finally:
            self._leave()

    async def close(self) -> None:
        """Let every follower end and stop the poller."""
        self._is_closed = True
        self._ring()
        for poller in tuple(self._pollers):
            poller.cancel()
            await asyncio.wait({poller})

    def _arrive(self) -> None:
        """Count a follower in; the first one starts the poller."""
        self._followers += 1
        if self._poller is None or self._poller.done():
            self._failure = None
            self._recent.clear()
            self._recent_from = -1
            self._poller = asyncio.create_task(self._poll(), name="change feed")
            self._pollers.add(self._poller)
            self._poller.add_done_callback(self._pollers.discard)

    def _leave(self) -> None:
        """Count a follower out; the last one stops the poller, so an idle process does nothing."""
        self._followers -= 1
        if self._followers == 0 and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    def _ring(self) -> None:
        """Wake every follower that waits."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def _newest(self) -> int:
        """Give the newest place in the feed."""
        async with self._store.read() as tx:
            return await changes.last_seq(tx)

    async def _read_on(self, place: int) -> Sequence[ChangeRecord]:
        """Give the changes after a place, from memory where all of them are there."""
        if 0 <= self._recent_from <= place:
            unread = list(takewhile(lambda change: change.seq > place, reversed(self._recent)))
            return unread[::-1]
        async with self._store.read() as tx:
            return await changes.after(tx, place, PAGE)

    async def _poll(self) -> None:
        """Look for changes until cancelled; PRAGMA data_version tells of commits by any other connection."""
        try:
            connection = await Connection.connect(self._access, writes=False)
            try:
                await self._look(connection)
            finally:
                await connection.close()
        except StoreError as error:
            if self._poller is asyncio.current_task():
                self._failure = error
                self._ring()

    async def _look(self, connection: Connection) -> None:
        """Read what is new whenever the data version has moved."""
        tx = Speaking(connection)
        version = await _data_version(connection)
        place = self._recent_from = await changes.last_seq(tx)
        self._ring()
        while True:
            await asyncio.sleep(PERIOD)
            self._store.require_there()
            now = await _data_version(connection)
            if now == version:
                continue
            version = now
            try:
                while batch := await changes.after(tx, place, PAGE):
                    self._remember(batch)
                    place = batch[-1].seq
                    self._ring()
            except Unavailable:
                version = -1  # Read again at the next look: the version alone will not move.
                tx = Speaking(connection)

    def _remember(self, batch: Sequence[ChangeRecord]) -> None:
        """Keep changes for the followers, and how far back memory reaches."""
        for change in batch:
            if len(self._recent) == KEPT:
                self._recent_from = self._recent[0].seq
            self._recent.append(change)


async def _data_version(connection: Connection) -> int:
    """Read the counter that moves when another connection commits."""
    outcome = (await connection.run([_DATA_VERSION]))[0]
    return number(outcome.rows[0], "data_version")
