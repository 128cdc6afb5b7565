"""What stands at the place of the store and its keys: judged by names, and by what a server says it holds."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

from strongroom.exits import ExitCode, Stopped
from strongroom.founding_marker import marker_path
from strongroom.paths import SQLITE_ENDINGS
from strongroom.settings import Settings


class Standing(Enum):
    """What there is."""

    NOTHING = auto()
    """Neither store nor keys: the first owner can be made."""
    READY = auto()
    """Both."""
    FOUNDING = auto()
    """A founding was begun and is not finished, as far as one can see without opening the store."""


async def look(settings: Settings, *, asks_server: bool = True) -> Standing:
    """Look at the names, and where the store is on a server ask it what its database holds.

    Without `asks_server` it is not asked where keys stand: then the store is taken to stand too, and
    whoever opens it learns better.

    Raises:
        Stopped: one of store and keys is missing while the other is there; 69, and nothing is made.
    """
    if stands(marker_path(settings)):
        return Standing.FOUNDING
    has_keys = stands(settings.keys)
    has_store: bool | None = True  # as we take it, where the server is not asked
    if not settings.is_on_server:
        has_store = stands(settings.store_path)
    elif asks_server or not has_keys:
        has_store = await _ask_server(settings, has_keys)
    if has_store is None:
        return Standing.FOUNDING
    if has_store and not has_keys:
        raise _keys_missing(settings)
    if has_keys and not has_store:
        raise _store_missing(settings)
    return Standing.READY if has_store else Standing.NOTHING


async def _ask_server(settings: Settings, has_keys: bool) -> bool | None:
    """Whether a database holds a store; None where that has no owner, and no keys are here yet.

    Raises:
        Stopped: there is a store without an owner beside keys that were not made for it.
    """
    from store.postgresql import founding

    found = await founding.look(settings.store)
    if found is founding.Found.UNOWNED:
        if has_keys:
            raise Stopped(
                f"The store {settings.store_place} has no owner yet, and the keys {settings.keys} were made "
                "for another store.",
                ExitCode.UNAVAILABLE,
                hint="Name the store of these keys with --store. To make an owner here, move the keys away.",
            )
        return None
    return found is not founding.Found.NOTHING


def _keys_missing(settings: Settings) -> Stopped:
    """What is said where a store stands and its keys do not."""
    sentence = f"The keys of the store {settings.store_place} are missing: there is no {settings.keys}."
    if settings.is_on_server:
        hint = (
            "Copy them from a machine that opens this store, or from their backup, to that place (mode 0600)."
        )
    else:
        hint = "Put the keys back from their backup, or name their file with --keys."
    hint += " New keys cannot read this store, so none were made."
    return Stopped(sentence, ExitCode.UNAVAILABLE, hint=hint)


def _store_missing(settings: Settings) -> Stopped:
    """What is said where keys stand and their store does not."""
    where = "none at" if settings.is_on_server else "no"
    return Stopped(
        f"The store is missing: there is {where} {settings.store_place}, but its keys {settings.keys} are.",
        ExitCode.UNAVAILABLE,
        hint="Put the store back from its backup, or name it with --store. "
        "To begin anew, move the keys away.",
    )


def stands(path: Path) -> bool:
    """Whether something stands under a name, be it a link that leads nowhere.

    Raises:
        Stopped: the way there is closed, so that nobody can say; it is not taken for "nothing".
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise Stopped(f"{path} cannot be reached: {error.strerror}.", ExitCode.UNAVAILABLE) from error
    return True


def require_file(path: Path) -> None:
    """Refuse what stands under a name and is no file: a named pipe would make whoever opens it wait.

    Raises:
        Stopped: it is a directory, a pipe, a socket or a device.
    """
    with suppress(OSError):  # what is not there, or cannot be reached, is told by whoever opens it
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Stopped(f"{path} is not a file.", ExitCode.UNAVAILABLE)


def store_files(settings: Settings) -> tuple[Path, ...]:
    """The store's file and those that SQLite keeps beside it; none where the store is on a server."""
    if settings.is_on_server:
        return ()
    store = settings.store_path
    return (store, *(store.with_name(store.name + ending) for ending in SQLITE_ENDINGS))


def require_store_file(settings: Settings) -> None:
    """Refuse what stands in the place of a store's file and is none; on a server there is no file."""
    if not settings.is_on_server:
        require_file(settings.store_path)
