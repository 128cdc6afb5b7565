"""A finding of the doctor's: one thing that was looked at, how it stands, and what mends it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum

from strongroom.commands.answer import WIDTH, Fact
from strongroom.exits import Stopped


class Mark(StrEnum):
    """How a thing stands."""

    WELL = "ok"
    NONE = "none"
    """It is not there and need not be."""
    AMISS = "AMISS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    mark: Mark
    sentence: str
    mends: str = ""
    """What mends it, or how to have it."""
    command: str = ""
    """What is to be typed for it, on a line of its own so that it can be copied whole."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, for a person, in the columns of a list of findings."""
        begin = f"{self.mark:<5}  {self.subject:<14}  "
        text = f"{self.sentence} {self.mends}".rstrip()
        wide = WIDTH - len(begin)
        said = textwrap.wrap(text, wide, break_long_words=False, break_on_hyphens=False)
        said += [self.command] if self.command else []
        return tuple(f"{' ' * len(begin) if number else begin}{line}" for number, line in enumerate(said))

    def facts(self) -> dict[str, Fact]:
        """All of it, for a program."""
        return {
            "subject": self.subject,
            "state": self.mark.value.casefold(),
            "sentence": self.sentence,
            "mends": f"{self.mends} {self.command}".strip(),
        }


def amiss(subject: str, fault: Exception, mends: str = "") -> Finding:
    """What is wrong with a thing, as whoever met it says."""
    if isinstance(fault, Stopped):
        return Finding(subject, Mark.AMISS, fault.sentence, fault.hint or mends)
    return Finding(subject, Mark.AMISS, str(fault), mends)
