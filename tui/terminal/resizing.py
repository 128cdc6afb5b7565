"""How often and how large a terminal may become: at most twenty layouts a second, within bounds (R089)."""

from __future__ import annotations

from textual.geometry import Size

LAYOUTS_PER_SECOND = 20
"""More changes of size than this are coalesced into the last one."""

LARGEST = Size(640, 240)
"""A larger terminal is drawn in its upper left part, so that nobody can make the program allocate at will."""

UNKNOWN = Size(80, 24)
"""What a terminal that says 0x0 is taken for."""


def bounded(width: int, height: int) -> Size:
    """Return a size that can be laid out: 0 stands for unknown, everything else is kept within bounds."""
    return Size(
        min(width, LARGEST.width) if width > 0 else UNKNOWN.width,
        min(height, LARGEST.height) if height > 0 else UNKNOWN.height,
    )


class Resizing:
    """Tells when the next layout is due."""

    def __init__(self) -> None:
        """Begin with none."""
        self._last = float("-inf")

    def due_in(self, now: float) -> float:
        """Return the seconds until a layout may be made: 0 now."""
        return max(0.0, self._last + 1 / LAYOUTS_PER_SECOND - now)

    def made(self, now: float) -> None:
        """Note that a layout was asked for."""
        self._last = now
