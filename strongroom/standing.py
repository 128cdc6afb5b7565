"""What stands at the place of the store and its keys, judged by names alone.

A founding leaves a marker beside the store before it makes keys and store, and takes it away once
the first owner is committed. So a founding that was killed half-way is told apart from a store
whose keys were lost (R028, R118), and is begun anew.
"""

from __future__ import annotations

import fcntl
import glob
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from pathlib import Path

from strongroom.exits import ExitCode, Stopped
from strongroom.paths import SQLITE_ENDINGS, make_private_directory
from strongroom.private_files import sync_directory
from strongroom.settings import Settings


class Standing(Enum):
    """What there is."""

    NOTHING = auto()
    """Neither store nor keys: the first owner can be made."""
    READY = auto()
    """Both."""
    FOUNDING = auto()
    """A founding was begun and its marker still stands."""


def look(settings: Settings) -> Standing:
    """Look at the names.

    Raises:
        Stopped: one of store and keys is missing while the other is there; 69, and nothing is made.
    """
    if stands(marker_path(settings)):
        return Standing.FOUNDING
    store, keys = stands(settings.store_path), stands(settings.keys)
    if store and not keys:
        raise Stopped(
            f"The keys of the store {settings.store_path} are missing: there is no {settings.keys}.",
            ExitCode.UNAVAILABLE,
            hint="Put the keys back from their backup, or name their file with --keys. "
            "New keys cannot read this store, so none were made.",
        )
    if keys and not store:
        raise Stopped(
            f"The store is missing: there is no {settings.store_path}, but its keys {settings.keys} are.",
            ExitCode.UNAVAILABLE,
            hint="Put the store back from its backup, or name it with --store. "
            "To begin anew, move the keys away.",
        )
    return Standing.READY if store else Standing.NOTHING


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


def marker_path(settings: Settings) -> Path:
    """The file that stands while a founding is under way."""
    return settings.store_path.with_name(settings.store_path.name + ".founding")


def store_files(settings: Settings) -> tuple[Path, ...]:
    """The store's file and those that SQLite keeps beside it."""
    store = settings.store_path
    return (store, *(store.with_name(store.name + ending) for ending in SQLITE_ENDINGS))


class Marker:
    """The marker of a founding under way, locked for as long as its process lives."""

    def __init__(self, settings: Settings) -> None:
        """Name the marker; `take` makes it."""
        self._settings = settings
        self._handle: int | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this process is the one that founds."""
        return self._handle is not None

    def take(self) -> bool:
        """Make the marker, or take over one whose process is gone; False where another process holds it."""
        path = marker_path(self._settings)
        make_private_directory(path.parent)
        with _told(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        if not _is_named(handle, path):
            # The holder before us finished, and took the name away, between our open and our lock.
            os.close(handle)
            return False
        sync_directory(path.parent)
        self._handle = handle
        return True

    def clear(self) -> None:
        """Take the marker away: there is an owner now, or nothing is left of the founding.

        With it go the drafts of store and keys that a founding left when it was killed.
        """
        if self._handle is not None:
            store, keys = self._settings.store_path, self._settings.keys
            for draft in (*_drafts(store, ".new-*"), *_drafts(keys, ".*")):
                draft.unlink(missing_ok=True)
            path = marker_path(self._settings)
            path.unlink(missing_ok=True)
            sync_directory(path.parent)
            self.release()

    def release(self) -> None:
        """Let go of the marker and leave it standing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _drafts(path: Path, ending: str) -> list[Path]:
    """The hidden files beside a path under which it is written before it gets its name."""
    return list(path.parent.glob(glob.escape(f".{path.name}") + ending))


def _is_named(handle: int, path: Path) -> bool:
    """Whether an open file is still the one that stands under its name."""
    try:
        named = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    held = os.fstat(handle)
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of an error of the file system which file it was about."""
    try:
        yield
    except OSError as error:
        raise Stopped(f"{path} cannot be made: {error.strerror}.", ExitCode.UNAVAILABLE) from error
