"""One line of the table of figures: a claim, its target, and what measures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One claim and what measured it."""

    claim: str
    """What is held against what, in words."""
    target: float
    is_ceiling: bool
    """The figure must not be over the target; else not under it."""
    measure: Callable[[], float]
    """Gives the figure: a ratio of two things timed in turn, wherever two can be."""
    unit: str = "x"
    """What the figure counts: "x" for a ratio."""
    digits: int = 2
    """Digits after the point."""

    @property
    def wanted(self) -> str:
        """The target as it is printed."""
        return f"{'≤' if self.is_ceiling else '≥'} {self.target:g} {self.unit}"

    def holds(self, figure: float) -> bool:
        """Whether a figure reaches the target."""
        return figure <= self.target if self.is_ceiling else figure >= self.target
