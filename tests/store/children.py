"""Other processes for the tests: they start together at a barrier, and tell by their exit code."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import asyncpg

from store import audit, facts, organisations, recovery_codes, two_factor
from store.errors import Duplicate, StoreError, Unavailable
from store.ids import new_id
from store.postgresql.migrating import prepare
from store.rows import text
from store.schema import Migration, packaged
from store.sqlite.connections import Access, connect_now, settle
from store.sqlite.migrating import migrate
from store.store import open_store
from store.transaction import Transaction
from tests.store import samples

WON = 0
LOST = 1
FAILED = 2
"""How a child ends: it did the thing, it was refused, or something went wrong."""

Child = Callable[..., Coroutine[object, object, bool]]


def processes() -> ForkServerContext:
    """Give what starts children quickly, and without the threads of the tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.children"])
    return context


def race(count: int, child: Child, *arguments: object) -> list[int]:
    """Run one coroutine in many processes that begin at the same moment, and give how each ended."""
    context = processes()
    barrier = context.Barrier(count)
    children = [context.Process(target=_run, args=(barrier, child, arguments)) for _ in range(count)]
    for process in children:
        process.start()
    for process in children:
        process.join(120)
    return [FAILED if process.exitcode is None else process.exitcode for process in children]


def _run(barrier: Barrier, child: Child, arguments: tuple[object, ...]) -> None:
    """Be one child."""

    async def main() -> bool:
        await asyncio.to_thread(barrier.wait, 60)
        return await child(*arguments)

    try:
        code = WON if asyncio.run(main()) else LOST
    except StoreError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        code = FAILED
    sys.exit(code)


async def spend_step(url: str, step: int) -> bool:
    """Spend one time step of Ada's."""
    store = await open_store(url)
    async with samples.writing(store) as tx:
        spent = await two_factor.spend_step(tx, account_id=await _ada(tx), step=step)
    await store.close()
    return spent


async def spend_code(url: str, mac: bytes) -> bool:
    """Spend one recovery code of Ada's."""
    store = await open_store(url)
    async with samples.writing(store) as tx:
        spent = await recovery_codes.spend(tx, await _ada(tx), [mac], samples.NOW)
    await store.close()
    return spent


async def _ada(tx: Transaction) -> str:
    """Find Ada's account; this process has made up other ids than the one that made the store."""
    row = await tx.fetch_one("SELECT id FROM accounts")
    assert row is not None
    return text(row, "id")


async def append_event(url: str, org_id: str) -> bool:
    """Add one event to a chain, at whatever place is next; whoever is told to try again does so."""
    async with samples.opened(url) as store:
        for _ in range(10):
            try:
                async with store.write(new_id(samples.NOW), samples.NOW, hold=(org_id,)) as tx:
                    head = await audit.head(tx, org_id)
                    event = replace(samples.event(head.seq + 1, head.hash), org_id=org_id)
                    await audit.insert(tx, event)
                    await audit.set_head(tx, org_id, event.seq, event.hash)
            except Unavailable:  # fifty on a slow machine wait for longer than a server lets them
                continue
            return True
    return False


async def open_and_close(url: str, times: int) -> bool:
    """Open the store again and again; whoever closes it as the last takes its log away."""
    for _ in range(times):
        store = await open_store(url)
        await store.close()
    return True


async def create(url: str) -> bool:
    """Make the store, unless another was quicker."""
    try:
        store = await open_store(url, create=True)
    except Duplicate:
        return False
    await store.close()
    return True


async def open_whole(url: str) -> bool:
    """Open a store that was just made, and look at all of it."""
    store = await open_store(url)
    await store.check(full=True)
    await store.close()
    return True


def later(dialect: str) -> Migration:
    """A migration that the program does not have, and that may run only once."""
    place = "strongroom." if dialect == "postgresql" else ""
    return Migration(
        packaged(dialect)[-1].version + 1,
        "later",
        f"CREATE TABLE {place}later (n INTEGER);\nINSERT INTO {place}later (n) VALUES (1);\n",
    )


async def migrate_further(url: str) -> bool:
    """Apply one migration more than the program has."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite://"))
        access = Access(path, 30.0, durable=True)
        connection = connect_now(access)
        settle(connection, access)
        migrate(connection, path, [*packaged("sqlite"), later("sqlite")])
        connection.close()
    else:
        driver = await asyncpg.connect(url)
        await prepare(driver, url, [*packaged("postgresql"), later("postgresql")], create=False)
        await driver.close()
    return True


def migrate_and_die(url: str) -> None:
    """Begin a migration of two steps, and be killed in the middle of the second."""

    async def main() -> None:
        first = later("postgresql")
        slow = Migration(first.version + 1, "slow", "SELECT pg_sleep(60);\n")
        driver = await asyncpg.connect(url)
        await prepare(driver, url, [*packaged("postgresql"), first, slow], create=False)

    asyncio.run(main())


PARTS = 5
"""How many statements the act has that is killed."""


def die_at(url: str, statement: int) -> None:
    """Make one act, and be killed before the statement with this number, before the commit, or after it."""

    async def main() -> None:
        store = await open_store(url)
        async with store.write(new_id(samples.NOW), samples.NOW) as tx:
            for number in range(PARTS):
                if number == statement:
                    os.kill(os.getpid(), signal.SIGKILL)
                await facts.put(tx, f"part {number}", "new")
            if statement == PARTS:
                os.kill(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(main())


def write_until_killed(url: str, told: str) -> None:
    """Count upwards in two facts at once, and tell each number that was acknowledged."""

    async def main() -> None:
        store = await open_store(url)
        acknowledged = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number in range(1, 1_000_000):
            async with samples.writing(store) as tx:
                await facts.put(tx, "left", str(number))
                await organisations.list_all(tx)
                await facts.put(tx, "right", str(number))
            os.write(acknowledged, b"%d\n" % number)

    asyncio.run(main())
