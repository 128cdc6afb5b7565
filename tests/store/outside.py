"""Another program on the same store: it knows SQL, and nothing of our rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import asyncpg

Rows = Sequence[Mapping[str, object]]
"""What a statement gave."""


async def outside(url: str, *statements: str, guarded: bool = True) -> Rows:
    """Run statements, each on its own, and give the rows of the last.

    Without `guarded` it does first what somebody does who may do anything: no trigger and no
    reference is looked after any more. Raises what the driver raises.
    """
    if url.startswith("sqlite"):
        return _on_file(Path(url.removeprefix("sqlite://")), statements, guarded)
    connection = await asyncpg.connect(url, server_settings={"search_path": "strongroom"})
    try:
        if not guarded:
            await connection.execute("SET session_replication_role = replica")
        rows: Rows = []
        for statement in statements:
            rows = [dict(row) for row in await connection.fetch(statement)]
        return rows
    finally:
        await connection.close()


def _on_file(path: Path, statements: Sequence[str], guarded: bool) -> Rows:
    """Do it to a file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA foreign_keys = {int(guarded)}")
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers if not guarded else ():
            connection.execute(f"DROP TRIGGER {name}")
        rows: Rows = []
        for statement in statements:
            rows = [dict(row) for row in connection.execute(statement).fetchall()]
        return rows
