"""The change of a password in a person's words: what it does before, what it did, and advice on a new one."""

from __future__ import annotations

from security.facts import PasswordAdvice, PasswordChanged
from tui.words.refusals import breach_words, counted

NONE_HERE = "There is no password to change here."
"""What is said below the organisation's sentence, where its members sign in elsewhere."""


def before_words(others: int) -> str:
    """What a change does to the other sessions: "Signs out your other 2 sessions"."""
    match others:
        case 0:
            return "This is your only session"
        case 1:
            return "Signs out your other session"
    return f"Signs out your other {others} sessions"


def after_words(changed: PasswordChanged) -> str:
    """What a change did ("Password changed. 2 other sessions were signed out.") and the breach check said."""
    ended = changed.sessions_ended
    verb = "was" if ended == 1 else "were"
    signed_out = f" {counted(ended, 'other session')} {verb} signed out." if ended else ""
    return f"Password changed.{signed_out} {breach_words(changed.breach).sentence}"


def advice_words(advice: PasswordAdvice) -> str:
    """The warning, or the first suggestion; empty where nothing is to be said."""
    if advice.warning:
        return str(advice.warning)
    return str(advice.suggestions[0]) if advice.suggestions else ""
