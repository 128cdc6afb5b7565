"""Session look-ups through the store, beside the same SELECT through the bare driver."""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import asyncpg

from bench.line import Line
from bench.server import TOLD, new_server
from store import sessions
from store.ids import new_id
from store.store import Store, open_store

MANY = 500
"""Sessions in the store, and look-ups of one round; a round looks up each."""
ROUNDS = 101
"""Short ones and many: whatever else the machine does falls on few of them."""
TASKS = 50
"""Tasks that look up at once."""

CONNECTIONS = 10
"""Connections to a server, of ours and of the bare driver's pool."""

SELECT = "SELECT * FROM sessions WHERE token_hash = :token_hash"
SELECT_ON_A_SERVER = "SELECT * FROM strongroom.sessions WHERE token_hash = $1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

LookUp = Callable[[bytes], Awaitable[object]]
"""Finds one session by the hash of its token."""


def hashes() -> list[bytes]:
    """The hashes that the sessions of the store have."""
    return [hashlib.sha256(b"session %d" % index).digest() for index in range(MANY)]


async def look_ups_on_a_server(tasks: int) -> float:
    """The same on a server, beside the driver's own pool of as many connections."""
    with new_server() as server:
        url = server.url("bench")
        store = await open_store(url, create=True)
        await _fill(store)
        pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)

        async def bare(token_hash: bytes) -> object:
            """The same statement alone, as the driver's own pages show it."""
            return await pool.fetchrow(SELECT_ON_A_SERVER, token_hash)

        async def ours(token_hash: bytes) -> object:
            """The statement in a snapshot, and the record made of its row."""
            async with store.look() as tx:
                return await sessions.find_by_hash(tx, token_hash)

        try:
            return await _median(bare, ours, tasks)
        finally:
            await pool.close()
            await store.close()


async def look_ups(tasks: int, *, in_one_hop: bool) -> float:
    """The median, over the rounds, of our look-ups a second through the bare driver's.

    The driver's documented use (execute, fetchone, close) takes three hops to its thread and back;
    `in_one_hop` holds ours against its one call that takes a single hop.
    """
    async with _both(in_one_hop=in_one_hop) as (bare, ours):
        return await _median(bare, ours, tasks)


async def _median(bare: LookUp, ours: LookUp, tasks: int) -> float:
    """The median, over the rounds, of our look-ups a second through the bare ones."""
    ratios = []
    for _ in range(ROUNDS):
        before = await _seconds(bare, tasks)
        between = await _seconds(ours, tasks)
        after = await _seconds(bare, tasks)
        ratios.append((before + after) / 2 / between)
    return statistics.median(ratios[1:])


@asynccontextmanager
async def _both(*, in_one_hop: bool) -> AsyncIterator[tuple[LookUp, LookUp]]:
    """Two ways to find a session in one file: one connection of the bare driver, and the store."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench" / "strongroom.db"
        path.parent.mkdir(mode=0o700)
        store = await open_store(f"sqlite://{path}", create=True)
        await _fill(store)
        driver = await aiosqlite.connect(path, isolation_level=None)

        async def bare(token_hash: bytes) -> object:
            """The same statement alone, as the driver's own pages show it."""
            async with driver.execute(SELECT, {"token_hash": token_hash}) as cursor:
                return await cursor.fetchone()

        async def bare_in_one_hop(token_hash: bytes) -> object:
            """The same statement alone, in one call."""
            return next(iter(await driver.execute_fetchall(SELECT, {"token_hash": token_hash})))

        async def ours(token_hash: bytes) -> object:
            """The statement in a snapshot, and the record made of its row."""
            async with store.read() as tx:
                return await sessions.find_by_hash(tx, token_hash)

        try:
            yield (bare_in_one_hop if in_one_hop else bare), ours
        finally:
            await driver.close()
            await store.close()


async def _fill(store: Store) -> None:
    """Settle one person with all the sessions."""
    async with store.write(new_id(NOW), NOW) as tx:
        await tx.execute("INSERT INTO organisations VALUES ('acme', 'Acme', 'Acme', 0)")
        await tx.execute(
            "INSERT INTO accounts (id, org_id, email, email_canonical, name, role, status, appearance,"
            " breach_outcome, created_at)"
            " VALUES ('ada', 'acme', 'ada@acme.example', 'ada@acme.example', 'Ada', 'owner', 'active',"
            " 'dark', 'clear', 0)"
        )
        for token_hash in hashes():
            await tx.execute(
                "INSERT INTO sessions (id, account_id, org_id, token_hash, client, source_ip, network,"
                " is_new_device, is_new_network, is_kept, methods, created_at, authenticated_at,"
                " last_active_at, expires_at)"
                " VALUES (:id, 'ada', 'acme', :token_hash, 'xterm', '192.0.2.7', '192.0.2.0/24',"
                " 0, 0, 0, 'password', :now, :now, :now, :now)",
                id=new_id(NOW),
                token_hash=token_hash,
                now=NOW,
            )


async def _seconds(look_up: LookUp, tasks: int) -> float:
    """How long it takes to find every session, so many at once."""
    queue = iter(hashes())

    async def one() -> None:
        for token_hash in queue:
            found = await look_up(token_hash)
            assert found is not None

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(tasks)))
    return time.perf_counter() - start


def _line(told: str, tasks: int, *, in_one_hop: bool) -> Line:
    """One way to ask, held against one way to use the driver."""
    way = "execute_fetchall" if in_one_hop else "execute and fetchone"
    return Line(
        f"session look-ups a second / bare aiosqlite's by {way}, {told}",
        0.8,
        False,
        lambda: asyncio.run(look_ups(tasks, in_one_hop=in_one_hop)),
    )


def _line_on_a_server(told: str, tasks: int) -> Line:
    """The same on a server."""
    return Line(
        f"session look-ups a second / bare asyncpg's by pool.fetchrow, {told}, {TOLD}",
        0.8,
        False,
        lambda: asyncio.run(look_ups_on_a_server(tasks)),
    )


LINES = (
    _line("one after another", 1, in_one_hop=False),
    _line(f"from {TASKS} tasks", TASKS, in_one_hop=False),
    _line("one after another", 1, in_one_hop=True),
    _line(f"from {TASKS} tasks", TASKS, in_one_hop=True),
    _line_on_a_server("one after another", 1),
    _line_on_a_server(f"from {TASKS} tasks", TASKS),
)
