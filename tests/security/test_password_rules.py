"""The rules of a new password, each held against what a person types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from security.password_rules import broken, common_passwords, context_words, is_common, states
from security.policy import NIST, STANDARD, Policy
from security.vocabulary import PasswordRule

GOOD = "Plum tree, 7 lanterns"
ALL_CLASSES = replace(STANDARD, needs_lower=True)
BARE = replace(NIST, minimum_length=8)


def breaks(candidate: str, policy: Policy = STANDARD, *words: str, has_two_factor: bool = False) -> list[str]:
    """The names of the rules that a candidate breaks."""
    return [rule.value for rule in broken(candidate, policy, words, has_two_factor)]


def test_a_good_password_breaks_nothing() -> None:
    assert breaks(GOOD) == []


def test_an_empty_candidate_meets_nothing() -> None:
    assert not any(state.is_met for state in states("", ALL_CLASSES, (), False))


def test_the_rules_stand_in_the_order_of_the_list_with_their_figures() -> None:
    shown = states(GOOD, ALL_CLASSES, (), False)
    assert [state.rule for state in shown] == list(PasswordRule)
    assert [state.figure for state in shown] == [12, 1, 1, 1, 1, 0, 0]


def test_a_switch_that_is_off_shows_no_rule() -> None:
    assert PasswordRule.LOWER not in [state.rule for state in states(GOOD, STANDARD, (), False)]
    assert [state.rule.value for state in states(GOOD, NIST, (), False)] == ["length", "common", "context"]


def test_the_seeds_example_of_nine_characters_is_too_short() -> None:
    assert breaks("Sunset!42") == ["length", "common"]


@pytest.mark.parametrize(("length", "is_broken"), [(11, True), (12, False)])
def test_length_is_counted_in_code_points(length: int, is_broken: bool) -> None:
    assert ("length" in breaks(("Aé1!字🔑" * 3)[:length])) is is_broken


def test_the_length_may_be_less_with_two_factor() -> None:
    assert breaks("kpzqvxwy", NIST, has_two_factor=True) == []
    assert breaks("kpzqvxwy", NIST) == ["length"]


@pytest.mark.parametrize(
    ("candidate", "missing"),
    [
        ("plum tree, 7 lanterns", ["upper"]),
        ("PLUM TREE, 7 LANTERNS", ["lower"]),
        ("Plum tree, seven lanterns", ["digit"]),
        ("Plum tree 7 lanterns", ["symbol"]),
        ("Ольга и 7 фонарей!", []),
        ("Ünïcode wörds ٧ «so»", []),
        ("Plum tree 7 lanterns €", []),
        ("ǅungla tree, 7 lanterns", ["upper"]),
        ("Plum tree, ² lanterns", ["digit"]),
    ],
)
def test_classes_are_those_of_unicode_and_a_blank_is_no_symbol(candidate: str, missing: list[str]) -> None:
    assert breaks(candidate, ALL_CLASSES) == missing


def test_the_embedded_list_has_at_least_ten_thousand_words() -> None:
    assert len(common_passwords()) >= 10_000


@pytest.mark.parametrize(
    "candidate",
    [
        "password",
        "PassWord",
        "Password123!",
        "123!password#2024",
        "qwertyuiop",
        "  dragon  ",
        "123456789",
        "¡¡Monkey99",
    ],
)
def test_a_common_password_is_common_whatever_stands_around_it(candidate: str) -> None:
    assert is_common(candidate)
    assert "common" in breaks(candidate)


@pytest.mark.parametrize("candidate", [GOOD, "pass word", "xpasswordx", "1!2@3#4$5%6^"])
def test_a_common_word_inside_others_is_not_the_common_password(candidate: str) -> None:
    assert not is_common(candidate)


def test_context_words_have_four_letters_or_more_and_always_the_products_name() -> None:
    words = context_words("Acme Fin Group", "Zoë O'Brien-Li", "amir.haddad+x1@acme-bank.example")
    assert words == ("strongroom", "acme", "group", "brien", "amir", "haddad")


@pytest.mark.parametrize(
    "candidate", ["my Strongroom, 7!", "Haddad's 77 trees", "XXamirXX-2-yy!Z", "AMIR amir 77!"]
)
def test_a_password_with_a_word_of_its_context_is_refused(candidate: str) -> None:
    assert "context" in breaks(candidate, BARE, *context_words("amir.haddad@acme.example"))


def test_short_words_of_the_context_do_no_harm() -> None:
    assert breaks("li7 plum tree LI!", BARE, *context_words("Li Yu", "li@acme.example")) == []
