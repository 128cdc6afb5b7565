"""The bounds in front of the parser."""

from __future__ import annotations

import pytest

from tui.terminal.input_budget import (
    MAX_PASTE_BYTES,
    PASTE_END,
    PASTE_START,
    TOO_FAST,
    TOO_LONG,
    UNFINISHED,
    Cut,
    Dropped,
    InputBudget,
    Keys,
    Pasted,
)


def test_keys_pass_as_they_are() -> None:
    assert InputBudget().feed("ab\x1b[A", 1.0) == [Keys("ab\x1b[A")]


def test_a_paste_goes_around_the_parser() -> None:
    outcomes = InputBudget().feed(f"a{PASTE_START}text\x00 \x1b[31m{PASTE_END}b", 1.0)
    assert outcomes == [Keys("a"), Cut(), Pasted("text \x1b[31m"), Keys("b")]


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_paste_is_found_however_it_is_cut(cut: int) -> None:
    budget, text = InputBudget(), f"{PASTE_START}hello{PASTE_END}"
    outcomes = [*budget.feed(text[:cut], 1.0), *budget.feed(text[cut:], 1.0)]
    assert [outcome for outcome in outcomes if outcome != Cut()] == [Pasted("hello")]


def test_a_lone_escape_is_handed_on_at_the_next_tick() -> None:
    budget = InputBudget()
    assert budget.feed("\x1b", 1.0) == []
    assert budget.tick(1.1) == [Keys("\x1b"), Cut()]


def test_the_beginning_of_a_paste_cannot_be_smuggled_past_in_pieces() -> None:
    budget = InputBudget()
    budget.feed("\x1b", 1.0)
    budget.tick(1.1)
    assert budget.feed("[200~rest", 1.2) == [Keys("[200~rest")]


def test_a_paste_over_the_bound_is_dropped_and_told_once() -> None:
    budget = InputBudget()
    outcomes = budget.feed(PASTE_START + "x" * (MAX_PASTE_BYTES + 1), 1.0)
    outcomes += budget.feed("x" * MAX_PASTE_BYTES, 1.1)
    outcomes += budget.feed(f"{PASTE_END}a", 1.2)
    assert outcomes == [Cut(), Dropped(TOO_LONG), Keys("a")]


def test_a_paste_of_exactly_the_bound_is_taken() -> None:
    text = "x" * MAX_PASTE_BYTES
    assert Pasted(text) in InputBudget().feed(PASTE_START + text + PASTE_END, 1.0)


def test_the_bound_is_in_bytes() -> None:
    text = "€" * (MAX_PASTE_BYTES // 3 + 1)
    assert Dropped(TOO_LONG) in InputBudget().feed(PASTE_START + text, 1.0)


def test_an_unfinished_paste_is_dropped_after_two_seconds() -> None:
    budget = InputBudget()
    budget.feed(f"{PASTE_START}secret", 1.0)
    assert budget.tick(2.9) == []
    assert budget.tick(3.1) == [Dropped(UNFINISHED)]
    assert budget.feed("a", 3.2) == [Keys("a")]


def test_an_unfinished_paste_that_drips_is_dropped_too() -> None:
    budget = InputBudget()
    budget.feed(PASTE_START, 1.0)
    for step in range(10):
        budget.feed("x", 1.0 + step * 0.2)
    assert Dropped(UNFINISHED) in budget.feed("x", 3.1)


def test_keys_over_two_thousand_a_second_are_dropped_and_told() -> None:
    budget = InputBudget()
    outcomes = budget.feed("a" * 5000, 1.0)
    assert outcomes == [Keys("a" * 2000), Cut(), Dropped(TOO_FAST)]
    assert budget.feed("b" * 100, 1.0) == [Cut()]
    assert budget.feed("c" * 1000, 2.0) == [Keys("c" * 1000)]


def test_a_sequence_counts_as_one_key_and_is_never_cut() -> None:
    outcomes = InputBudget().feed("\x1b[1;5A" * 2500, 1.0)
    assert outcomes[0] == Keys("\x1b[1;5A" * 2000)
