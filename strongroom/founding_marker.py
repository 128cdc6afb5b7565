"""The marker of a founding: it stands beside the store until the first owner is committed.

On a server it stands beside the keys. A founding that was killed half-way is told by it from a store whose
keys were lost (R028, R118), and is begun anew.
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from strongroom.exits import ExitCode, Stopped
from strongroom.paths import make_private_directory
from strongroom.private_files import sync_directory
from strongroom.settings import Settings


def marker_path(settings: Settings) -> Path:
    """The file that stands while a founding is under way.

    Beside keys it bears the name of their store too: keys of another founding are not taken for it.
    """
    if settings.is_on_server:
        name = hashlib.sha256(settings.store_place.encode()).hexdigest()[:8]
        return settings.keys.with_name(f"{settings.keys.name}.founding-{name}")
    return settings.store_path.with_name(settings.store_path.name + ".founding")


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
            drafts = _drafts(self._settings.keys, ".*")
            if not self._settings.is_on_server:
                drafts += _drafts(self._settings.store_path, ".new-*")
            for draft in drafts:
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


def clear_marker(settings: Settings) -> None:
    """Take away the marker of a founding that is over, unless its process still lives and does it itself."""
    marker = Marker(settings)
    if marker.take():
        marker.clear()


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
