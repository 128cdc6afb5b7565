"""What screens ask of the app, and what the app tells screens. No message carries a secret."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from security.vocabulary import ChangeKind


class Place(StrEnum):
    """A place inside that has a screen of its own."""

    GENERAL = "general"
    GENERAL_SESSIONS = "general_sessions"
    OVERVIEW = "overview"
    PASSWORD = "password"  # noqa: S105 - a place
    TWO_FACTOR = "two_factor"
    SESSIONS = "sessions"
    ACTIVITY = "activity"


class GoTo(Message):
    """To the app: show a place in place of the present one; not answered while that one is `saving`."""

    def __init__(
        self,
        place: Place,
        *,
        is_passing: bool = False,
        begin: str = "",
        otherwise: str = "",
        advice: str = "",
    ) -> None:
        """Keep the place; who walks along the tabs is only passing."""
        super().__init__()
        self.place = place
        """Where to go."""
        self.is_passing = is_passing
        """Whether the next key may lead on, so that no field may take it."""
        self.begin = begin
        """The action of the place that begins once it has read what it shows."""
        self.otherwise = otherwise
        """What is said where the place does not offer that action."""
        self.advice = advice
        """What is said on arrival; `{sessions.revoke}` stands for the key of that binding."""


class Entered(Message):
    """To the app: the visit has adopted a session; show the rooms inside."""


class LeaveRequested(Message):
    """To the app: the person wants to sign out."""


class SignedOut(Message):
    """To the app: the session is over; its reason is one of `EndReason` or "unknown"."""

    def __init__(self, reason: str) -> None:
        """Keep the stored reason."""
        super().__init__()
        self.reason = reason
        """One of `security.vocabulary.EndReason`, or "unknown"."""


class IdleReached(Message):
    """To the app: nobody touched the terminal for as long as the door allows."""


class LockRequested(Message):
    """To the app: the person wants the screen locked now."""


class Unlocked(Message):
    """To the app: the idle lock was opened and the visit has adopted the new token."""


class AccountChanged(Message):
    """To the screen on top: something of this account changed, here or elsewhere; read it again."""

    def __init__(self, kind: ChangeKind) -> None:
        """Keep what changed."""
        super().__init__()
        self.kind = kind
        """The kind of the change feed's row."""


class LiveChanged(Message):
    """To the screens: the feed of changes broke or is followed again; the visit knows since when."""


class TimesChanged(Message):
    """To the screen on top: times are to be shown the other way (local or UTC)."""


class AppearanceChosen(Message):
    """To the app: show this theme from now on."""

    def __init__(self, theme: str) -> None:
        """Keep the theme's name."""
        super().__init__()
        self.theme = theme
        """One of `tui.themes.NAMES`."""
