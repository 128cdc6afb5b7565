"""One-time codes match the RFCs' vectors, and each is matched as it may be spent."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""The secret of RFC 4226 appendix D."""

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STEP = totp.step_at(NOW)

TWINS = (56_188_870, "617002")
"""A step of SECRET whose code is that of the next step too."""

TWINS_TWO_APART = (56_295_193, "769717")
"""A step of SECRET whose code is that of the step after the next."""


def at_step(step: int) -> datetime:
    """The first moment of a step."""
    return datetime.fromtimestamp(step * totp.PERIOD, UTC)


@pytest.mark.parametrize(
    ("counter", "code"),
    [
        (0, "755224"),
        (1, "287082"),
        (2, "359152"),
        (3, "969429"),
        (4, "338314"),
        (5, "254676"),
        (6, "287922"),
        (7, "162583"),
        (8, "399871"),
        (9, "520489"),
    ],
)
def test_codes_match_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert totp.code_at(SECRET, counter) == code


@pytest.mark.parametrize(
    ("digest", "size", "codes"),
    [
        (hashlib.sha1, 20, "94287082 07081804 14050471 89005924 69279037 65353130"),
        (hashlib.sha256, 32, "46119246 68084774 67062674 91819424 90698825 77737706"),
        (hashlib.sha512, 64, "90693936 25091201 99943326 93441116 38618901 47863826"),
    ],
)
def test_codes_match_rfc_6238_appendix_b(digest: Callable[[], object], size: int, codes: str) -> None:
    seed = base64.b32encode((b"1234567890" * 7)[:size]).decode()
    times = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
    for seconds, code in zip(times, codes.split(), strict=True):
        step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
        assert totp.code_at(seed, step, digits=8, digest=digest) == code


def test_the_six_digit_codes_are_the_ends_of_the_vectors() -> None:
    assert totp.code_at(SECRET, totp.step_at(datetime.fromtimestamp(59, UTC))) == "287082"


def test_a_secret_has_160_bits_in_32_characters_without_padding() -> None:
    secrets = {totp.new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in secrets)
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_a_secret_is_shown_in_groups_of_four() -> None:
    assert totp.groups("JBSWY3DPEHPK3PXP") == "JBSW Y3DP EHPK 3PXP"


@pytest.mark.parametrize(
    ("offset", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_present_step_and_one_on_each_side_are_accepted(offset: int, is_accepted: bool) -> None:
    code = totp.code_at(SECRET, STEP + offset)
    assert totp.match(SECRET, code, NOW, 0) == (STEP + offset if is_accepted else None)


def test_the_edges_of_the_window_are_those_of_the_steps() -> None:
    code = totp.code_at(SECRET, STEP)
    assert totp.match(SECRET, code, at_step(STEP + 2) - timedelta(microseconds=1), 0) == STEP
    assert totp.match(SECRET, code, at_step(STEP + 2), 0) is None


def test_a_spent_step_and_an_older_one_after_it_are_not_matched() -> None:
    older, newer = totp.code_at(SECRET, STEP - 1), totp.code_at(SECRET, STEP)
    assert totp.match(SECRET, newer, NOW, STEP) is None
    assert totp.match(SECRET, older, NOW, STEP) is None
    assert totp.was_spent(SECRET, newer, NOW, STEP)
    assert totp.was_spent(SECRET, older, NOW, STEP)


def test_a_wrong_code_was_never_spent() -> None:
    wrong = totp.code_at(SECRET, STEP + 5)
    assert not totp.was_spent(SECRET, wrong, NOW, STEP)
    assert not totp.was_spent(SECRET, totp.code_at(SECRET, STEP), NOW, STEP - 1)


def test_a_code_of_two_steps_is_matched_at_the_newer_one() -> None:
    step, code = TWINS
    assert totp.code_at(SECRET, step) == totp.code_at(SECRET, step + 1) == code
    assert totp.match(SECRET, code, at_step(step), 0) == step + 1
    assert totp.match(SECRET, code, at_step(step), step + 1) is None


def test_a_code_of_two_steps_works_again_when_only_its_older_step_is_spent() -> None:
    step, code = TWINS_TWO_APART
    assert totp.code_at(SECRET, step) == totp.code_at(SECRET, step + 2) == code
    assert totp.match(SECRET, code, at_step(step), 0) == step
    assert totp.match(SECRET, code, at_step(step + 1), step) == step + 2
    assert totp.match(SECRET, code, at_step(step + 2), step) == step + 2


@pytest.mark.parametrize("offset", [-10, -3, -2, 2, 3, 10])
def test_a_clock_within_five_minutes_is_told_how_far_it_is_off(offset: int) -> None:
    assert totp.drift(SECRET, totp.code_at(SECRET, STEP + offset), NOW) == offset * 30


@pytest.mark.parametrize("offset", [-11, -1, 0, 1, 11])
def test_no_drift_is_told_inside_the_window_or_beyond_five_minutes(offset: int) -> None:
    assert totp.drift(SECRET, totp.code_at(SECRET, STEP + offset), NOW) is None


def test_the_first_steps_of_1970_have_no_step_before_them() -> None:
    first = datetime.fromtimestamp(0, UTC)
    assert totp.match(SECRET, totp.code_at(SECRET, 0), first, -1) == 0
    assert totp.drift(SECRET, totp.code_at(SECRET, 0), first) is None


@pytest.mark.parametrize(
    "typed", ["123456", "123 456", " 123456\n", "123-456", "1 2 3 4 5 6", "\t123 456\r\n", "12 34 56"]
)
def test_blanks_and_one_dash_may_stand_among_the_digits(typed: str) -> None:
    assert totp.parse_code(typed) == "123456"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "12-34-56",
        "١٢٣٤٥٦",
        "１２３４５６",
        "¹²³⁴⁵⁶",
        "12345⑥",
        "123456\x00",
        "12345a",
        "+12345",
        "1_2345",
        "123\n456",
        "\u00a0123456",
        "123\u2010456",
        "123456" + " " * 100,
    ],
)
def test_only_six_ascii_digits_are_a_code(typed: str) -> None:
    assert totp.parse_code(typed) is None


@given(st.text())
def test_no_entry_is_more_than_six_ascii_digits(typed: str) -> None:
    code = totp.parse_code(typed)
    assert code is None or (code.isascii() and len(code) == 6 and code.isdigit())


@given(st.text(max_size=12))
def test_matching_never_raises_whatever_it_is_given(code: str) -> None:
    totp.match(SECRET, code, NOW, 0)
    totp.drift(SECRET, code, NOW)


def test_the_uri_has_the_one_form_that_keeps_the_code_small() -> None:
    uri = totp.uri(SECRET, "Acme", "amir@acme.example")
    assert uri == f"otpauth://totp/Acme:amir@acme.example?secret={SECRET}&issuer=Acme"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=10), st.emails())
def test_the_uri_gives_back_issuer_and_account_whatever_they_hold(issuer: str, account: str) -> None:
    parts = urlsplit(totp.uri(SECRET, issuer, account))
    label_issuer, _, label_account = parts.path.removeprefix("/").partition(":")
    assert (unquote(label_issuer), unquote(label_account)) == (issuer, account)
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": [issuer]}
    assert (parts.scheme, parts.netloc, parts.fragment) == ("otpauth", "totp", "")
