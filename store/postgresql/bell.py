"""The doorbell of a server: NOTIFY rings on a connection of its own, and the table is the letter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from store.postgresql.address import Address
from store.postgresql.connections import Connection
from store.postgresql.settled import SCHEMA_VERSION
from store.postgresql.translate import translate, translated
from store.rows import number
from store.schema import Known
from store.statements import Outcome, Statement
from store.transaction import Speaking, Transaction

CHANNEL = "strongroom_changes"
PERIOD = 2.5
"""Seconds of silence after which the server is asked whether it is still there."""
ANSWER = 2.0
"""Seconds for it to answer. A line that swallows everything is found out within the two together."""
AGAIN = 0.2
"""Seconds after which it rings once more where what rang could not be read."""
MIGRATED = "migrated"
"""What a migration rings with."""
_STILL_THERE = Statement(SCHEMA_VERSION, {}, gives_rows=True)


class Listening(Connection):
    """The connection that listens: whatever it asks is answered soon, or it is lost."""

    async def run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other; the first failure ends it."""
        try:
            async with asyncio.timeout(ANSWER):
                return await super().run(statements)
        except TimeoutError as error:
            self.spoil()
            raise translate(error, self._place) from error


class ServerBell:
    """Rings when any process has committed a change; raises when its connection is lost.

    There are no letters to lose: what rings says nothing, however often, and the table is read from the
    last place on. So one ring stands for many, and a line that was silent has only to be followed anew.
    """

    def __init__(self, address: Address, known: Known) -> None:
        """Wait to be entered."""
        self._address = address
        self._known = known
        self._was_migrated = True  # until it was asked
        self._listening: Listening | None = None
        self._rung = asyncio.Event()

    async def __aenter__(self) -> ServerBell:
        """Connect and listen."""
        with translated(self._address.place):
            driver = await self._address.connect()
            self._listening = Listening(driver, self._address)
            try:
                driver.add_termination_listener(self._ring)
                await driver.add_listener(CHANNEL, self._ring)
            except BaseException:
                driver.terminate()
                raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        await self._connection().close()

    def reading(self) -> Transaction:
        """Give what reads the feed, statement by statement."""
        return Speaking(self._connection())

    async def rung(self) -> None:
        """Wait until a change was committed.

        Raises Unavailable where the connection is lost, NewerSchema where the store was migrated.
        """
        if self._was_migrated:
            await self._require_known()
        while not self._rung.is_set():
            try:
                async with asyncio.timeout(PERIOD):
                    await self._rung.wait()
            except TimeoutError:
                await self._require_known()
        self._rung.clear()
        if not self._connection().is_sound:
            raise translate(ConnectionResetError(), self._address.place)
        if self._was_migrated:
            await self._require_known()

    async def _require_known(self) -> None:
        """Ask whether the server is still there, and has the schema that the program knows."""
        (outcome,) = await self._connection().run([_STILL_THERE])
        self._known.note(number(outcome.rows[0], "version"))
        self._was_migrated = False

    def ring_again(self) -> None:
        """Ring once more in a moment."""
        asyncio.get_running_loop().call_later(AGAIN, self._rung.set)

    def _ring(self, *heard: object) -> None:
        """Ring; who has migrated the store says so in the letter."""
        self._was_migrated = self._was_migrated or heard[-1] == MIGRATED
        self._rung.set()

    def _connection(self) -> Listening:
        """Give the connection that listens."""
        assert self._listening is not None  # noqa: S101 - told to the type checker
        return self._listening
