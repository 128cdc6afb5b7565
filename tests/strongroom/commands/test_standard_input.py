"""What comes on standard input, as other machines and programs write it."""

from __future__ import annotations

import pytest

from tests.strongroom.commands.person import EMAIL, OTHER_PASSWORD, Person
from tests.strongroom.running import PASSWORD

BEA = "bea@harbour.example"


def test_the_mark_and_the_line_ends_of_windows_belong_to_no_password(person: Person) -> None:
    """A password that began with the mark could never be typed."""
    marked = f"\ufeff{OTHER_PASSWORD}\r\n"
    added = person.run("admin", "user", "add", BEA, "--name", "Bea", "--password-stdin", given=marked)
    assert added.code == 0, added.err
    for given in (OTHER_PASSWORD, marked):
        ended = person.run("login", "--email", BEA, "--password-stdin", given=given)
        assert ended.code == 0, ended.err


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\n",
        PASSWORD.encode("utf-16"),
        b"\xff\xfe\xe4\n",
        b"a\0b\n",
        b"x" * 10_000_000,
    ],
    ids=["empty", "an empty line", "UTF-16", "latin", "NUL", "ten megabytes"],
)
def test_what_cannot_be_a_password_is_refused_in_a_sentence(person: Person, given: bytes) -> None:
    before = person.digest()
    for arguments in (
        ("login", "--email", EMAIL, "--password-stdin"),
        ("password", "change", "--password-stdin"),
        ("admin", "user", "add", BEA, "--name", "Bea", "--password-stdin"),
    ):
        ended = person.run(*arguments, given=given)
        assert ended.code in (2, 4, 5), ended
        assert ended.out == ""
        assert ended.err.strip()
    assert person.digest() == before
