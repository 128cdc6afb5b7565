"""The one place where what PostgreSQL and its driver raise becomes the store's own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from store.errors import (
    BadPermissions,
    Corrupt,
    Duplicate,
    Frozen,
    Full,
    Missing,
    ReadOnly,
    Refused,
    Stale,
    StoreError,
    Unavailable,
)

GUARD = "SR001"
"""What the schema's own guards raise."""
FROZEN = "SR002"
"""What the guard raises that stops acts in a store that is moved."""

_BY_STATE: dict[str, type[StoreError]] = {
    "23505": Duplicate,
    "23503": Stale,
    GUARD: Stale,
    FROZEN: Frozen,
    "25006": ReadOnly,
    "42501": BadPermissions,
    "28000": BadPermissions,
    "28P01": BadPermissions,
    "3D000": Missing,
    "3F000": Missing,
    "42P01": Missing,
    "53100": Full,
    "XX001": Corrupt,
    "XX002": Corrupt,
}
_BY_CLASS: dict[str, type[StoreError]] = {
    "08": Unavailable,
    "40": Unavailable,
    "53": Unavailable,
    "55": Unavailable,
    "57": Unavailable,
    "58": Unavailable,
}
_LOST = ("08", "57P")
"""The connection is gone, or the server says that it is about to be."""
_LOST_ERRORS = (
    OSError,
    EOFError,
    TimeoutError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InternalClientError,
)
_FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
"""Whatever the driver raises, but for faults of the program."""


def is_lost(error: BaseException) -> bool:
    """Whether a fault means that this connection will not answer any more."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_LOST)
    return isinstance(error, (*_LOST_ERRORS, asyncpg.InterfaceError))


def is_worth_another_try(error: BaseException) -> bool:
    """Whether the same transaction may succeed at once on another connection, or after a moment (R109)."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state in ("40001", "40P01", "57P01", "25006") or state.startswith("08")
    return is_lost(error) and not isinstance(error, ssl.SSLCertVerificationError)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn whatever the driver raises inside into a StoreError about the store at `place`."""
    try:
        yield
    except _FAULTS as error:
        raise translate(error, place) from error


def translate(error: BaseException, place: str) -> StoreError:
    """Say in the store's own terms what a fault means."""
    if isinstance(error, asyncpg.PostgresError):
        return _by_state(error.sqlstate or "", place)
    if isinstance(error, ssl.SSLError):
        return Unavailable(f"The server of the store {place} could not prove who it is ({error.reason}).")
    return Unavailable(f"The store {place} cannot be reached now. Try again in a moment.")


def _by_state(state: str, place: str) -> StoreError:
    """Say what an SQLSTATE means."""
    kind = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or Refused
    sentence = {
        Duplicate: "There is one like this already.",
        Stale: "This has changed in the meantime.",
        Frozen: f"The store {place} is being moved, so nothing was changed. Try again in a moment.",
        ReadOnly: f"The store {place} is read-only, so nothing was changed. Its server may be a standby.",
        BadPermissions: f"The server does not let this user use the store {place}.",
        Missing: f"There is no store at {place}. None was made in its place.",
        Full: f"There is no room left for the store {place}, so nothing was changed. Free some disk space.",
        Corrupt: f"The store {place} is damaged. Restore it from a backup.",
        Unavailable: f"The store {place} is busy or cannot be reached now. Try again in a moment.",
    }.get(kind, f"The store {place} refused a value or a statement ({state}).")
    return kind(sentence)


def closed(place: str) -> Unavailable:
    """Say that the store was closed."""
    return Unavailable(f"The store {place} is closed.")


def unlike_ours(place: str, what: str) -> Unavailable:
    """Say that the server is not one that can keep a store."""
    return Unavailable(f"The store {place} cannot be kept there: {what}.")
