"""Servers that speak TLS and nothing else, on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.postgresql.certificates import Authority, Pair
from tests.postgresql.programs import DEBIAN, own, require
from tests.postgresql.server import QUICK, USER, Server, new_directory

RULES = f"""
local   all all              trust
hostssl all {USER} 127.0.0.0/8 cert
hostssl all guest  127.0.0.0/8 scram-sha-256
"""
"""Who may connect: nobody over the network without TLS, the owner by a certificate, a guest by a password."""


class SealedServer(Server):
    """A server of Debian's PostgreSQL that asks for TLS and for a certificate of whoever comes."""

    def __init__(
        self, directory: Path, settings: Mapping[str, str] = QUICK, listen: str = "127.0.0.1"
    ) -> None:
        """Name a server; its certificates lie beside its files."""
        sealed = {
            **settings,
            "ssl": "on",
            "ssl_ca_file": str(directory / "authority.crt"),
        }
        super().__init__(directory, sealed, DEBIAN, listen)

    @property
    def authority(self) -> Path:
        """The certificate of who vouches for it."""
        return self.directory / "authority.crt"

    def show(self, pair: Pair) -> None:
        """Let it prove who it is by this certificate from now on."""
        for source, name in ((pair.certificate, "server.crt"), (pair.key, "server.key")):
            shutil.copy(source, self.data / name)
            own(self.data / name, 0o600)
        if self.process is not None:
            self.sql("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The address of a database over TLS, for its owner."""
        named = {
            "sslmode": "verify-full",
            "sslrootcert": self.authority,
            "sslcert": self.directory / "client.crt",
            "sslkey": self.directory / "client.key",
        }
        query = "&".join(f"{name}={quote(str(value), safe='/')}" for name, value in named.items())
        return f"{self.tcp_url(database)}?{query}"


def make_sealed(server: SealedServer) -> Authority:
    """Make its files and certificates and start it; whoever vouches for it is given back."""
    server.make()
    authority = Authority(server.directory)
    server.show(authority.vouch("localhost", server.listen))
    authority.vouch(file="client", common=USER)
    (server.data / "pg_hba.conf").write_text(RULES)
    server.start()
    return authority


def new_sealed_server(listen: str = "127.0.0.1") -> tuple[SealedServer, Authority]:
    """Make and start one."""
    require(DEBIAN)
    server = SealedServer(new_directory(), listen=listen)
    return server, make_sealed(server)
