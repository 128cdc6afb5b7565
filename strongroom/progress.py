"""How far something long has come: one line that moves on a terminal, plain lines into a pipe; on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from strongroom.speech import warn

Tell = Callable[[int, int], None]
"""Is told how many bytes are done and how many there are, 0 where nobody knows; from any thread."""

_STEP = 10
"""Per cent between two plain lines."""
_MEGABYTES = 100
"""Megabytes between two plain lines, where nobody knows how many there will be."""
_SMALL = 8 << 20
"""Of what is over in a moment nothing is told in plain lines."""


@contextmanager
def telling(what: str) -> Iterator[Tell]:
    """Tell of one thing, such as "Copying"."""
    if sys.stderr.isatty() and os.environ.get("TERM") not in (None, "", "dumb"):
        with _moving(what) as tell:
            yield tell
    else:
        yield _Lines(what).tell


class _Lines:
    """Plain lines, each a good deal after the one before."""

    def __init__(self, what: str) -> None:
        """Have told nothing."""
        self._what = what
        self._told = 0
        self._lock = Lock()

    def tell(self, done: int, whole: int) -> None:
        """Say it where enough has happened since the last time."""
        unit = done * 100 // whole // _STEP if whole else done // (_MEGABYTES << 20)
        with self._lock:
            if unit <= self._told or done == whole or 0 < whole < _SMALL:
                return
            self._told = unit
        warn(f"{self._what}: {unit * _STEP} %." if whole else f"{self._what}: {done >> 20:,} MB.")


@contextmanager
def _moving(what: str) -> Iterator[Tell]:
    """A bar that goes when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what, markup=False), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole or None)
