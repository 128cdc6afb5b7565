"""The live feed: one listener a process hears the bell, and every follower reads on from its place.

A listener that fails tells every follower, on either engine: people who look at a screen have to know
since when it may be old. Whoever follows again, from now or from its last place, starts a new one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from store import changes
from store.changes import ChangeRecord
from store.errors import Forgotten, StoreError, Unavailable
from store.transaction import Transaction

if TYPE_CHECKING:
    from store.store import Store

PAGE = 200
"""How many changes are read at once."""
KEPT = 1000
"""How many changes stay in memory for followers that are nearly up to date."""


class Bell(Protocol):
    """Tells that there may be something new in the feed; the feed's table tells what."""

    def reading(self) -> Transaction:
        """Give what reads the feed, statement by statement, each at a moment of its own."""

    async def rung(self) -> None:
        """Wait until something may have been committed. Raises StoreError where nothing can be heard."""

    def ring_again(self) -> None:
        """Ring once more, because what rang could not be read."""


class Feed:
    """What all followers of one store share: a listener that runs while anybody follows."""

    def __init__(self, store: Store, bell: Callable[[], AbstractAsyncContextManager[Bell]]) -> None:
        """Follow a store; nothing runs before the first follower."""
        self._store = store
        self._make_bell = bell
        self._followers = 0
        self._listener: asyncio.Task[None] | None = None
        self._listeners: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._recent: deque[ChangeRecord] = deque(maxlen=KEPT)
        self._recent_from = -1
        self._failure: StoreError | None = None
        self._is_closed = False

    async def follow(
        self, after: int | None, begun: Callable[[], object] | None
    ) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; see `Store.follow`."""
        self._arrive()
        try:
            await self._until_listening()
            place = await self._first_place(after)
            if begun is not None:
                begun()
            while not self._is_closed:
                bell = self._bell
                batch = await self._read_on(place)
                for change in batch:
                    yield change
                    place = change.seq
                self._raise_failure()
                if not batch:
                    await bell.wait()
        except StoreError:
            if not self._is_closed:
                raise
        finally:
            self._leave()

    async def close(self) -> None:
        """Let every follower end and stop the listener."""
        self._is_closed = True
        self._ring()
        for listener in tuple(self._listeners):
            listener.cancel()
            await asyncio.wait({listener})

    def _arrive(self) -> None:
        """Count a follower in; the first one starts the listener."""
        self._followers += 1
        if self._listener is None or self._listener.done():
            self._failure = None
            self._recent.clear()
            self._recent_from = -1
            self._listener = asyncio.create_task(self._listen_until_cancelled(), name="change feed")
            self._listeners.add(self._listener)
            self._listener.add_done_callback(self._listeners.discard)

    def _leave(self) -> None:
        """Count a follower out; the last one stops the listener, so an idle process does nothing."""
        self._followers -= 1
        if self._followers == 0 and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    def _ring(self) -> None:
        """Wake every follower that waits."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def _until_listening(self) -> None:
        """Wait until the listener has begun: where no store can be reached, one tries and all are told."""
        while self._recent_from < 0 and not self._is_closed:
            self._raise_failure()
            await self._bell.wait()

    def _raise_failure(self) -> None:
        """Raise what stopped the listener, for each follower anew."""
        if self._failure is not None:
            raise type(self._failure)(*self._failure.args) from self._failure

    async def _first_place(self, after: int | None) -> int:
        """Give the place to follow from: the one that was asked for, or the newest."""
        async with self._store.read() as tx:
            newest = await changes.last_seq(tx)
        if after is not None and after > newest:
            raise Forgotten("The store is older than what was seen of it; everything has to be read anew.")
        return newest if after is None else after

    async def _read_on(self, place: int) -> Sequence[ChangeRecord]:
        """Give the changes after a place, from memory where all of them are there."""
        if 0 <= self._recent_from <= place:
            unread = list(takewhile(lambda change: change.seq > place, reversed(self._recent)))
            return unread[::-1]
        async with self._store.read() as tx:
            return await changes.after(tx, place, PAGE)

    async def _listen_until_cancelled(self) -> None:
        """Listen for changes until cancelled; whatever ends it is told to every follower."""
        failure: StoreError = Unavailable("Nothing can be heard of changes now.")
        try:
            async with self._make_bell() as bell:
                await self._listen(bell)
        except StoreError as error:
            failure = error
        finally:
            if self._listener is asyncio.current_task():
                self._failure = failure
                self._ring()

    async def _listen(self, bell: Bell) -> None:
        """Read what is new whenever the bell has rung; it rings already when the first place is read."""
        tx = bell.reading()
        place = self._recent_from = await changes.last_seq(tx)
        self._ring()
        while True:
            await bell.rung()
            try:
                while batch := await changes.after(tx, place, PAGE):
                    self._remember(batch)
                    place = batch[-1].seq
                    self._ring()
            except Unavailable:
                bell.ring_again()
                tx = bell.reading()

    def _remember(self, batch: Sequence[ChangeRecord]) -> None:
        """Keep changes for the followers, and how far back memory reaches."""
        for change in batch:
            if len(self._recent) == KEPT:
                self._recent_from = self._recent[0].seq
            self._recent.append(change)
