"""Passwords have one normalised form, and what has none is refused whole."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.normalise import (
    GREATEST_BYTES,
    GREATEST_LENGTH,
    GREATEST_RAW_BYTES,
    normalise_password,
)
from security.refusals import UnusableInput


def test_printable_ascii_and_blanks_at_the_ends_are_kept() -> None:
    every = " " + "".join(map(chr, range(0x20, 0x7F))) + " "
    assert normalise_password(every) == every


def test_compatible_writings_of_one_password_are_one() -> None:
    """The sequence that one SSH library maps by one method and not by the other."""
    assert normalise_password("ﬁ①Å") == normalise_password("fi1A\u030a") == "fi1Å"


@pytest.mark.parametrize("typed", ["x" * 64, "字" * 64, "🔑" * 128, "x" * GREATEST_LENGTH])
def test_long_passwords_are_taken_whole(typed: str) -> None:
    assert normalise_password(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x" * (GREATEST_LENGTH + 1),
        "\ufdfa" * 60,
        "tab\tin it",
        "line\nbreak",
        "nul\x00",
        "c1\x85",
        "lone\ud800",
        "unassigned\u0378",
    ],
)
def test_what_is_too_long_or_holds_refused_characters_is_refused(typed: str) -> None:
    with pytest.raises(UnusableInput):
        normalise_password(typed)


@pytest.mark.parametrize("char", ["a\u0301\u0323", "\ufdfa", "x"])
def test_a_megabyte_is_refused_before_it_is_normalised(char: str) -> None:
    began = time.perf_counter()
    with pytest.raises(UnusableInput):
        normalise_password(char * 1_000_000)
    assert time.perf_counter() - began < 0.5


def test_the_longest_raw_input_normalises_in_little_time() -> None:
    began = time.perf_counter()
    with pytest.raises(UnusableInput):
        normalise_password(("a" + "\u0323\u0301" * 1000)[: GREATEST_RAW_BYTES // 2])
    assert time.perf_counter() - began < 0.5


@given(st.text(max_size=200))
def test_a_normalised_password_is_its_own_normal_form_and_keeps_the_caps(typed: str) -> None:
    try:
        password = normalise_password(typed)
    except UnusableInput:
        return
    assert normalise_password(password) == password
    assert unicodedata.is_normalized("NFKC", password)
    assert len(password) <= GREATEST_LENGTH
    assert len(password.encode()) <= GREATEST_BYTES
