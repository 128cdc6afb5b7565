"""A server with fewer connections than a pool would take: those that are there are shared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from store import facts
from store.errors import Unavailable
from store.store import open_store
from tests import postgresql
from tests.postgresql import QUICK, Server
from tests.store.samples import fact_written

ROOM = 6


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with few connections."""
    server = postgresql.new_server({**QUICK, "max_connections": str(ROOM), "max_wal_senders": "0"})
    try:
        server.sql("CREATE DATABASE narrow")
        yield server
    finally:
        postgresql.discard(server)


async def test_who_finds_no_room_waits_for_a_connection_of_ours(server: Server) -> None:
    store = await open_store(server.url("narrow"), create=True, connections=ROOM + 4)

    async def use() -> None:
        async with store.read() as tx:
            await facts.get(tx, "name")
            await tx.fetch("SELECT pg_sleep(0.01)")

    try:
        async with asyncio.timeout(60):
            for _ in range(5):
                await asyncio.gather(*(use() for _ in range(40)))
            await fact_written(store)
    finally:
        await store.close()


async def test_where_all_are_somebody_elses_it_is_said_at_once(server: Server) -> None:
    url = server.url("narrow")
    greedy = await open_store(url, create=True, connections=ROOM)
    everybody_in = asyncio.Barrier(ROOM + 1)
    is_over = asyncio.Event()

    async def hold() -> None:
        async with greedy.read() as tx:
            await facts.get(tx, "name")
            await everybody_in.wait()
            await is_over.wait()

    held = [asyncio.create_task(hold()) for _ in range(ROOM)]
    try:
        async with asyncio.timeout(60):
            await everybody_in.wait()
            with pytest.raises(Unavailable, match="takes no more connections"):
                await open_store(url)
    finally:
        is_over.set()
        await asyncio.gather(*held)
        await greedy.close()
