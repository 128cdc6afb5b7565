"""Recovery codes: eighty random bits that survive being typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security import crockford

CODES = st.text(crockford.ALPHABET, min_size=16, max_size=16)


def test_a_code_is_sixteen_characters_of_an_alphabet_of_thirty_two() -> None:
    assert len(set(crockford.ALPHABET)) == 32
    assert not set("ILOU") & set(crockford.ALPHABET)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{16}", crockford.new_code())


def test_a_thousand_codes_are_all_different_and_use_every_character_everywhere() -> None:
    codes = [crockford.new_code() for _ in range(1000)]
    assert len(set(codes)) == 1000
    assert all({code[place] for code in codes} == set(crockford.ALPHABET) for place in range(16))


def test_a_code_is_shown_in_four_groups() -> None:
    assert crockford.show("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


@given(CODES)
def test_what_is_shown_can_be_typed_back(code: str) -> None:
    assert crockford.parse(crockford.show(code)) == code
    assert crockford.parse(crockford.show(code).lower()) == code


@given(CODES, st.data())
def test_blanks_dashes_case_and_look_alikes_do_not_matter(code: str, data: st.DataObject) -> None:
    looks = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(looks.get(char, char + char.lower())))
        + data.draw(st.sampled_from(["", " ", "-"]))
        for char in code
    )
    assert crockford.parse(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "123456",
        "0123-4567-89AB-CDE",
        "0123-4567-89AB-CDEFG",
        "0123-4567-89AB-CDEU",
        "0123_4567_89AB_CDEF",
        "0123-4567-89AB-CDE\x00",
        "٠" * 16,
        "０" * 16,
        "0" * 16 + " " * 49,
        "0" * 1_000_000,
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert crockford.parse(typed) is None


def test_an_entry_of_sixty_four_bytes_is_still_read() -> None:
    assert crockford.parse("0" * 16 + " " * 48) == "0" * 16


@given(st.text())
def test_no_entry_raises(typed: str) -> None:
    assert crockford.parse(typed) is None or len(crockford.parse(typed) or "") == 16
