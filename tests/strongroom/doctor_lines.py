"""What the doctor said, read as a person reads it."""

from __future__ import annotations

from tests.strongroom.running import Ended

MARKS = ("ok", "none", "AMISS")


def lines_of(ended: Ended) -> dict[str, str]:
    """What was said of each subject, on how many lines ever, without the blanks that make columns."""
    found: dict[str, str] = {}
    subject = ""
    for line in ended.out.splitlines():
        if line.startswith(MARKS):
            subject = line[7:23].strip()
            found[subject] = f"{line.split(maxsplit=1)[0]} {line[23:]}"
        else:
            found[subject] += f" {line.strip()}"
    return found
