"""A store as it was at one moment, brought back as often as a test wants to begin there."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Protocol

import asyncpg

_LEFT = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Remembered(Protocol):
    """A store that can be had again as it was."""

    async def restored(self) -> str:
        """Give the URL of a store as it was then. Whoever had the one before is done with it."""

    async def left(self) -> None:
        """Wait until nobody is connected: what a process that died has left is undone by then."""


class RememberedFile:
    """Copies of a directory."""

    def __init__(self, path: Path, beside: Path) -> None:
        """Take the store's file, which nobody has open, and a directory for the copies."""
        self._path = path
        self._copies = (beside / f"again-{number}" for number in itertools.count(1))
        self._copy: Path | None = None

    async def restored(self) -> str:
        """Give the URL of a new copy; the one before goes."""
        if self._copy is not None:
            shutil.rmtree(self._copy)
        self._copy = next(self._copies)
        shutil.copytree(self._path.parent, self._copy)
        return f"sqlite://{self._copy / self._path.name}"

    async def left(self) -> None:
        """Who died is gone; what they left is undone when the file is opened."""


class RememberedServer:
    """Copies of all tables, beside them."""

    def __init__(self, url: str) -> None:
        """Name the store."""
        self._url = url
        self._restoring = ""

    async def remember(self) -> None:
        """Copy every table as it is now."""
        connection = await asyncpg.connect(self._url)
        tables = [row[0] for row in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'strongroom' ORDER BY 1"
        )]  # fmt: skip
        sequences = await connection.fetch(
            "SELECT sequencename AS name, coalesce(last_value, 1) AS place,"
            " last_value IS NOT NULL AS was_used FROM pg_sequences WHERE schemaname = 'strongroom' ORDER BY 1"
        )
        await connection.execute("DROP SCHEMA IF EXISTS remembered CASCADE; CREATE SCHEMA remembered")
        for table in tables:
            await connection.execute(f"CREATE TABLE remembered.{table} AS TABLE strongroom.{table}")
        await connection.close()
        self._restoring = ";".join(
            [
                "SET session_replication_role = replica",
                *(f"DELETE FROM strongroom.{table}" for table in tables),  # noqa: S608 - names of the schema
                *(
                    f"INSERT INTO strongroom.{table} OVERRIDING SYSTEM VALUE TABLE remembered.{table}"
                    for table in tables
                ),
                *(
                    f"SELECT setval('strongroom.{row['name']}', {row['place']}, {row['was_used']})"
                    for row in sequences
                ),
            ]
        )

    async def restored(self) -> str:
        """Wait until nobody is connected any more, and bring the rows back."""
        await self.left()
        connection = await asyncpg.connect(self._url)
        await connection.execute(self._restoring)
        await connection.close()
        return self._url

    async def left(self) -> None:
        """Wait until the server has seen that whoever died is gone."""
        connection = await asyncpg.connect(self._url)
        while await connection.fetchval(_LEFT):
            await connection.execute("SELECT pg_sleep(0.002)")
        await connection.close()


async def remembered(url: str, beside: Path) -> Remembered:
    """Remember a store that nobody has open as it is now."""
    if url.startswith("sqlite://"):
        return RememberedFile(Path(url.removeprefix("sqlite://")), beside)
    server = RememberedServer(url)
    await server.remember()
    return server
