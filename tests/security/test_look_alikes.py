"""Look-alikes: what a person would take for another name."""

from __future__ import annotations

import pytest

from security.look_alikes import Looks, address_passes_for

PRETENCES = [
    ("Асме", "Acme"),
    ("асме", "Acme"),
    ("ΒΟΑ", "BOA"),
    ("Alan EIlis", "Alan Ellis"),
    ("0liver", "Oliver"),
    ("B0REALIS", "Borealis"),
    ("Bi11", "Bill"),
    ("Amie", "Arnie"),
    ("ꓮꓚꓟꓰ", "Acme"),
    ("ᎪᏟᎷᎬ", "ACME"),
]
"""Letters of another script from the first to the last, digits, and pairs that run together."""


@pytest.mark.parametrize(("name", "other"), PRETENCES)
def test_a_name_that_only_looks_like_another_passes_for_it(name: str, other: str) -> None:
    assert Looks.of(name).passes_for(other)
    assert Looks.of(name).like(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Bea", "Bea"), ("Bea Lind", "BEA LIND"), ("Bea", "Lea"), ("Zoe", "Zoë"), ("Анна", "Anna")],
)
def test_the_same_name_and_another_name_are_no_pretence(name: str, other: str) -> None:
    assert not Looks.of(name).passes_for(other)


def test_an_organisation_is_the_same_in_any_case() -> None:
    assert Looks.of("BOREALIS").like("Borealis")
    assert not Looks.of("Mail").like("Mall")
    assert not Looks.of("Acme").like("Acne")


@pytest.mark.parametrize("name", ["Ada\u2010Corp", "Ada\u2013Corp", "ada-corp"])
def test_an_organisation_is_the_same_by_any_dash(name: str) -> None:
    assert Looks.of(name).like("Ada-Corp")


def test_a_person_may_write_the_same_name_with_another_apostrophe() -> None:
    assert not Looks.of("Pat O\u2019Brien").passes_for("Pat O'Brien")


@pytest.mark.parametrize(
    ("address", "other", "is_pretence"),
    [
        ("\u0430\u0441\u0435@acme.example", "ace@acme.example", True),
        ("ace@acme.example", "\u0430\u0441\u0435@acme.example", True),
        ("bo@xn--80ak6aa92e.com", "ada@apple.com", True),
        ("jo1@acme.example", "jol@acme.example", False),
        ("bea@acrne.example", "bea@acme.example", False),
        ("\u0431\u043e\u0440\u0438\u0441@acme.example", "ace@acme.example", False),
        ("zo\u00eb@acme.example", "zoe@acme.example", False),
        ("ace@xn--.example", "ace@acme.example", False),
    ],
)
def test_an_address_passes_for_another_by_letters_of_another_script_alone(
    address: str, other: str, is_pretence: bool
) -> None:
    assert address_passes_for(address, other) is is_pretence
