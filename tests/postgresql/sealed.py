"""Servers that speak TLS and nothing else, on loopback."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.postgresql.certificates import Authority, Pair
from tests.postgresql.programs import DEBIAN, own, require
from tests.postgresql.server import QUICK, START, USER, Server, new_directory

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
            wanted = ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())
            deadline = time.monotonic() + START
            while shown_at(self.listen, self.port) != wanted:
                assert time.monotonic() < deadline, "the new certificate is not shown"
                time.sleep(0.01)

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


def shown_at(host: str, port: int) -> bytes | None:
    """The certificate that a server shows to whoever comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, port)) as plain:
        plain.sendall(struct.pack("!ii", 8, 80877103))
        assert plain.recv(1) == b"S"
        with context.wrap_socket(plain) as sealed:
            return sealed.getpeercert(binary_form=True)


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
