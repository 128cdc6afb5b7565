"""Stores for the tests of the flows, on every engine there is, at next to no cost.

Making a store costs more than many a test. So each process of a run makes one on a server, which is
emptied before each test that asks for one, and one in a file, which is copied.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg

from store.sqlite.store import SqliteStore
from store.store import Store, open_store
from tests import postgresql

ENGINES = ("sqlite", "postgresql")
"""Every flow is tested on both."""

_TABLES = """
SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
WHERE schemaname = 'strongroom' AND tablename <> 'schema_migrations' ORDER BY 1
"""
_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences
WHERE schemaname = 'strongroom' ORDER BY 1
"""


class Reused:
    """A database of this process: a store that is emptied, not made anew."""

    def __init__(self, server: Callable[[], postgresql.Server] = postgresql.shared) -> None:
        """Have none yet; the server is asked for when one is needed."""
        self._server = server
        self._url = ""
        self._emptying = ""

    async def emptied(self) -> str:
        """Give its URL; the store in it is as one that was just made."""
        if not self._url:
            server, name = self._server(), f"flows{os.getpid()}"
            server.sql(f"CREATE DATABASE {name}")  # goes with the server
            url = server.url(name)
            await (await open_store(url, create=True, durable=False)).close()
            await self._learn(url)
            self._url = url
        connection = await asyncpg.connect(self._url)
        await connection.execute(self._emptying)
        await connection.close()
        return self._url

    async def _learn(self, url: str) -> None:
        """Find out how it is emptied: whoever is still connected goes first, then every row."""
        connection = await asyncpg.connect(url)
        tables = [str(row["name"]) for row in await connection.fetch(_TABLES)]
        sequences = [str(row["name"]) for row in await connection.fetch(_SEQUENCES)]
        for table in tables:
            is_empty = not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608
            assert is_empty, f"a new store has rows in {table}, which emptying would lose"
        await connection.close()
        self._emptying = ";".join(
            [
                "SET session_replication_role = replica",
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                *(f"DELETE FROM {table}" for table in tables),  # noqa: S608
                *(f"ALTER SEQUENCE {sequence} RESTART" for sequence in sequences),
            ]
        )


_reused = Reused()


@cache
def _beside() -> Path:
    """Where the store lies that is copied, as long as this process lasts."""
    folder = tempfile.mkdtemp(prefix="flows-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


async def _copy(directory: Path) -> str:
    """Copy the store of a file that was just made, and give its URL."""
    made = _beside() / "kept"
    if not made.exists():
        making = _beside() / uuid4().hex  # somebody else may make it at the same time
        await (await open_store(f"sqlite://{making / 'strongroom.db'}", create=True)).close()
        making.rename(made if not made.exists() else making)
    shutil.copytree(made, directory)
    return f"sqlite://{directory / 'strongroom.db'}"


@asynccontextmanager
async def new_store(engine: str, directory: Path) -> AsyncIterator[Store]:
    """A new store, closed at the end; one of a file lies in a directory of its own below this one."""
    if engine == "sqlite":
        store = await open_store(await _copy(directory / uuid4().hex))
    else:
        store = await open_store(await _reused.emptied())
    try:
        yield store
    finally:
        await store.close()


async def everything_in(store: Store) -> bytes:
    """All that a store holds, as it lies there while it is open and after it was closed, which this does.

    Of a server these are the values of all tables; what else it writes down is looked at where a
    server of one's own is watched.
    """
    if isinstance(store, SqliteStore):
        directory = store.path.parent
        kept = b"".join(file.read_bytes() for file in directory.iterdir())
        await store.close()
        return kept + b"".join(file.read_bytes() for file in directory.iterdir())
    await store.close()
    connection = await asyncpg.connect(store.url)
    kept = b""
    for table in await connection.fetch(_TABLES):
        for row in await connection.fetch(f"SELECT * FROM {table['name']}"):  # noqa: S608 - a name of the schema
            kept += b" ".join(v if isinstance(v, bytes) else str(v).encode() for v in row.values()) + b"\n"
    await connection.close()
    return kept
