"""The address of a store on a server: what may stand in it, and how connections are opened by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from asyncpg.connect_utils import SessionAttribute

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_TIMEOUT = 3.0
"""Seconds for each host to answer (R108)."""
STATEMENT_TIMEOUT = 5.0
"""Seconds for one statement, on the server (R108)."""
ANSWER_TIMEOUT = 8.0
"""Seconds for the answer to a statement to arrive; longer than the server takes at most."""
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

    url: str = field(repr=False)
    """The URL as the driver takes it; it may hold a password."""
    place: str
    """The same for people: without password and parameters."""
    durable: bool = True
    """A commit waits until it is safe."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What every session on the server is set to."""
        return {
            "application_name": "strongroom",
            "search_path": SCHEMA,
            "timezone": "UTC",
            "synchronous_commit": "on" if self.durable else "off",
            "statement_timeout": str(round(STATEMENT_TIMEOUT * 1000)),
            "lock_timeout": str(round(LOCK_TIMEOUT * 1000)),
            "idle_in_transaction_session_timeout": str(round(IDLE_TIMEOUT * 1000)),
            "jit": "off",
        }

    async def connect(self, *_: object, **__: object) -> asyncpg.Connection:
        """Open one connection to whichever host takes writes; what a pool says besides is not needed."""
        return await asyncpg.connect(
            self.url,
            timeout=CONNECT_TIMEOUT,
            command_timeout=ANSWER_TIMEOUT,
            statement_cache_size=STATEMENTS,
            max_cached_statement_lifetime=0,
            server_settings=dict(self.settings),
            target_session_attrs=SessionAttribute.read_write,
        )


def address_of(url: str, *, durable: bool = True) -> Address:
    """Read the URL of a store on a server.

    Raises UnsupportedUrl where it says what must not be said.
    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    if not hosts:
        hosts = dict(parse_qsl(parts.query)).get("host", "")
    user = unquote(parts.username or "")
    place = f"postgresql://{user + '@' if user else ''}{hosts}{parts.path}"
    return Address(url, place, durable)
