"""The bounds in front of the parser."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Named,
    Outcome,
    Pasted,
)
from tui.terminal.version_answer import MAX_ANSWER, MAX_ANSWER_SECONDS, may_ask


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


ANSWER = "\x1bP>|kitty(0.35.2)\x1b\\"


def without_cuts(outcomes: list[Outcome]) -> list[Outcome]:
    """What is handed on, however the parser was kept from joining it."""
    return [outcome for outcome in outcomes if outcome != Cut()]


def test_the_terminals_answer_is_taken_out_of_the_keys() -> None:
    outcomes = InputBudget().feed(f"a{ANSWER}b", 1.0)
    assert outcomes == [Keys("a"), Cut(), Named("kitty(0.35.2)"), Keys("b")]


@pytest.mark.parametrize("cut", range(1, len(ANSWER)))
def test_an_answer_is_found_however_it_is_cut(cut: int) -> None:
    budget = InputBudget()
    outcomes = [*budget.feed(ANSWER[:cut], 1.0), *budget.feed(f"{ANSWER[cut:]}b", 1.05)]
    assert without_cuts(outcomes) == [Named("kitty(0.35.2)"), Keys("b")]


@pytest.mark.parametrize("cut", range(4, len(ANSWER)))
def test_an_answer_that_comes_slowly_becomes_no_key(cut: int) -> None:
    budget = InputBudget()
    outcomes = budget.feed(ANSWER[:cut], 1.0)
    for step in range(1, 10):
        outcomes += budget.tick(1.0 + step * 0.1)
    outcomes += budget.feed(ANSWER[cut:], 2.0)
    assert without_cuts(outcomes) == [Named("kitty(0.35.2)")]


@pytest.mark.parametrize("end", ["\x07", "\x9c"])
def test_an_answer_may_end_as_older_terminals_end_it(end: str) -> None:
    assert without_cuts(InputBudget().feed(f"\x1bP>|foot(1.2){end}b", 1.0)) == [Named("foot(1.2)"), Keys("b")]


def test_only_the_first_answer_counts_and_the_others_are_swallowed() -> None:
    outcomes = InputBudget().feed(f"{ANSWER}\x1bP>|evil(1)\x1b\\{ANSWER}c", 1.0)
    assert without_cuts(outcomes) == [Named("kitty(0.35.2)"), Keys("c")]


def test_an_answer_without_an_end_is_dropped_and_gives_the_keys_back() -> None:
    budget = InputBudget()
    outcomes = budget.feed("\x1bP>|" + "x" * 100_000, 1.0)
    outcomes += budget.feed("lost", 1.0 + MAX_ANSWER_SECONDS)
    outcomes += budget.tick(1.1 + MAX_ANSWER_SECONDS)
    outcomes += budget.feed("kept", 1.2 + MAX_ANSWER_SECONDS)
    assert without_cuts(outcomes) == [Keys("kept")]


def test_a_key_that_is_no_letter_ends_an_answer_at_once() -> None:
    budget = InputBudget()
    assert without_cuts(budget.feed("\x1bP>|never ends\r", 1.0)) == [Keys("\r")]
    assert without_cuts(budget.feed("\x1bP>|never ends\x1b[A", 1.1)) == [Keys("\x1b[A")]


def test_an_answer_over_the_bound_is_swallowed_and_names_nothing() -> None:
    outcomes = InputBudget().feed("\x1bP>|" + "x" * (MAX_ANSWER + 1) + "\x1b\\a", 1.0)
    assert without_cuts(outcomes) == [Keys("a")]
    named = InputBudget().feed("\x1bP>|" + "x" * MAX_ANSWER + "\x1b\\", 1.0)
    assert Named("x" * MAX_ANSWER) in named


def test_an_answer_inside_a_paste_is_text() -> None:
    outcomes = InputBudget().feed(f"{PASTE_START}{ANSWER}{PASTE_END}", 1.0)
    assert without_cuts(outcomes) == [Pasted(ANSWER)]


def test_a_paste_inside_an_answer_is_a_paste() -> None:
    outcomes = InputBudget().feed(f"\x1bP>|half{PASTE_START}text{PASTE_END}", 1.0)
    assert without_cuts(outcomes) == [Pasted("text")]


def test_alt_p_is_still_a_key() -> None:
    budget = InputBudget()
    outcomes = [*budget.feed("\x1bP", 1.0), *budget.tick(1.1)]
    assert without_cuts(outcomes) == [Keys("\x1bP")]


def test_a_flood_of_answers_is_swallowed_quickly() -> None:
    began = time.perf_counter()
    outcomes = InputBudget().feed(ANSWER * 800, 1.0)
    assert without_cuts(outcomes) == [Named("kitty(0.35.2)")]
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "term", ["", "dumb", "linux", "linux-16color", "vt100", "vt220", "screen", "screen-256color"]
)
def test_a_terminal_that_might_print_the_question_is_not_asked(term: str) -> None:
    assert not may_ask({"TERM": term})


def test_a_terminal_that_can_answer_is_asked() -> None:
    assert may_ask({"TERM": "xterm-256color"})
    assert may_ask({"TERM": "tmux-256color"})
    assert not may_ask({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"})
    assert not may_ask({"TERM": "xterm-256color", "STY": "10576.story"})  # GNU screen, called otherwise


PIECES = st.sampled_from(
    [
        *("a", "é", "\x1b", "\x1bP", "\x1bP>", "\x1b[A", "\r", "P>|", "\\", "\x07", "\x1b\\", "[200~"),
        *(ANSWER, "\x1bP>|no end", "\x1bP>|" + "x" * 200 + "\x1b\\", f"{PASTE_START}p\x1bP>|q{PASTE_END}"),
    ]
)


def joined(outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes without cuts, neighbouring keys as one."""
    found: list[Outcome] = []
    for outcome in without_cuts(outcomes):
        if isinstance(outcome, Keys) and found and isinstance(found[-1], Keys):
            found[-1] = Keys(found[-1].text + outcome.text)
        else:
            found.append(outcome)
    return found


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(st.integers(1, 40), max_size=12))
def test_however_input_is_cut_the_same_comes_of_it(text: str, sizes: list[int]) -> None:
    whole, cut = InputBudget(), InputBudget()
    expected = [*whole.feed(text, 1.0), *whole.tick(4.0)]
    outcomes, rest = [], text
    for size in sizes:
        outcomes += cut.feed(rest[:size], 1.0)
        rest = rest[size:]
    outcomes += [*cut.feed(rest, 1.0), *cut.tick(4.0)]
    assert joined(outcomes) == joined(expected)
