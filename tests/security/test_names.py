"""Names are short and say what they show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.names import GREATEST_SHORT_BYTES, parse_name, short_name
from security.refusals import UnusableField
from security.safe_text import sanitise


@pytest.mark.parametrize(
    "name",
    [
        "Amir Haddad",
        "Zoë O'Brien-Šmíd",
        "李小龍",
        "Ольга Петрова",
        "علی‌رضا",
        "नरेन्द्र",
        "Acme & Sons, Ltd. (№ 7)",
        "🔑 Keys",
    ],
)
def test_names_of_any_script_are_taken_as_they_are(name: str) -> None:
    assert parse_name(name) == name


def test_names_are_composed_and_their_blanks_made_single() -> None:
    assert parse_name("  Zoe\u0308   Ford\u00a0Jr ") == "Zoë Ford Jr"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * 101, "too_long"),
        ("x" * 100_000, "too_long"),
        ("a\x1b[31m", "control_characters"),
        ("a\nb", "control_characters"),
        ("nimda\u202e", "control_characters"),
        ("ad\u200bmin", "control_characters"),
        ("ad\u00admin", "control_characters"),
        ("ad\u200dmin", "control_characters"),
        ("a\u2003b", "control_characters"),
        ("z" + "\u0301" * 9, "control_characters"),
        ("\u3164", "control_characters"),
        ("a\ud800", "control_characters"),
        ("Аmir", "mixed_scripts"),
        ("Pаypal Support", "mixed_scripts"),
        ("Gοogle", "mixed_scripts"),
        ("ꓮda", "mixed_scripts"),
        ("ᗅda", "mixed_scripts"),
    ],
)
def test_a_name_that_hides_or_misleads_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(UnusableField) as refused:
        parse_name(typed, "organisation")
    assert (refused.value.field, refused.value.reason) == ("organisation", reason)


def test_scripts_may_differ_from_word_to_word() -> None:
    assert parse_name("Ольга Smith") == "Ольга Smith"


@given(st.text(max_size=120))
def test_a_taken_name_needs_no_sanitising(typed: str) -> None:
    try:
        name = parse_name(typed)
    except UnusableField:
        return
    assert sanitise(name, max_cells=256) == name
    assert parse_name(name) == name


@pytest.mark.parametrize(
    ("organisation", "short"),
    [
        ("Acme Financial Group", "Acme"),
        ("Nexpura", "Nexpura"),
        ("Internationale Handelsbank", "Internatio"),
        ("Ångströmsbolaget", "Ångström"),
        ("李小龍武術協會", "李小龍"),
        ("AT&T Labs", "AT&T"),
        ("  ... :::", "Strongroom"),
    ],
)
def test_the_issuer_is_the_first_word_in_ten_bytes(organisation: str, short: str) -> None:
    assert short_name(organisation) == short


@given(st.text(max_size=100))
def test_an_issuer_is_never_empty_too_long_or_split_by_a_colon(organisation: str) -> None:
    short = short_name(organisation)
    assert 0 < len(short.encode()) <= GREATEST_SHORT_BYTES
    assert ":" not in short
