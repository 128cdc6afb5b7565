"""`make bench`: each line a ratio of two things timed in turn, with target, figure and verdict.

`python -m bench WORD...` measures only the lines whose claim holds one of the words.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence

from bench import activity, activity_on_server, breach_file, first_paint, lists, look_ups, move, sign_ins
from bench.line import Line

LINES: tuple[Line, ...] = (
    *first_paint.LINES,
    *lists.LINES,
    *sign_ins.LINES,
    *look_ups.LINES,
    *activity.LINES,
    *activity_on_server.LINES,
    *breach_file.LINES,
    *move.LINES,
)


def main(words: Sequence[str]) -> int:
    """Print the table; exit 1 where a target is missed."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print("| claim | target | figure | verdict |\n|---|---|---|---|", flush=True)
    missed = False
    for line in LINES:
        if words and not any(word in line.claim for word in words):
            continue
        figure = line.measure()
        holds = line.holds(figure)
        missed |= not holds
        told = f"{figure:.{line.digits}f} {line.unit}"
        print(f"| {line.claim} | {line.wanted} | {told} | {'holds' if holds else 'missed'} |", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
