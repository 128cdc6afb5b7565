"""Strength: what zxcvbn makes of a candidate, in bounded time and without leaving a trace of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zxcvbn import feedback, matching, scoring, time_estimates

from security import password_rules
from security.facts import PasswordAdvice
from security.normalise import normalise_password
from security.policy import Policy
from security.refusals import UnusableInput
from security.safe_text import SafeText, sanitise

GREATEST_LENGTH = 72
"""Characters that are looked at; the rest can only add strength."""

MOST_SUBSTITUTIONS = 8
"""Ways to read "4" as "a" and the like that are tried; with more, one candidate takes seconds."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What zxcvbn says of one candidate."""

    score: int
    """0 (worst) to 4."""
    guesses_log10: float
    crack_time: SafeText
    """In words, for an offline attack on a slow hash."""
    warning: SafeText
    suggestions: tuple[SafeText, ...]


def strength(candidate: str, words: Sequence[str] = ()) -> Strength:
    """Estimate how many guesses a candidate takes; `words` are guessed first.

    zxcvbn's own entry point keeps the words of the last person in a module's dictionary and takes
    seconds for some candidates, so its parts are put together here.
    """
    if not candidate:
        return Strength(0, 0.0, sanitise("less than a second"), sanitise(""), ())
    looked_at = candidate[:GREATEST_LENGTH]
    if not looked_at:
        return Strength(0, 0.0, SafeText(), SafeText(), ())
    base, times = _unrepeated(looked_at) if _has_many_readings(looked_at) else (looked_at, 1)
    result = scoring.most_guessable_match_sequence(base, _matches(base, words))
    guesses = Decimal(result["guesses"]) * times
    estimate = time_estimates.estimate_attack_times(guesses)
    advice = feedback.get_feedback(estimate["score"], result["sequence"])
    return Strength(
        score=int(estimate["score"]),
        guesses_log10=round(math.log10(max(guesses, Decimal(1))), 3),
        crack_time=sanitise(estimate["crack_times_display"]["offline_slow_hashing_1e4_per_second"]),
        warning=sanitise(advice["warning"]),
        suggestions=tuple(sanitise(line) for line in advice["suggestions"]),
    )


def advise(candidate: str, policy: Policy, words: Sequence[str], has_two_factor: bool) -> PasswordAdvice:
    """Everything that may be said of a typed candidate without the network: rules, strength, advice."""
    try:
        password, is_usable = normalise_password(candidate), True
    except UnusableInput:
        password, is_usable = "", False
    found = strength(password, words)
    return PasswordAdvice(
        rules=password_rules.states(password, policy, words, has_two_factor),
        score=found.score,
        guesses_log10=found.guesses_log10,
        crack_time=found.crack_time,
        warning=found.warning,
        suggestions=found.suggestions,
        is_usable=is_usable,
    )


def _matches(base: str, words: Sequence[str]) -> list[dict[str, Any]]:
    """All patterns that zxcvbn finds, from dictionaries of our own copy."""
    own = matching.build_ranked_dict([word.lower() for word in words])
    dictionaries = {**matching.RANKED_DICTIONARIES, "user_inputs": own}
    matchers = [
        matching.dictionary_match,
        matching.reverse_dictionary_match,
        matching.spatial_match,
        matching.sequence_match,
        matching.regex_match,
        matching.date_match,
    ]
    if not _has_many_readings(base):
        matchers += [matching.l33t_match, matching.repeat_match]
    found = [match for matcher in matchers for match in matcher(base, _ranked_dictionaries=dictionaries)]
    return sorted(found, key=lambda match: (match["i"], match["j"]))


def _has_many_readings(base: str) -> bool:
    """Whether the symbols of a candidate can be read as letters in too many ways to try them all."""
    table = matching.relevant_l33t_subtable(base, matching.L33T_TABLE)
    return math.prod(len(symbols) for symbols in table.values()) > MOST_SUBSTITUTIONS


def _unrepeated(candidate: str) -> tuple[str, int]:
    """The part that a candidate repeats, and how many times; itself once where it repeats none."""
    found = re.fullmatch(r"(.+?)\1+", candidate, re.DOTALL)
    return (found[1], len(candidate) // len(found[1])) if found else (candidate, 1)
