"""What a server says of itself: how safe it keeps what is committed, how it is reached, what room it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from store.postgresql.address import SCHEMA, address_of
from store.postgresql.founding import Found, found_by
from store.postgresql.translate import translated
from store.schema import packaged

_ASK = """
SELECT current_setting('server_version') AS version,
       current_setting('fsync') = 'on' AS flushes,
       current_setting('full_page_writes') = 'on' AS writes_full_pages,
       current_setting('synchronous_commit') AS commit_waits,
       current_setting('synchronous_standby_names') AS standby_names,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_standbys,
       (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS standbys,
       (SELECT concat_ws(', ', version, cipher) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int AS room
"""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server and the database there were found to be."""

    version: str
    """PostgreSQL's version."""
    holds: Found
    """What the database holds."""
    schema: int
    """How far the store's schema has been migrated; 0 where there is none."""
    newest: int
    """How far this program brings it."""
    tls: str
    """Protocol and cipher of the way there; empty without TLS."""
    flushes: bool
    """Whether what is committed is on the disk (fsync)."""
    writes_full_pages: bool
    """Whether a page that is half written when the power goes can be mended (full_page_writes)."""
    commit_waits: str
    """What a commit of ours waits for (synchronous_commit)."""
    wants_standby: bool
    """Whether a commit waits for a synchronous standby too."""
    standbys: int | None
    """How many synchronous standbys follow; None where our user may not see it."""
    taken: int
    """Connections that are taken, ours included."""
    room: int
    """Connections that there may be, without those kept for administrators."""
    clock_ahead: timedelta
    """How far the server's clock is ahead of this machine's."""
    clock_unsure: timedelta
    """By how much that may be wrong: half of the time that the answer took."""


async def read(url: str, now: Callable[[], datetime]) -> ServerFacts:
    """Ask a server; `now` is this machine's clock. Nothing is changed, and no schema migrated.

    Raises:
        StoreError: the server cannot be asked.
    """
    address = address_of(url)
    with translated(address.place):
        connection = await address.connect()
        try:
            return await _read(connection, now)
        finally:
            await connection.close(timeout=2)


async def _read(connection: asyncpg.Connection, now: Callable[[], datetime]) -> ServerFacts:
    """Ask over a connection."""
    await connection.fetchval("SELECT clock_timestamp()")  # so that what is measured is not being prepared
    before = now()
    there = await connection.fetchval("SELECT clock_timestamp()")
    half = (now() - before) / 2
    holds = await found_by(connection)
    said = await connection.fetchrow(_ASK)
    assert said is not None  # noqa: S101 - a SELECT without FROM gives its row
    return ServerFacts(
        version=said["version"].partition(" ")[0],
        holds=holds,
        schema=await _schema(connection, holds),
        newest=packaged("postgresql")[-1].version,
        tls=said["tls"] or "",
        flushes=said["flushes"],
        writes_full_pages=said["writes_full_pages"],
        commit_waits=said["commit_waits"],
        wants_standby=bool(said["standby_names"].strip()),
        standbys=said["standbys"] if said["sees_standbys"] else None,
        taken=said["taken"],
        room=said["room"],
        clock_ahead=there - (before + half),
        clock_unsure=half,
    )


async def _schema(connection: asyncpg.Connection, holds: Found) -> int:
    """How far the store has been migrated."""
    if holds is Found.NOTHING:
        return 0
    sql = f"SELECT coalesce(max(version), 0) FROM {SCHEMA}.schema_migrations"  # noqa: S608 - a name of ours
    return int(await connection.fetchval(sql))
