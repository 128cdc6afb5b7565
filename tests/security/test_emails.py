"""One address has one canonical form, and mail goes to the stored one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.emails import canonical_or_raw, parse_email
from security.refusals import UnusableField


@pytest.mark.parametrize(
    "typed",
    [
        "Amir@Acme.Example",
        "  amir@acme.example\n",
        "AMIR@ACME.EXAMPLE",
        "ａｍｉｒ@acme.example",
        "amir@ａｃｍｅ.example",
        "amir@acme。example",
    ],
)
def test_every_writing_of_an_address_is_one_address(typed: str) -> None:
    assert parse_email(typed).canonical == "amir@acme.example"


def test_the_stored_form_keeps_the_case_of_the_local_part_and_has_the_domain_in_a_labels() -> None:
    email = parse_email("Zoë.Ångström@Bücher.Example")
    assert email.stored == "Zoë.Ångström@xn--bcher-kva.example"
    assert email.canonical == "zoë.ångström@xn--bcher-kva.example"


def test_decomposed_letters_are_composed() -> None:
    assert parse_email("zoe\u0308@acme.example").stored == "zoë@acme.example"


def test_look_alike_letters_do_not_make_two_addresses_one() -> None:
    """CVE-2019-19844: the look-alike is its own address, and mail goes to what is stored."""
    assert parse_email("mıke@example.org").canonical != parse_email("mike@example.org").canonical
    assert parse_email("mike@gıthub.com").stored != parse_email("mike@github.com").stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * 250 + "@a.example", "too_long"),
        ("x" * 65 + "@acme.example", "too_long"),
        ("é" * 33 + "@acme.example", "too_long"),
        ("amir", "not_an_address"),
        ("@acme.example", "not_an_address"),
        ("amir@", "not_an_address"),
        ("amir@acme", "not_an_address"),
        ("amir@-acme.example", "not_an_address"),
        ("amir@ac me.example", "not_an_address"),
        ("amir@[127.0.0.1]", "not_an_address"),
        ("a mir@acme.example", "not_an_address"),
        ("amir\u202e@acme.example", "not_an_address"),
        ("am\u200bir@acme.example", "not_an_address"),
        ("amir\x00@acme.example", "not_an_address"),
        (".amir@acme.example", "not_an_address"),
        ("a..b@acme.example", "not_an_address"),
        ("a@b@acme.example", "not_an_address"),
        ("<amir@acme.example>", "not_an_address"),
        ("a\uff20b@acme.example", "not_an_address"),
        ("am\ud800ir@acme.example", "not_an_address"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(UnusableField) as refused:
        parse_email(typed)
    assert (refused.value.field, refused.value.reason) == ("email", reason)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
def test_anything_typed_has_a_name_to_be_counted_under(typed: str) -> None:
    assert b"\0" not in canonical_or_raw(typed).encode("utf-8")


@pytest.mark.parametrize("typed", ["a\0b@acme.example", "a\ud800b@acme.example", "\0amir@acme.example"])
def test_what_no_store_can_look_up_is_nobodys_name(typed: str) -> None:
    with pytest.raises(UnusableField):
        parse_email(canonical_or_raw(typed))


def test_what_is_no_address_is_counted_in_one_form_too() -> None:
    assert canonical_or_raw(" ＲＯＯＴ ") == canonical_or_raw("root") == "root"


@given(st.emails())
def test_a_canonical_address_is_its_own_canonical_form(address: str) -> None:
    try:
        canonical = parse_email(address).canonical
    except UnusableField:
        return
    assert parse_email(canonical).canonical == canonical
