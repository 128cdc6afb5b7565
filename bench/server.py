"""A PostgreSQL server of the bench's own, on the disk and as durable as one that is used."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgresql

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "log_min_messages": "fatal",
    "unix_socket_permissions": "0700",
}
"""What differs from the defaults: room, so that no line is timed in the middle of a checkpoint."""

TOLD = f"PostgreSQL {postgresql.BUNDLED.parent.name.removeprefix('pginstall')} on a socket, fsync on"
"""How a line calls it."""


@contextmanager
def new_server() -> Iterator[postgresql.Server]:
    """A server with an empty database called bench; it goes with all its files."""
    postgresql.require(postgresql.BUNDLED)
    server = postgresql.Server(Path(tempfile.mkdtemp(prefix="srpg-", dir="/tmp")), SETTINGS)
    try:
        server.make()
        server.start()
        server.sql("CREATE DATABASE bench")
        yield server
    finally:
        postgresql.discard(server)
