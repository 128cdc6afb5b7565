"""Few connections for many people: who asks gets the one that rested last, or waits for one.

The driver's own pool opens a task at each return and wraps every call; a look-up would cost a third more.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TypeGuard

from store.errors import NewerSchema, StoreError, Unavailable
from store.postgresql.address import Address
from store.postgresql.connections import Connection
from store.postgresql.settled import opened
from store.postgresql.translate import closed, is_of_schema, is_out_of_room
from store.schema import Known

KEPT = 60.0
"""Seconds that a connection rests before it is let go, so that a quiet process costs the server nothing."""


class Pool:
    """Connections that are opened as they are needed. A place is taken, resting or free, and never lost."""

    def __init__(self, address: Address, size: int, patience: float, known: Known | None = None) -> None:
        """Hold no connection yet; `size` is the most there will be, `patience` the seconds to wait.

        Nobody is let in where the schema is not the `known` one.
        """
        self._address = address
        self._size = size
        self._patience = patience
        self._known = known
        self._resting: list[Connection] = []
        self._taken = 0
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._nothing_taken = asyncio.Event()
        self._sweeper: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def take(self) -> Connection:
        """Take a connection; it is opened now where none rests.

        Raises Unavailable where all stay taken, and what the driver raises as a StoreError.
        """
        self.require_open()
        connection = self._rested()
        if connection is None and self._taken >= self._size:
            connection = await self._wait()
        else:
            self._taken += 1
        return connection if _is_sound(connection) else await self._open_or_wait()

    def require_open(self) -> None:
        """Let nobody in once it is closed, or the store has outrun the program."""
        if self._is_closed:
            raise closed(self._address.place)
        if self._known is not None:
            self._known.require()

    def note(self, found: int) -> None:
        """Hold the schema that was found against the one that is known. Raises NewerSchema."""
        if self._known is not None:
            self._known.note(found)

    def give_back(self, connection: Connection) -> None:
        """Give a connection back, at rest; one that was spoilt leaves its place to another.

        Those that rest lead to the same server, and each of them would be found out only by waiting for it.
        """
        if not connection.is_sound:
            self.renew()
        self._pass_on(connection if connection.is_sound else None)

    def renew(self) -> None:
        """Let go of every connection that rests: the server they lead to is gone."""
        resting, self._resting = self._resting, []
        for connection in resting:
            connection.spoil()

    async def close(self) -> None:
        """Let nobody in, wait for those under way, and close all."""
        self._is_closed = True
        while self._waiting:
            _answer(self._waiting.popleft(), closed(self._address.place))
        while self._taken:
            self._nothing_taken.clear()
            await self._nothing_taken.wait()
        if self._sweeper is not None:
            self._sweeper.cancel()
        resting, self._resting = self._resting, []
        await asyncio.gather(*(connection.close() for connection in resting))

    def _rested(self) -> Connection | None:
        """Take the connection that rested last, if one is left that was not lost meanwhile."""
        while self._resting:
            connection = self._resting.pop()
            if connection.is_sound:
                return connection
        return None

    async def require_known(self, error: StoreError) -> None:
        """Look what is behind a fault. Raises NewerSchema where a newer program has changed the tables."""
        if self._known is not None and is_of_schema(error):
            try:
                (await opened(self._address, self._known)).spoil()
            except NewerSchema as newer:
                raise newer from error
            except StoreError:
                return

    async def _open_or_wait(self) -> Connection:
        """Open a connection in a place that was taken; where the server has no more of them, share ours."""
        try:
            return await self._open()
        except Unavailable as error:
            if not is_out_of_room(error):
                raise
            connection = self._rested()
            if connection is not None:
                self._taken += 1
                return connection
            if not self._taken:
                raise  # nobody is there to give one back
        connection = await self._wait()
        return connection if _is_sound(connection) else await self._open()

    async def _open(self) -> Connection:
        """Open a connection in a place that was taken."""
        try:
            return await opened(self._address, self._known)
        except BaseException as error:
            if isinstance(error, StoreError) and is_out_of_room(error) and self._taken > 1:
                self._taken -= 1  # who waits is served by a connection of ours, not by trying the same again
            else:
                self._pass_on(None)
            raise

    async def _wait(self) -> Connection | None:
        """Wait for a place, with the connection that is in it or without."""
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on(turn.result())
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _busy(self._address.place) from None
            raise

    def _pass_on(self, connection: Connection | None) -> None:
        """Give a place to whoever has waited longest; where nobody waits, its connection rests."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._taken -= 1
        if connection is not None:
            self._rest(connection)
        if self._taken == 0 and self._is_closed:
            self._nothing_taken.set()

    def _rest(self, connection: Connection) -> None:
        """Let a connection rest, and look after it when it may have rested for too long."""
        loop = asyncio.get_running_loop()
        connection.rested_at = loop.time()
        self._resting.append(connection)
        if self._sweeper is None and not self._is_closed:
            self._sweeper = loop.call_later(KEPT, self._sweep)

    def _sweep(self) -> None:
        """Let go of what has rested for long; the first in the list has rested longest."""
        loop = asyncio.get_running_loop()
        while self._resting and self._resting[0].rested_at + KEPT <= loop.time():
            self._resting.pop(0).spoil()
        self._sweeper = None
        if self._resting:
            self._sweeper = loop.call_at(self._resting[0].rested_at + KEPT, self._sweep)


def _is_sound(connection: Connection | None) -> TypeGuard[Connection]:
    """Whether a place came with a connection that can be used."""
    return connection is not None and connection.is_sound


def _answer(turn: asyncio.Future[Connection | None], error: Unavailable) -> None:
    """Refuse one who waits."""
    if not turn.done():
        turn.set_exception(error)


def _busy(place: str) -> Unavailable:
    """Say that all connections stayed taken."""
    return Unavailable(f"The store {place} is busy. Try again in a moment.")
