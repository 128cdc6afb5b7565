"""How far something long has come: one line that moves on a terminal, plain lines into a pipe; on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from strongroom.speech import warn

Tell = Callable[[int, int], None]
"""Is told how many bytes are done and how many there are, 0 where nobody knows; from any thread."""

EVERY = 10.0
"""Seconds before the first plain line and between two of them: what is over soon says nothing, as in cron."""


@contextmanager
def telling(what: str) -> Iterator[Tell]:
    """Tell of one thing, such as "Copying"."""
    if sys.stderr.isatty() and os.environ.get("TERM") not in (None, "", "dumb"):
        with _moving(what) as tell:
            yield tell
    else:
        yield _Lines(what).tell


class _Lines:
    """Plain lines, each a good while after the one before."""

    def __init__(self, what: str) -> None:
        """Begin to wait."""
        self._what = what
        self._at = time.monotonic()
        self._lock = Lock()

    def tell(self, done: int, whole: int) -> None:
        """Say it where enough time has passed since the last time."""
        with self._lock:
            if time.monotonic() - self._at < EVERY:
                return
            self._at = time.monotonic()
        warn(f"{self._what}: {done * 100 // whole} %." if whole else f"{self._what}: {done >> 20:,} MB.")


@contextmanager
def _moving(what: str) -> Iterator[Tell]:
    """A bar that goes when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what, markup=False), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole or None)
