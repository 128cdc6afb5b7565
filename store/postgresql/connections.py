"""The adapter to PostgreSQL: one connection of the driver, statement by statement, with typed errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import asyncpg

from store.errors import InDoubt, Refused, StoreError, Unavailable
from store.postgresql.address import Address
from store.postgresql.parameters import bound, numbered
from store.postgresql.translate import FAULTS, is_lost, translate
from store.rows import Value
from store.statements import Outcome, Statement
from store.values import Kept

BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
TIDYING = 2.0
"""Seconds for a connection to come to rest after a statement was cut off."""
_NEVER = 86_400.0
_NOTHING = "SELECT 1"


class Connection:
    """One connection. It is used by one transaction at a time, whose statements run one after another."""

    __slots__ = (
        "_address",
        "_host",
        "_is_warned",
        "_place",
        "_turn",
        "_was_cut_off",
        "answer_timeout",
        "driver",
        "rested_at",
    )

    def __init__(self, driver: asyncpg.Connection, address: Address) -> None:
        """Use a connection of the driver."""
        self.driver = driver
        """The driver's connection."""
        self.rested_at = 0.0
        """When it was last given back, by the clock of the event loop."""
        self._place = address.place
        self._address = address
        self._host = address.next_hosts()[0]  # the one that has just been reached
        self.answer_timeout = address.answer_timeout
        """Seconds for the answer to a statement to arrive; then the connection is given up."""
        self._turn = asyncio.Lock()
        self._was_cut_off = False
        self._is_warned = False
        driver.add_log_listener(self._hear)

    @property
    def is_sound(self) -> bool:
        """Whether it can be used again."""
        return not self.driver.is_closed()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is under way on it, and nothing was left undone."""
        return not (self._was_cut_off or self._turn.locked() or self.driver.is_in_transaction())

    def spoil(self) -> None:
        """Cut the connection, whatever is under way on it; the server undoes what is not committed."""
        self.driver.terminate()

    async def run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other and give what came of each; the first failure ends it."""
        async with self._turn:
            return [await self._run(sql, params, gives_rows) for sql, params, gives_rows in statements]

    async def command(self, sql: str) -> int:
        """Run one or more statements that have no parameters and give nothing, in one trip to the server.

        Gives how many rows the last one changed.
        """
        async with self._turn:
            return (await self._send(sql, (), False)).changed

    async def commit(self) -> None:
        """Commit; whoever awaits it sees it through, or could not know what became of it.

        Nobody asks the server to cancel a commit: one that waits for a standby would then be kept on
        this server alone. One that is not answered in time costs the connection, and is in doubt.
        """
        timer = asyncio.get_running_loop().call_later(self.answer_timeout, self._give_up)
        try:
            async with self._turn:
                self._is_warned = False
                status = await self.driver.execute(COMMIT, timeout=_NEVER)
        except FAULTS as error:
            raise self._told(error) from error
        finally:
            timer.cancel()
        if status != COMMIT:
            raise Unavailable(f"The store {self._place} undid your change. Try again.")
        if self._is_warned:
            raise InDoubt(
                f"Your change is kept by the server of the store {self._place}, but perhaps not by its"
                " standby, and would be lost with it. Look before you repeat it."
            )

    async def tidy(self, *, undo: bool) -> None:
        """Wait for the end of what was cut off, and undo what is not committed, or cut the connection."""
        try:
            async with self._turn:
                await self.driver.execute(ROLLBACK if undo else _NOTHING, timeout=TIDYING)
            self._was_cut_off = False
        except FAULTS:
            self.spoil()

    async def close(self) -> None:
        """Take leave of the server."""
        try:
            await self.driver.close(timeout=TIDYING)
        except FAULTS:
            self.spoil()

    async def _run(self, sql: str, params: Mapping[str, Value], gives_rows: bool) -> Outcome:
        """Run one statement with its parameters."""
        text, names = numbered(sql)
        return await self._send(text, bound(names, params), gives_rows)

    async def _send(self, text: str, values: Sequence[Kept], gives_rows: bool) -> Outcome:
        """Have the server run something."""
        try:
            if gives_rows:
                return Outcome(await self.driver.fetch(text, *values, timeout=self.answer_timeout), 0)
            status = await self.driver.execute(text, *values, timeout=self.answer_timeout)
            return Outcome((), _changed(status))
        except (asyncpg.DataError, UnicodeEncodeError, OverflowError) as error:
            raise Refused(f"The store {self._place} cannot hold a value.") from error
        except asyncio.CancelledError:
            self._was_cut_off = True  # the driver has asked the server to stop, and waits for that by itself
            raise
        except FAULTS as error:
            raise self._told(error) from error

    def _give_up(self) -> None:
        """Cut a connection that fell silent; whoever connects next asks another host first, if any."""
        self._address.note(self._host, is_good=False)
        self.spoil()

    def _told(self, error: Exception) -> StoreError:
        """Say what a fault means; a connection that will not answer any more is given up."""
        if isinstance(error, TimeoutError):
            self._give_up()
        elif is_lost(error):
            self.spoil()
        return translate(error, self._place, is_cut=not self.is_sound)

    def _hear(self, _: object, message: object) -> None:
        """Remember that the server has warned of something."""
        if getattr(message, "severity_en", getattr(message, "severity", "")) == "WARNING":
            self._is_warned = True


def _changed(status: str) -> int:
    """Read how many rows a command changed from what the server says of it, such as UPDATE 1."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isascii() and last.isdecimal() else 0


def holding(names: Iterable[str]) -> Statement:
    """What holds names until the end of a transaction, always in the same order."""
    keys = sorted({lock_key(name) for name in names})
    places = ", ".join(f"pg_advisory_xact_lock(:key{place})" for place in range(len(keys)))
    return Statement(f"SELECT {places}", {f"key{place}": key for place, key in enumerate(keys)})


def lock_key(name: str) -> int:
    """Give the number by which the server knows a name that is held: 64 bits of its SHA-256."""
    return int.from_bytes(sha256(name.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
