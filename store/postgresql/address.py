"""The address of a store on a server: what its URL says, and what every session there is set to.

Nothing of the environment changes where it leads or how safely: PGHOST, PGSSLMODE, PGSERVICE and the
like are not looked at. PGPASSWORD, PGPASSFILE and ~/.pgpass may give the password.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from store.postgresql.escapes import refused
from store.postgresql.hosts import Host
from store.postgresql.url import PLAIN, VERIFIED, Parts, read

if TYPE_CHECKING:
    import asyncpg

CONNECT_TIMEOUT = 3.0
"""Seconds for each host to answer (R108)."""
STATEMENT_TIMEOUT = 5.0
"""Seconds for one statement, on the server (R108)."""
ANSWER_TIMEOUT = 6.0
"""Seconds for the answer to a statement to arrive: longer than the server takes at most, and short enough
for people to be served elsewhere within ten seconds where it has fallen silent (R110)."""
LOCK_TIMEOUT = 4.0
"""Seconds to wait for what somebody else holds."""
IDLE_TIMEOUT = 5.0
"""Seconds after which the server gives up a transaction whose program says nothing more."""
STATEMENTS = 500
"""Prepared statements that a connection keeps."""

SCHEMA = "strongroom"
"""The schema that holds everything of ours."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is and how it is reached."""

    hosts: tuple[Host, ...]
    """The servers, in the order in which they are asked at first."""
    user: str
    """Who connects."""
    database: str
    """The database that holds the store."""
    place: str
    """The address for people: without password and parameters, and without a character that is not seen."""
    password: str = field(default="", repr=False)
    """The password that the URL holds, if it does."""
    tls: str = ""
    """What the URL says of TLS: `verify-full` for hosts of this machine too, `disable`, or nothing."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """Files that the URL names, by parameter: certificates, keys, the password file."""
    durable: bool = True
    """A commit waits until it is safe."""
    connect_timeout: float = CONNECT_TIMEOUT
    """Seconds for each host to answer."""
    answer_timeout: float = ANSWER_TIMEOUT
    """Seconds for the answer to a statement to arrive."""
    statement_timeout: float = STATEMENT_TIMEOUT
    """Seconds for one statement, on the server."""
    lock_timeout: float = LOCK_TIMEOUT
    """Seconds to wait for what somebody else holds."""
    idle_timeout: float = IDLE_TIMEOUT
    """Seconds after which the server gives up a transaction whose program says nothing more."""
    turns: list[Host] = field(default_factory=list, repr=False, compare=False)
    """The hosts as they are asked next: one that took writes comes first, one that failed last."""

    @property
    def has_password(self) -> bool:
        """Whether the URL itself holds a password."""
        return bool(self.password)

    @property
    def settings(self) -> Mapping[str, str]:
        """What every session on the server is set to."""
        return {
            "application_name": "strongroom",
            "search_path": SCHEMA,
            "timezone": "UTC",
            "synchronous_commit": "on" if self.durable else "off",
            "statement_timeout": _milliseconds(self.statement_timeout),
            "lock_timeout": _milliseconds(self.lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_timeout),
            "jit": "off",
            "client_min_messages": "warning",  # a commit that no standby has is told of by a warning alone
        }

    @property
    def sslmode(self) -> str:
        """How servers prove who they are: `verify-full`, `disable`, or empty where all are socket files."""
        if any(self.has_tls(host) for host in self.hosts):
            return VERIFIED
        return "" if all(host.is_socket for host in self.hosts) else PLAIN

    def has_tls(self, host: Host) -> bool:
        """Whether a host has to prove by TLS who it is."""
        return not host.is_socket and (self.tls == VERIFIED or not host.is_local)

    async def connect(self, *_: object, **__: object) -> asyncpg.Connection:
        """Open one connection to whichever host takes writes; what a pool says besides is not needed.

        Raises Unavailable or BadPermissions with a sentence of its own, and what the driver raises.
        """
        from store.postgresql.reaching import reach

        return await reach(self)

    def next_hosts(self) -> list[Host]:
        """The hosts as they are asked now."""
        return [*(self.turns or self.hosts)]

    def note(self, host: Host, *, is_good: bool) -> None:
        """Ask a host first the next time, or last.

        Else every new connection would wait for a server that is gone, and a process that has found
        the new primary could still come upon the old one.
        """
        others = [other for other in self.next_hosts() if other != host]
        self.turns[:] = [host, *others] if is_good else [*others, host]

    def libpq(self) -> Mapping[str, str]:
        """The environment by which PostgreSQL's own programs reach the same database in the same way.

        It holds the password, so it is given to a program as its environment and nowhere else.
        """
        from store.postgresql.passwords import password_file

        named = {
            "PGHOST": ",".join(host.name for host in self.hosts),
            "PGPORT": ",".join(str(host.port) for host in self.hosts),
            "PGUSER": self.user,
            "PGDATABASE": self.database,
            "PGPASSWORD": self.password or os.environ.get("PGPASSWORD", ""),
            "PGPASSFILE": str(password_file(self.paths)),
            "PGSSLMODE": self.sslmode,
            "PGSSLROOTCERT": self.paths.get("sslrootcert", ""),
            "PGSSLCERT": self.paths.get("sslcert", ""),
            "PGSSLKEY": self.paths.get("sslkey", ""),
            "PGSSLCRL": self.paths.get("sslcrl", ""),
            "PGTARGETSESSIONATTRS": "read-write",
            "PGCONNECT_TIMEOUT": str(round(self.connect_timeout)),
            "PGGSSENCMODE": "disable",
            "PGAPPNAME": "strongroom",
        }
        return {name: value for name, value in named.items() if value}


def address_of(url: str, *, durable: bool = True) -> Address:
    """Read the URL of a store on a server.

    Raises UnsupportedUrl where it is not plain, or asks for less than a safe way to the server.
    """
    parts = read(url)
    for host in sorted(parts.hosts, key=lambda host: host.is_local):  # what is elsewhere comes first
        _require_safe(host, parts.sslmode)
    if ("sslcert" in parts.paths) != ("sslkey" in parts.paths):
        raise refused('names one of "sslcert" and "sslkey" without the other')
    user = parts.user or _own_name()
    return Address(
        hosts=parts.hosts,
        user=user,
        database=parts.database,
        place=_place(parts, user),
        password=parts.password,
        tls=parts.sslmode,
        paths=parts.paths,
        durable=durable,
    )


def _require_safe(host: Host, mode: str) -> None:
    """Refuse a way to a host on which somebody in between could listen, or pass for the server (R108)."""
    if not host.is_local and mode not in ("", VERIFIED):
        raise refused(
            f"asks for sslmode={mode}, by which somebody between here and {host} could read and change"
            f" everything. A server on another machine needs sslmode={VERIFIED}, which is the default"
        )
    if host.is_socket and mode == VERIFIED:
        raise refused(
            f"asks for sslmode={VERIFIED}, and a socket file, which never leaves this machine, has no TLS"
        )
    if mode not in ("", VERIFIED, PLAIN):
        raise refused(
            f"asks for sslmode={mode}, by which nobody knows who answers."
            f" On this machine it is {PLAIN}, the default, or {VERIFIED}"
        )


def _own_name() -> str:
    """Tell who runs this process, whatever the environment says."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise refused("names no user, and whoever runs this program has no name") from None


def _place(parts: Parts, user: str) -> str:
    """Write the address for people, so that each of its parts can be told from the next."""
    hosts = ",".join(str(host) for host in parts.hosts)
    return f"postgresql://{_shown(user)}@{hosts}/{_shown(parts.database)}"


def _shown(name: str) -> str:
    """Write a name with escapes for what has a meaning in a URL."""
    return "".join(quote(sign, safe="") if sign.isascii() else sign for sign in name)


def _milliseconds(seconds: float) -> str:
    """Write a time as the server takes it."""
    return str(round(seconds * 1000))
