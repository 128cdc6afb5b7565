"""Strength is told in bounded time and leaves no trace of what was typed."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn import matching

from security.policy import STANDARD
from security.strength import GREATEST_LENGTH, advise, strength

SLOW = "824%&9b0z8e&%z10 +5zsoxo |&{x0i6c&@<(8 (li@l$+5c 3[7cf!0s9{+1<a56|aa&<<!"
"""Takes zxcvbn's own entry point more than six seconds."""

SYMBOLS = "4@8({[<369&#!1|0$5+7%2"


def seconds_for(candidate: str) -> float:
    """The time that one estimate takes."""
    began = time.perf_counter()
    strength(candidate)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("candidate", "score"),
    [("", 0), ("password", 0), ("p4ssw0rd", 0), ("qwertyuiop", 0), ("Plum tree, 7 lanterns", 4)],
)
def test_the_score_goes_from_nothing_to_four(candidate: str, score: int) -> None:
    assert strength(candidate).score == score


def test_a_guessable_candidate_gets_a_warning_and_advice() -> None:
    found = strength("password")
    assert found.warning
    assert found.suggestions
    assert found.guesses_log10 < 3


def test_an_empty_candidate_is_answered_without_a_fault() -> None:
    advice = advise("", STANDARD, (), False)
    assert (advice.score, advice.guesses_log10, advice.is_usable) == (0, 0.0, False)
    assert not any(state.is_met for state in advice.rules)


def test_words_of_the_person_are_guessed_first() -> None:
    assert strength("haddadamir", ("haddad", "amir")).score < strength("haddadamir").score


def test_words_of_one_person_are_not_kept_for_the_next() -> None:
    """zxcvbn's own entry point leaves them in a dictionary of its module."""
    strength("haddadamir", ("haddad", "canaryword"))
    assert "user_inputs" not in matching.RANKED_DICTIONARIES
    assert all("canaryword" not in words for words in matching.RANKED_DICTIONARIES.values())


@pytest.mark.parametrize(
    "candidate",
    [
        SLOW,
        SLOW[:36] * 2,
        SYMBOLS * 4,
        SYMBOLS[:18] * 4,
        "(4@8[" * 15,
        "a" * 128,
        "é" * 128,
        "19991231" * 16,
        "l1|!i" * 15,
    ],
)
def test_no_candidate_takes_long(candidate: str) -> None:
    seconds_for("warm up")
    assert min(seconds_for(candidate) for _ in range(3)) < 1


def test_only_the_first_seventy_two_characters_are_looked_at() -> None:
    assert strength("x7$" * 40) == strength(("x7$" * 40)[:GREATEST_LENGTH])


def test_a_repeated_candidate_of_many_symbols_is_worth_little_more_than_once() -> None:
    once, thrice = strength(SYMBOLS).guesses_log10, strength(SYMBOLS * 3).guesses_log10
    assert once <= thrice < once + 1


def test_every_reading_is_tried_where_there_are_few() -> None:
    assert strength("p@$$w0rd").score == 0


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_candidate_raises(candidate: str) -> None:
    found = advise(candidate, STANDARD, ("amir",), True)
    assert 0 <= found.score <= 4
    assert found.guesses_log10 >= 0


@given(st.text(string.printable, max_size=30))
@settings(deadline=None)
def test_printable_candidates_are_usable_unless_they_hold_controls(candidate: str) -> None:
    usable = bool(candidate) and not set(candidate) & set("\t\n\r\x0b\x0c")
    assert advise(candidate, STANDARD, (), False).is_usable is usable


def test_an_unusable_candidate_says_so_and_meets_no_rule() -> None:
    advice = advise("Plum tree,\n7 lanterns", STANDARD, (), False)
    assert not advice.is_usable
    assert not any(state.is_met for state in advice.rules)


def test_the_advice_does_not_repeat_the_candidate() -> None:
    assert "dragonfly" not in repr(advise("dragonfly", STANDARD, (), False))
