"""When the terminal was last touched, so that the screen can lock; costs nothing while it is idle."""

from __future__ import annotations

import time
from math import inf

LOOK_SECONDS = 5.0
"""At most so long after a machine that slept has woken up the screen locks; timers sleep with the machine."""


class IdleWatch:
    """Tells how long there is still to go until the lock."""

    def __init__(self, limit_seconds: float) -> None:
        """Begin to watch; a limit of 0 never locks."""
        self._limit = limit_seconds if limit_seconds > 0 else inf
        self._touched_at = _ticks()

    @property
    def never_locks(self) -> bool:
        """Whether there is no limit."""
        return self._limit == inf

    def touched(self) -> None:
        """Note that the person did something."""
        self._touched_at = _ticks()

    def seconds_left(self) -> float:
        """Return the seconds until the lock, not less than 0; the machine's sleep counts."""
        return max(0.0, self._limit - (_ticks() - self._touched_at))

    def seconds_to_look(self) -> float:
        """Return the seconds after which to look again whether the lock is due."""
        return min(LOOK_SECONDS, max(0.5, self.seconds_left() or LOOK_SECONDS))


def _ticks() -> float:
    """Seconds of a clock that nobody can set and that counts while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
