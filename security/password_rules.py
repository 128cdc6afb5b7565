"""The rules of a new password: length, classes, common words, words of its context (R001, R005, R006)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from security.facts import RuleState
from security.policy import Policy
from security.vocabulary import PasswordRule

LEAST_CONTEXT_LETTERS = 4
"""Shorter words of the context stand in too many good passwords."""

PRODUCT = "Strongroom"


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The embedded list: zxcvbn's 30,000 commonest passwords, folded."""
    return frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"])


def is_common(candidate: str) -> bool:
    """Whether a candidate is a common password, as it stands or with digits and symbols around it."""
    folded = candidate.casefold()
    return folded in common_passwords() or _bare(folded) in common_passwords()


def context_words(*texts: str) -> tuple[str, ...]:
    """The words of four letters or more in texts that everybody can guess, folded.

    Texts are the organisation, the person's name and their address, of which only the local part
    counts. The product's own name is always among them.
    """
    words: dict[str, None] = {}
    for text in (PRODUCT, *texts):
        local = text.rpartition("@")[0] or text
        for word in _letters_of(unicodedata.normalize("NFKC", local).casefold()):
            if len(word) >= LEAST_CONTEXT_LETTERS:
                words[word] = None
    return tuple(words)


def states(
    candidate: str, policy: Policy, words: Sequence[str], has_two_factor: bool
) -> tuple[RuleState, ...]:
    """Each rule that the policy sets, held against a normalised candidate, in the order of the live list.

    Nothing is met by an empty candidate. `words` are what `context_words` gave.
    """
    folded = candidate.casefold()
    length = policy.length_for(has_two_factor=has_two_factor)
    held = [
        (PasswordRule.LENGTH, True, len(candidate) >= length, length),
        (PasswordRule.UPPER, policy.needs_upper, _has(candidate, "Lu"), 1),
        (PasswordRule.LOWER, policy.needs_lower, _has(candidate, "Ll"), 1),
        (PasswordRule.DIGIT, policy.needs_digit, _has(candidate, "Nd"), 1),
        (PasswordRule.SYMBOL, policy.needs_symbol, _has(candidate, "P", "S"), 1),
        (PasswordRule.COMMON, True, not is_common(candidate), 0),
        (PasswordRule.CONTEXT, True, not any(word in folded for word in words), 0),
    ]
    return tuple(
        RuleState(rule, bool(candidate) and met, figure) for rule, wanted, met, figure in held if wanted
    )


def broken(
    candidate: str, policy: Policy, words: Sequence[str], has_two_factor: bool
) -> tuple[PasswordRule, ...]:
    """The rules that a normalised candidate breaks, in the order in which they are shown."""
    return tuple(state.rule for state in states(candidate, policy, words, has_two_factor) if not state.is_met)


def _letters_of(text: str) -> list[str]:
    """The runs of letters in a text."""
    return "".join(char if char.isalpha() else " " for char in text).split()


def _has(candidate: str, *categories: str) -> bool:
    """Whether a character of one of the Unicode categories is in it; a blank (Zs) is no symbol."""
    return any(unicodedata.category(char).startswith(categories) for char in candidate)


def _bare(folded: str) -> str:
    """The word without the digits, symbols and blanks before and after it."""
    start, end = 0, len(folded)
    while start < end and unicodedata.category(folded[start])[0] not in "LM":
        start += 1
    while end > start and unicodedata.category(folded[end - 1])[0] not in "LM":
        end -= 1
    return folded[start:end]
