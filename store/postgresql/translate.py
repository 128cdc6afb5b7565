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
    "58P01": Corrupt,
    "XX001": Corrupt,
    "XX002": Corrupt,
    "0A000": Unavailable,
    "25P03": Unavailable,
    "25P04": Unavailable,
}
_BY_CLASS: dict[str, type[StoreError]] = {
    "08": Unavailable,
    "40": Unavailable,
    "53": Unavailable,
    "55": Unavailable,
    "57": Unavailable,
    "58": Unavailable,
}
_SENTENCES = {
    Duplicate: "There is one like this already.",
    Stale: "This has changed in the meantime.",
    Frozen: "The store {place} is being moved, so nothing was changed. Try again in a moment.",
    ReadOnly: "The store {place} is read-only, so nothing was changed. Its server may be a standby.",
    BadPermissions: "The server does not let this user use the store {place}.",
    Missing: "There is no store at {place}. None was made in its place.",
    Full: "There is no room left for the store {place}, so nothing was changed. Free some disk space.",
    Corrupt: "The store {place} is damaged. Restore it from a backup.",
    Unavailable: "The store {place} is busy or cannot be reached now. Try again in a moment.",
}
_TOO_MANY = "53300"
_OWN_SENTENCES = {
    "42501": "The user of the store {place} lacks a right there: it has to own the database, and all in the"
    " schema strongroom.",
    "3D000": "There is no database for the store {place}. None was made.",
    "40001": "Somebody else changed the same in the store {place}, so nothing was changed. Try again.",
    "40P01": "Somebody else changed the same in the store {place}, so nothing was changed. Try again.",
    _TOO_MANY: "The server of the store {place} takes no more connections now. Try again in a moment.",
    "55P03": "Somebody else holds what is needed in the store {place}. Try again in a moment.",
    "57014": "The store {place} took too long to answer, so nothing was changed. Try again in a moment.",
    "57P03": "The server of the store {place} is starting or stopping. Try again in a moment.",
    "0A000": "The store {place} was changed by another version of the program. Try again.",
}
_LOST = ("08", "57P01", "57P02", "57P04", "57P05", "25P03", "25P04")
"""The connection is gone, or the server says that it is about to be."""
_REPEATED = ("08", "57P01", "57P02", "57P03", "40001", "40P01", "25006")
"""What may go well at once elsewhere, or after a moment (R109); 57P03 comes before there is a connection."""
_OF_SCHEMA = ("42", "0A", "3F")
"""What a statement is refused with whose tables are other ones than it names, or are gone."""
FAULTS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    EOFError,
)
"""Whatever the driver raises, but for faults of the program."""


def is_lost(error: BaseException) -> bool:
    """Whether a fault by itself says that this connection will not answer any more."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_LOST)
    return isinstance(error, (OSError, EOFError, asyncpg.InternalClientError))


def is_worth_another_try(error: StoreError) -> bool:
    """Whether what was not begun yet may succeed on another connection, or after a moment."""
    fault = error.__cause__
    if isinstance(fault, asyncpg.PostgresError):
        return (fault.sqlstate or "").startswith(_REPEATED)
    if isinstance(fault, ssl.SSLCertVerificationError) or not isinstance(fault, FAULTS):
        return False
    return isinstance(error, Unavailable | ReadOnly)


def is_of_schema(error: StoreError) -> bool:
    """Whether a statement met other tables or columns than it names: somebody has migrated the store."""
    return (getattr(error.__cause__, "sqlstate", None) or "").startswith(_OF_SCHEMA)


def is_out_of_room(error: StoreError) -> bool:
    """Whether a server, or what it grants our user or database, has no connection left."""
    return getattr(error.__cause__, "sqlstate", None) == _TOO_MANY


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn whatever the driver raises inside into a StoreError about the store at `place`."""
    try:
        yield
    except FAULTS as error:
        raise translate(error, place) from error


def translate(error: BaseException, place: str, *, is_cut: bool = True) -> StoreError:
    """Say in the store's own terms what a fault means; `is_cut` where the connection has ended.

    The driver calls a lost connection and a wrong use of itself by the same name, so it takes both.
    """
    if isinstance(error, asyncpg.PostgresError):
        return _by_state(error.sqlstate or "", place)
    if isinstance(error, ssl.SSLError):
        return Unavailable(f"The server of the store {place} could not prove who it is ({error.reason}).")
    if isinstance(error, asyncpg.exceptions.TargetServerAttributeNotMatched):
        return _by_state("25006", place)
    if isinstance(error, asyncpg.InterfaceError) and not is_cut:
        return Refused(f"The store {place} was used wrongly.")
    return Unavailable(f"The store {place} cannot be reached now. Try again in a moment.")


def _by_state(state: str, place: str) -> StoreError:
    """Say what an SQLSTATE means; neither the statement nor its values are in the sentence."""
    kind = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or Refused
    sentence = _OWN_SENTENCES.get(state) or _SENTENCES.get(kind)
    if sentence is None:
        return kind(f"The store {place} refused a value or a statement ({state}).")
    return kind(sentence.replace("{place}", place))


def closed(place: str) -> Unavailable:
    """Say that the store was closed."""
    return Unavailable(f"The store {place} is closed.")


def unlike_ours(place: str, what: str) -> Unavailable:
    """Say that the server is not one that can keep a store."""
    return Unavailable(f"The store {place} cannot be kept there: {what}.")
