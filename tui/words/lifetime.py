"""The longest life of sessions in a person's words: what may be chosen, and what a choice does at once."""

from __future__ import annotations

from datetime import timedelta

from security.facts import SessionsView, SessionView
from tui.words.refusals import counted
from tui.words.sessions import lifetime_words

OFFERED = (timedelta(hours=1), timedelta(hours=8), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""What is offered, where the organisation allows as long."""

QUESTION = "After so long a session ends, whatever is done in it. Every device then signs in anew."
"""What is asked."""


def offered(view: SessionsView) -> tuple[timedelta, ...]:
    """The lifetimes to choose from: shorter than the longest, the longest itself, and the present one."""
    shorter = {lifetime for lifetime in OFFERED if lifetime < view.longest}
    return tuple(sorted(shorter | {view.lifetime, view.longest}))


def ended_by(view: SessionsView, lifetime: timedelta) -> list[SessionView]:
    """The sessions that a lifetime ends at once."""
    return [session for session in view.sessions if view.read_at - session.created_at >= lifetime]


def effect_words(view: SessionsView, lifetime: timedelta) -> str:
    """What a lifetime does at once."""
    over = ended_by(view, lifetime)
    others = [session for session in over if not session.is_current]
    longest = ", as long as your organisation allows" if lifetime == view.longest else ""
    words = f"Sessions end {lifetime_words(lifetime)} after they began{longest}."
    if len(over) > len(others):
        rest = f", and {counted(len(others), 'other one')} too" if others else ""
        return f"{words} This one is older than that: you are signed out at once{rest}."
    if others:
        older = "is older and" if len(others) == 1 else "are older and are"
        return f"{words} {counted(len(others), 'other session')} {older} signed out at once."
    return f"{words} None of yours is older than that."


def short_words(lifetime: timedelta) -> str:
    """A lifetime in few cells: "8 h", "30 d"."""
    number, _, unit = lifetime_words(lifetime).partition(" ")
    return f"{number} {unit[0]}" if unit[0] in "hd" else f"{number} min"


def now_words(lifetime: timedelta) -> str:
    """What is said once a lifetime was chosen."""
    return f"Your sessions now live {lifetime_words(lifetime)} at most."
