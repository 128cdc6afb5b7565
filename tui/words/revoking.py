"""The end of sessions in a person's words: what is asked before, and what is said after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from security.facts import SessionView
from tui.words.refusals import counted
from tui.words.sessions import device_words, place_words

NAMED_AT_MOST = 3
"""How many of the other sessions are named before all of them are signed out."""

ENDED_ALREADY = "That session had ended already."
"""Instead of a revocation that was not needed."""

AFTER = "It ends at once and for good: its terminal goes back to sign-in."
"""What revoking does."""

AFTER_OWN = "It is the one you are using: you are signed out here, and your other sessions go on."
"""What it does where the session is the asking one."""

ADVICE = "If this was not you, change your password too: whoever signed in there knew it."
"""What is said of a session that looks strange."""

NAME_SAVED = "The device's name was saved."
"""After a device was named."""


@dataclass(frozen=True, slots=True)
class OthersQuestion:
    """What is asked before everybody else is signed out."""

    sentence: str
    """The question, with the number."""
    after: str
    """Which ones they are, and what happens to them."""


def revoked_words(session: SessionView) -> str:
    """What is said once a session was revoked."""
    return f"Revoked: {device_words(session)}, {place_words(session)}."


def others_question(others: Sequence[SessionView]) -> OthersQuestion:
    """Ask whether all other sessions are to end."""
    each = "Each" if len(others) > 1 else "It"
    return OthersQuestion(
        f"End your {counted(len(others), 'other session')}? Only this one stays.",
        f"{_listed(others)}. {each} goes back to sign-in at once; this is not undone.",
    )


def signed_out_words(ended: int) -> str:
    """How many other sessions there were in the end."""
    were = "was" if ended == 1 else "were"
    return f"{counted(ended, 'other session')} {were} signed out."


def _listed(sessions: Sequence[SessionView]) -> str:
    """The first few of some sessions, and how many more there are."""
    names = [f"{device_words(session)} ({place_words(session)})" for session in sessions[:NAMED_AT_MOST]]
    more = len(sessions) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
