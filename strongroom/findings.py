"""A finding of the doctor's: one thing that was looked at, how it stands, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from strongroom.commands.answer import Fact
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

    @property
    def line(self) -> str:
        """All of it, for a person."""
        return f"{self.mark:<5}  {self.subject:<11}  {self.sentence} {self.mends}".rstrip()

    def facts(self) -> dict[str, Fact]:
        """All of it, for a program."""
        return {
            "subject": self.subject,
            "state": self.mark.value.casefold(),
            "sentence": self.sentence,
            "mends": self.mends,
        }


def amiss(subject: str, fault: Exception, mends: str = "") -> Finding:
    """What is wrong with a thing, as whoever met it says."""
    if isinstance(fault, Stopped):
        return Finding(subject, Mark.AMISS, fault.sentence, fault.hint or mends)
    return Finding(subject, Mark.AMISS, str(fault), mends)


def counted(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
