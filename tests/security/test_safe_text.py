"""Foreign text is safe to show once it is `SafeText`, and readable still."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from textual.content import Content

from security.safe_text import MAX_CELLS, MAX_MARKS, SafeText, is_showable, sanitise

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)
"""Every code point, lone surrogates included."""

NASTY = st.text(
    st.sampled_from(
        "\x1b[]0;?8\x07\x9b\x90\x00\x7f\u202e\u2066\u200b\u200d\ufe0f\u0301字é👩a \U000e0041\ud800"
    )
)


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b]8;;http://x\x1b\\", "␛]8;;http://x␛\\"),
        ("a\x00b\tc\nd\re", "a␀b␉c␊d␍e"),
        ("\x7f", "␡"),
        ("\x9b31m\x90q\x85", "\\x9b31m\\x90q\\x85"),
        ("abc\u202edcba", "abc⟨U+202E⟩dcba"),
        ("\u2066\u2069\u200e\u200f\u061c", "⟨U+2066⟩⟨U+2069⟩⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩"),
        ("\u200b\u2060\ufeff", "⟨U+200B⟩⟨U+2060⟩⟨U+FEFF⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\u2028\u2029", "⟨U+2028⟩⟨U+2029⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ue000\U000fffff", "⟨U+E000⟩⟨U+FFFFF⟩"),
        ("\u0378", "⟨U+0378⟩"),
        ("pass\u00adword", "pass⟨U+00AD⟩word"),
        ("\u3164\u115f", "⟨U+3164⟩⟨U+115F⟩"),
    ],
)
def test_what_would_act_on_a_terminal_or_hide_is_shown_instead(foreign: str, shown: str) -> None:
    assert sanitise(foreign) == shown


@pytest.mark.parametrize(
    "text", ["Amir Øst", "李小龍", "नमस्ते", "علی‌رضا", "naïve café", "👩‍👩‍👧 family", "[/red]", "❤️", ""]
)
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert sanitise(text) == text


@given(st.one_of(ANY_TEXT, NASTY))
def test_no_control_format_surrogate_or_unassigned_character_is_ever_left(foreign: str) -> None:
    left = {unicodedata.category(char) for char in sanitise(foreign) if char not in "\u200c\u200d"}
    assert left.isdisjoint({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert all(is_showable(char) for char in sanitise(foreign))


@given(st.one_of(ANY_TEXT, NASTY), st.integers(1, MAX_CELLS))
def test_nothing_is_wider_than_the_cells_it_was_given(foreign: str, max_cells: int) -> None:
    assert wcwidth.wcswidth(sanitise(foreign, max_cells=max_cells)) <= max_cells


@given(st.one_of(ANY_TEXT, NASTY))
def test_sanitising_twice_changes_nothing_more(foreign: str) -> None:
    once = sanitise(foreign)
    assert sanitise(str(once)) == once


@given(ANY_TEXT)
def test_the_result_can_be_written_as_utf8(foreign: str) -> None:
    sanitise(foreign).encode("utf-8")


def test_a_tower_of_marks_is_cut_to_four() -> None:
    assert sanitise("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * MAX_MARKS + "b"


def test_a_mark_without_a_base_does_not_climb_onto_the_text_before_it() -> None:
    assert sanitise("\u0301\u0301x") == "x"


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert sanitise("x" * 300) == "x" * (MAX_CELLS - 1) + "…"
    assert sanitise("字" * 10, max_cells=5) == "字字…"


def test_text_that_just_fits_is_not_cut() -> None:
    assert sanitise("x" * MAX_CELLS) == "x" * MAX_CELLS


@pytest.mark.parametrize("char", ["\u0301", "\x00", "x", "\u202e"])
def test_a_megabyte_takes_little_time(char: str) -> None:
    began = time.perf_counter()
    sanitise("a" + char * 1_000_000)
    assert time.perf_counter() - began < 0.5


@given(st.text("[]/redbol=#\\ ", max_size=60))
def test_markup_in_foreign_text_neither_colours_nor_raises(foreign: str) -> None:
    """R083: foreign text goes in as content, never through the markup parser."""
    shown = sanitise(foreign)
    assert Content(shown).plain == shown
    assert Content(shown).spans == []
    assert Text(shown).plain == shown


def test_the_result_is_of_the_one_type_that_widgets_take() -> None:
    assert type(sanitise("plain")) is SafeText
    assert type(sanitise("\x1b")) is SafeText
    assert type(sanitise(None)) is SafeText


@pytest.mark.parametrize("module", ["facts", "refusals", "vocabulary", "safe_text", "origin", "services"])
def test_what_screens_import_before_the_first_paint_reaches_nothing_heavy(module: str) -> None:
    heavy = "argon2 cryptography zxcvbn httpx pyotp aiosqlite idna qrcode"
    code = (
        f"import sys, security.{module}; print(*[name for name in {heavy!r}.split() if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
