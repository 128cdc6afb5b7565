"""Turns that a visit in lines can take in the middle of a question: back, out, locked, signed out."""

from __future__ import annotations


class Turn(Exception):
    """The question that was asked is not answered any more."""


class Back(Turn):
    """The person goes back a menu: ctrl+c, or an empty line."""


class Leave(Turn):
    """The person leaves the program."""

    def __init__(self, code: int = 0) -> None:
        """Keep the exit code."""
        super().__init__()
        self.code = code
        """How the program ends."""


class SignedOff(Turn):
    """The person signed out here."""


class Locked(Turn):
    """The session waits behind the idle lock."""


class Ended(Turn):
    """The session is over."""

    def __init__(self, reason: str) -> None:
        """Keep the stored reason."""
        super().__init__()
        self.reason = reason
        """One of `security.vocabulary.EndReason`, or "unknown"."""


class EnrolFirst(Turn):
    """The second factor was reset, so it is set up before anything else."""


class Faulty(Turn):
    """Something in the background failed by a fault of the program."""

    def __init__(self, fault: BaseException) -> None:
        """Keep the fault."""
        super().__init__()
        self.fault = fault
        """What failed."""
