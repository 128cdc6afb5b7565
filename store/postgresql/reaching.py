"""Reaching a server: the hosts one after the other, each in its time, until one takes writes."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from store.errors import BadPermissions, StoreError, Unavailable
from store.postgresql.address import STATEMENTS
from store.postgresql.passwords import entries, password_for
from store.postgresql.tls import context_of, distrust, root_file
from store.postgresql.translate import translate

if TYPE_CHECKING:
    from store.postgresql.address import Address
    from store.postgresql.hosts import Host

_NEXT_STATES = ("08", "57P")
_NO_TLS = "rejected SSL upgrade"


@dataclass(frozen=True, slots=True)
class Means:
    """What is needed to open connections, read from files anew each time: they may have been renewed."""

    context: ssl.SSLContext | None
    """How servers prove who they are; None where none has to."""
    passwords: list[tuple[str, ...]]
    """The lines of the password file; empty where the password is known without it."""


async def reach(address: Address) -> asyncpg.Connection:
    """Open a connection to the first host that takes writes.

    Raises Unavailable where none does, in a sentence that says why of each; BadPermissions where one
    wants a password and there is none, or others can read ours; and what the driver raises where one
    answers and refuses.
    """
    means = await asyncio.to_thread(_means, address)
    faults: list[tuple[Host, Exception]] = []
    for host in address.next_hosts():
        try:
            connection = await _open(address, host, means)
        except asyncpg.PostgresError as error:
            if not (error.sqlstate or "").startswith(_NEXT_STATES):
                raise
            faults.append((host, error))
        except (OSError, TimeoutError, asyncpg.TargetServerAttributeNotMatched) as error:
            faults.append((host, error))
        else:
            address.note(host, is_good=True)
            return connection
    raise _unreached(address, faults)


def _means(address: Address) -> Means:
    """Read certificates and passwords."""
    needs_tls = any(address.has_tls(host) for host in address.hosts)
    is_known = bool(address.password or os.environ.get("PGPASSWORD"))
    return Means(context_of(address.paths) if needs_tls else None, [] if is_known else entries(address.paths))


async def _open(address: Address, host: Host, means: Means) -> asyncpg.Connection:
    """Open a connection to one host; everything is named, so that the driver looks up nothing itself."""
    password = address.password or os.environ.get("PGPASSWORD", "")
    password = password or password_for(host, address.database, address.user, means.passwords)
    address.note(host, is_good=False)  # until it has answered, and also where this is cut off
    try:
        return await asyncpg.connect(
            host=f"{host.name}/.s.PGSQL.{host.port}" if host.is_socket else host.name,
            port=host.port,
            user=address.user,
            password=password,
            database=address.database,
            ssl=means.context if means.context is not None and address.has_tls(host) else False,
            direct_tls=False,
            timeout=address.connect_timeout,
            command_timeout=address.answer_timeout,
            statement_cache_size=STATEMENTS,
            max_cached_statement_lifetime=0,
            server_settings=dict(address.settings),
            target_session_attrs=SessionAttribute.read_write,
            krbsrvname="postgres",
            gsslib="gssapi",
        )
    except (asyncpg.InvalidPasswordError, asyncpg.InterfaceError) as error:
        if password or not isinstance(error, asyncpg.InvalidPasswordError):
            raise
        raise BadPermissions(
            f"The server of the store {address.place} wants a password for this user, and there is none."
            " Write it into ~/.pgpass, with the mode 0600."
        ) from error


def _unreached(address: Address, faults: list[tuple[Host, Exception]]) -> StoreError:
    """Say of each host why it does not serve; the cause is the fault that is most likely to pass."""
    if all(isinstance(error, asyncpg.TargetServerAttributeNotMatched) for _, error in faults):
        unwritable = translate(faults[0][1], address.place)
        unwritable.__cause__ = faults[0][1]
        return unwritable
    reasons = "; ".join(_reason(address, host, error) for host, error in faults)
    passing = [
        error for _, error in faults if not isinstance(error, ssl.SSLError) and _NO_TLS not in str(error)
    ]
    again = " Try again in a moment." if passing else ""
    failure = Unavailable(f"The store {address.place} cannot be reached now: {reasons}.{again}")
    failure.__cause__ = passing[0] if passing else faults[0][1]
    return failure


def _reason(address: Address, host: Host, error: Exception) -> str:
    """Say why a host does not serve."""
    if isinstance(error, ssl.SSLError):
        return distrust(error, str(host), root_file(address.paths))
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return f"{host} takes no writes, as a standby"
    if isinstance(error, TimeoutError):
        return f"{host} did not answer within {address.connect_timeout:g} seconds"
    if isinstance(error, ConnectionRefusedError | FileNotFoundError):
        return f"nobody answers at {host}"
    if isinstance(error, socket.gaierror):
        return f"the name {host} is not known"
    if isinstance(error, PermissionError):
        return f"this user may not go to {host}"
    if isinstance(error, ConnectionError) and _NO_TLS in str(error):
        return f"{host} has no TLS, and without it nobody can tell who answers"
    if isinstance(error, asyncpg.CannotConnectNowError):
        return f"{host} is starting or stopping"
    return (
        f"{host} cut the connection"
        if isinstance(error, asyncpg.PostgresError | ConnectionError)
        else (f"{host} cannot be reached")
    )
