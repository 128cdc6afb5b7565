"""Clocks: where the rules get the time from, so that nobody else asks for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

GREATEST_BACKWARD_STEP = timedelta(seconds=2)
"""A wall clock that fell back by more than this was set (R119)."""

GREATEST_FORWARD_STEP = timedelta(seconds=60)
"""A wall clock that leapt ahead by more than this was set (R119)."""


class Clock(Protocol):
    """Tells the time. Every rule that needs the time is given one."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        ...


class SystemClock:
    """The machine's own clock, watched for steps."""

    def __init__(self) -> None:
        self._started_at = self._wall()
        self._started_ticks = self._ticks()

    def now(self) -> datetime:
        """The present moment by the machine's wall clock, aware UTC."""
        return self._wall()

    def stepped(self) -> timedelta | None:
        """How far the wall clock was set since the last call, or None where it only ran.

        The wall clock is held against one that counts through sleep and cannot be set. A reported step
        is the new base, so that one step is told once (R119).
        """
        elapsed = timedelta(microseconds=(self._ticks() - self._started_ticks) // 1000)
        step = self._wall() - self._started_at - elapsed
        if -GREATEST_BACKWARD_STEP <= step <= GREATEST_FORWARD_STEP:
            return None
        self._started_at = self._wall()
        self._started_ticks = self._ticks()
        return step

    def _wall(self) -> datetime:
        """The wall clock, which an operator may set."""
        return datetime.now(UTC)

    def _ticks(self) -> int:
        """Nanoseconds of a clock that nobody can set and that counts while the machine sleeps."""
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return time.monotonic_ns()


class MovedClock:
    """A clock that stands still until it is moved: for the demo's history and for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """The moment that the clock was moved to, aware UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock by a span, which may be negative, and tell the new moment."""
        self._now += by
        return self._now

    def set(self, to: datetime) -> None:
        """Move the clock to a moment."""
        self._now = _aware(to)


def _aware(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("a clock needs an aware time")
    return moment.astimezone(UTC)
