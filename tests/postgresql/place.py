"""Where a run keeps what its processes share: a lock that says that it lives, and where its server is."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PLACE = "SRPG_PLACE"
"""Where the directory is noted for every process of this run."""
OLD = 3600
"""Seconds after which a directory that nobody holds is certainly of a run that is gone."""
_held: list[IO[bytes]] = []


def place() -> Path:
    """The directory of this run; that of this process alone where there is no run."""
    if PLACE not in os.environ:
        begin()
    return Path(os.environ[PLACE])


def lifeline() -> Path:
    """The file that is locked for as long as the run lives."""
    return place() / "alive"


def begin() -> Path:
    """Make the directory, and hold the lock until this process ends; it is not passed on to children."""
    _sweep()
    made = Path(tempfile.mkdtemp(prefix="srpg-", dir="/tmp"))
    made.chmod(0o711)
    held = (made / "alive").open("w+b")
    fcntl.lockf(held, fcntl.LOCK_EX)
    _held.append(held)
    os.environ[PLACE] = str(made)
    return made


def _sweep() -> None:
    """Remove what runs of ours have left that were killed before they had a server, but for new ones."""
    for left in Path("/tmp").glob("srpg-*/alive"):
        with suppress(OSError):
            found = left.stat()
            if found.st_uid == os.geteuid() and time.time() - found.st_mtime > OLD:
                with left.open("r+b") as held:
                    fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left.parent, ignore_errors=True)


def end(made: Path) -> None:
    """Let go of the lock and remove the directory."""
    while _held:
        _held.pop().close()
    os.environ.pop(PLACE, None)
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let the processes of this run do something one after the other."""
    with (place() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
