"""`make bench`: each line a ratio of two things timed in turn, with target, figure and verdict."""

from __future__ import annotations

import asyncio
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.first_paint import first_paint
from bench.sign_ins import sign_ins


@dataclass(frozen=True, slots=True)
class Line:
    """One claim and what measured it."""

    claim: str
    target: float
    is_ceiling: bool
    """The figure must not be over the target; else not under it."""
    measure: Callable[[], float]


LINES = (
    Line("first paint of the sign-in screen / a one-widget Textual app", 1.25, True, first_paint),
    Line("sign-ins a second / the bare argon2 rate, 4 at once", 0.9, False, lambda: asyncio.run(sign_ins(4))),
)


def main() -> int:
    """Print the table; exit 1 where a target is missed."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print("| claim | target | figure | verdict |\n|---|---|---|---|")
    missed = False
    for line in LINES:
        figure = line.measure()
        holds = figure <= line.target if line.is_ceiling else figure >= line.target
        missed |= not holds
        sign = "≤" if line.is_ceiling else "≥"
        print(f"| {line.claim} | {sign} {line.target:g} | {figure:.2f} | {'holds' if holds else 'missed'} |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
