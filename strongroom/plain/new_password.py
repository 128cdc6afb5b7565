"""Choosing a new password in lines: the rules before, what is missing after, and its strength in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from security.facts import PasswordAdvice
from strongroom.plain.talk import Talk
from tui.words.password import advice_words
from tui.words.refusals import CHOOSING_HINT, STRENGTHS, Words, rule_words

Advise = Callable[[str], Awaitable[PasswordAdvice]]
"""Says what may be said of a candidate."""


async def say_rules(talk: Talk, advise: Advise) -> None:
    """Say the organisation's rules, one a line."""
    advice = await advise("")
    talk.say("Rules for the new password, one a line:", *(rule_words(rule) for rule in advice.rules))
    talk.say(CHOOSING_HINT)


async def choose_password(talk: Talk, advise: Advise, question: str, again: str) -> tuple[str, str]:
    """Ask for a password that keeps the rules, and for its confirmation.

    Raises:
        Back: an empty line.
    """
    while True:
        candidate = await talk.secret(question)
        advice = await advise(candidate)
        if not advice.is_usable:
            talk.refuse(Words("It is too long, or holds characters that cannot be taken."))
            continue
        missing = [rule_words(rule) for rule in advice.rules if not rule.is_met]
        if missing:
            talk.refuse(Words("The new password breaks a rule. It misses, one a line:"))
            talk.say(*missing)
            continue
        lasts = f", it lasts {advice.crack_time}" if advice.crack_time else ""
        talk.say("It keeps every rule.", f"Strength: {STRENGTHS[advice.score]}{lasts}.", advice_words(advice))
        return candidate, await talk.secret(again)
