"""A server that asks for a password and keeps what it is given, for the doctor and for secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests import postgresql
from tests.postgresql import Server

PASSWORD = "canary-7f3a91-canary"
"""The password of the database's owner: it must stand nowhere."""
USER = "keeper"

_RULES = "local all,replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@contextmanager
def guarded_server() -> Iterator[Server]:
    """Start a server with a user who has to give a password, and stop it at the end."""
    settings = {
        name: value
        for name, value in postgresql.QUICK.items()
        if name not in ("fsync", "full_page_writes", "max_connections")
    }
    server = postgresql.new_server({**settings, "max_connections": "40"}, listen="127.0.0.1")
    try:
        (server.data / "pg_hba.conf").write_text(_RULES)
        server.sql("SELECT pg_reload_conf()")
        server.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        postgresql.discard(server)


def url_of(server: Server, database: str, password: str = PASSWORD) -> str:
    """The address of a database over the network, with a password where there is one."""
    secret = f":{password}" if password else ""
    return f"postgresql://{USER}{secret}@{server.listen}:{server.port}/{database}"


@contextmanager
def guarded_database(server: Server, name: str) -> Iterator[str]:
    """Make a database that the user owns, give its address, and drop it at the end."""
    server.sql(f"CREATE DATABASE {name} OWNER {USER}")
    try:
        yield url_of(server, name)
    finally:
        server.sql(f"DROP DATABASE {name} WITH (FORCE)")
