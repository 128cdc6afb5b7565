"""How a move tells how far it is: a bar where stderr is a terminal, lines at intervals where it is not."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from security.moving import Hearing, Progress, Work
from strongroom.speech import warn

INTERVAL = 5.0
"""Seconds between two lines, where nobody looks at a bar."""

ROOM_FOR_BAR = 72
"""Columns from which there is room for a bar beside the numbers."""

_WORDS = {Work.COPY: "Copying", Work.COMPARE: "Comparing", Work.AUDIT: "Checking the audit"}
_UNITS = {Work.COPY: "rows", Work.COMPARE: "rows", Work.AUDIT: "chains"}


@contextmanager
def told(*, in_colour: bool) -> Iterator[Hearing]:
    """Tell of the progress until the end, in whichever way stderr can show."""
    if not sys.stderr.isatty():
        yield Lines().hear
        return
    console = Console(file=sys.stderr, color_system="auto" if in_colour else None, highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        *([BarColumn(bar_width=None)] if console.width >= ROOM_FOR_BAR else []),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}", markup=False),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=console, expand=True, speed_estimate_period=10) as bar:
        yield Bars(bar).hear


class Bars:
    """One bar for each kind of work, drawn by a thread of its own."""

    def __init__(self, bar: Bar) -> None:
        """Draw on a terminal."""
        self._bar = bar
        self._tasks: dict[Work, TaskID] = {}
        self._paces: dict[Work, Pace] = {}

    def hear(self, progress: Progress) -> None:
        """Move the bar of what is done."""
        words = _words(progress)
        if progress.work not in self._tasks:
            self._tasks[progress.work] = self._bar.add_task(words, total=progress.total, speed="")
            self._paces[progress.work] = Pace(progress.done)
        self._bar.update(
            self._tasks[progress.work],
            description=words,
            completed=progress.done,
            total=progress.total,
            speed=self._paces[progress.work].told(progress),
        )


class Lines:
    """A line when a kind of work begins and ends, and at intervals in between."""

    def __init__(self) -> None:
        """Say nothing yet."""
        self._work: Work | None = None
        self._pace = Pace(0)
        self._said_at = 0.0
        self._is_done = False

    def hear(self, progress: Progress) -> None:
        """Say how far it is, where that is due."""
        is_new = progress.work is not self._work
        if is_new:
            self._work, self._pace, self._is_done = progress.work, Pace(progress.done), False
        ends = progress.done >= progress.total and not self._is_done
        self._is_done = self._is_done or ends
        now = time.monotonic()
        if is_new or ends or now - self._said_at >= INTERVAL:
            self._said_at = now
            warn(
                f"{_words(progress)}: {progress.done} of {progress.total}"
                f" {_UNITS[progress.work]} {self._pace.told(progress)}".rstrip()
            )


class Pace:
    """How quickly it goes, since this start."""

    def __init__(self, before: int) -> None:
        """Begin to count, after what an earlier start has done."""
        self._before = before
        self._began = time.monotonic()

    def told(self, progress: Progress) -> str:
        """Say the pace in words."""
        seconds = time.monotonic() - self._began
        if seconds < 0.5 or progress.work is Work.AUDIT:
            return ""
        return f"{(progress.done - self._before) / seconds:.0f} rows/s"


def _words(progress: Progress) -> str:
    """Say what is done."""
    return f"{_WORDS[progress.work]} {progress.table}".rstrip()
