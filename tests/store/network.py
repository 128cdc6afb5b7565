"""Acts over a line that fails at a chosen message, and what became of them in truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from store import facts
from store.errors import InDoubt, StoreError
from store.ids import new_id
from store.postgresql.address import address_of
from store.postgresql.store import PostgresqlStore
from store.store import Store
from tests.store.proxy import Deed, Fault, Message, Proxy
from tests.store.samples import NOW

LANE = "a lane that everybody shares"
"""What every act holds, so that one that stays held is noticed by the next."""
WARM = "warmed up"
BOUND = 30.0
"""Seconds within which any act ends, with the time-outs that people have; tests use shorter ones."""


def far(proxy: Proxy, *, scale: float = 1.0) -> PostgresqlStore:
    """A store over a line, which is given up soon."""
    address = replace(
        address_of(proxy.url),
        connect_timeout=1.0 * scale,
        statement_timeout=0.7 * scale,
        lock_timeout=0.6 * scale,
        idle_timeout=0.6 * scale,
        answer_timeout=1.0 * scale,
    )
    return PostgresqlStore(proxy.url, address, 3)


class Nth:
    """Fits the message that is the nth of those which the server answers."""

    def __init__(self, number: int) -> None:
        """Count down."""
        self._left = number

    def __call__(self, message: Message) -> bool:
        """Whether this is the one."""
        self._left -= message.ends_question
        return message.ends_question and self._left == 0


def committed(message: Message) -> bool:
    """Whether the server says that a commit took place."""
    return message.tells(b"COMMIT")


@dataclass(frozen=True, slots=True)
class Ended:
    """What somebody was told of an act, and what came after it."""

    name: str
    """Which fault it met, for reading."""
    told: str
    """done, refused or in doubt."""
    works_after: bool
    """Whether the next act on the same pool went well."""
    seconds: float
    """How long they waited for the answer."""


async def act(store: Store, name: str) -> None:
    """Write one fact, under the lane, as an act of its own."""
    async with store.write(new_id(NOW), NOW) as tx:
        await tx.hold(LANE + name)
        await facts.put(tx, name, "kept")


async def told(work: Callable[[], Awaitable[object]]) -> str:
    """Do something and give what was said of it."""
    try:
        await work()
    except InDoubt:
        return "in doubt"
    except StoreError:
        return "refused"
    return "done"


@asynccontextmanager
async def line(url: str, *, scale: float = 1.0) -> AsyncIterator[tuple[Proxy, PostgresqlStore]]:
    """A line and a store over it that has been used before."""
    async with Proxy(url) as proxy:
        store = far(proxy, scale=scale)
        await act(store, WARM)
        proxy.seen.clear()
        yield proxy, store
        proxy.mend()
        await store.close()


async def met(url: str, name: str, fault: Fault, *, lasts: bool = False, is_new: bool = False) -> Ended:
    """Let one act meet a fault, and try the next one once the line is mended."""
    async with line(url) as (proxy, store):
        if is_new:
            store._pool.renew()
        proxy.expect(fault, lasts=lasts)
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.timeout(BOUND):
            answer = await told(lambda: act(store, name))
        seconds = clock() - began
        proxy.mend()
        async with asyncio.timeout(BOUND):
            after = await told(lambda: act(store, f"{name}, and after"))
        return Ended(name, answer, after == "done", seconds)


def faults(questions: int) -> Iterator[tuple[str, Fault]]:
    """Every deed at every message that is answered, before and after it is passed on."""
    for deed in Deed:
        for number in range(1, questions + 1):
            for passes in (False, True):
                where = "after" if passes else "before"
                yield f"{deed.value} {where} message {number}", Fault(deed, Nth(number), passes)
        yield f"{deed.value} at the answer to COMMIT", Fault(deed, committed)


async def at_rest(near: Store) -> None:
    """Wait until no transaction of anybody else is under way; the server gives up those that are silent."""
    async with asyncio.timeout(20):
        while True:
            async with near.read() as tx:
                row = await tx.fetch_one(
                    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
            if row is not None and row["n"] == 0:
                return
            await asyncio.sleep(0.05)


async def contradictions(near: Store, ends: list[Ended]) -> list[str]:
    """Compare what people were told with what the store holds, once nothing is under way any more."""
    await at_rest(near)
    wrong = []
    async with near.read() as tx:
        for end in ends:
            is_kept = await facts.get(tx, end.name) is not None
            if (end.told == "done" and not is_kept) or (end.told == "refused" and is_kept):
                wrong.append(f"{end.name}: told {end.told}, and it is {'kept' if is_kept else 'not kept'}")
            if not end.works_after:
                wrong.append(f"{end.name}: the pool does not work afterwards")
    return wrong
