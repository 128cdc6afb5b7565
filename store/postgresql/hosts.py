"""The servers that the URL of a store names: by name, by address, or by the directory of a socket file."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from store.postgresql.escapes import decoded, refused

PORT = 5432
"""Where PostgreSQL listens, if nothing else is said."""
_LONGEST_SOCKET = 107
_MOST_HOSTS = 16
_LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Host:
    """One server: a name, an address, or the directory of a socket file."""

    name: str
    """As it was written, without brackets."""
    port: int
    """The port, or the number in the socket file's name."""

    @property
    def is_socket(self) -> bool:
        """Whether it is reached by a file."""
        return self.name.startswith("/")

    @property
    def is_local(self) -> bool:
        """Whether what is said to it cannot leave this machine."""
        return self.is_socket or self.name.lower() == "localhost" or _is_loopback(self.name)

    def __str__(self) -> str:
        """Name it for people: the port only where it is not the usual one."""
        name = f"[{self.name}]" if ":" in self.name else quote(self.name, safe="/-._~")
        return name if self.port == PORT else f"{name}:{self.port}"


def read_hosts(listed: str, named: Mapping[str, str]) -> tuple[Host, ...]:
    """Read the hosts, which stand before the database or in a parameter.

    Raises UnsupportedUrl.
    """
    if listed and "host" in named:
        raise refused("names its hosts twice")
    if not listed and "host" not in named:
        raise refused(
            "names no host; a socket file is named by its directory: postgresql:///DATABASE?host=/DIRECTORY"
        )
    if listed:
        pairs = [_with_port(decoded(one)) for one in listed.split(",")]
    else:
        pairs = [(one.removeprefix("[").removesuffix("]"), "") for one in named["host"].split(",")]
    if len(pairs) > _MOST_HOSTS:
        raise refused(f"names more than {_MOST_HOSTS} hosts")
    ports = named["port"].split(",") if "port" in named else []
    if ports and any(port for _, port in pairs):
        raise refused("names its ports twice")
    if len(ports) not in (0, 1, len(pairs)):
        raise refused("names another number of ports than of hosts")
    if ports:
        pairs = [(name, ports[place % len(ports)]) for place, (name, _) in enumerate(pairs)]
    return tuple(_host(name, port) for name, port in pairs)


def _with_port(text: str) -> tuple[str, str]:
    """Tell a host from its port."""
    if text.startswith("/"):
        return text, ""
    if text.startswith("["):
        name, _, port = text[1:].partition("]")
        is_whole = "]" in text and (not port or port.startswith(":")) and ":" in name
        if not is_whole or port == ":":
            raise refused("has an IPv6 address that is not written [ADDRESS] or [ADDRESS]:PORT")
        return name, port[1:]
    name, colon, port = text.partition(":")
    if colon and not port:
        raise refused("has a host with a colon and no port")
    return name, port


def _host(name: str, port: str) -> Host:
    """Check one host."""
    if port and (not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535):
        raise refused("has a port that is not a number from 1 to 65535")
    host = Host(name, int(port) if port else PORT)
    if host.is_socket:
        if not name.isprintable() or len(f"{name}/.s.PGSQL.{host.port}".encode()) > _LONGEST_SOCKET:
            raise refused("names a socket file with a path that is too long or cannot be seen")
    elif not _is_address(name) and (len(name) > 253 or not _NAME.fullmatch(name)):
        raise refused("names a host that is neither a name nor an address; an IPv6 address stands in [ ]")
    return host


def _is_address(name: str) -> bool:
    """Whether a host is an address; one that is only good on one link is none."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return "%" not in name


def _is_loopback(name: str) -> bool:
    """Whether a host is an address of this machine alone."""
    if not _is_address(name):
        return False
    address = ipaddress.ip_address(name)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
