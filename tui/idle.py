"""When the terminal was last touched, so that the screen can lock; costs nothing while it is idle."""

from __future__ import annotations

from math import inf
from time import monotonic


class IdleWatch:
    """Tells how long there is still to go until the lock."""

    def __init__(self, limit_seconds: float) -> None:
        """Begin to watch; a limit of 0 never locks."""
        self._limit = limit_seconds if limit_seconds > 0 else inf
        self._touched_at = monotonic()

    @property
    def never_locks(self) -> bool:
        """Whether there is no limit."""
        return self._limit == inf

    def touched(self) -> None:
        """Note that the person did something."""
        self._touched_at = monotonic()

    def seconds_left(self) -> float:
        """Return the seconds until the lock, not less than 0."""
        return max(0.0, self._limit - (monotonic() - self._touched_at))
