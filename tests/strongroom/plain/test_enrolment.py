"""First run and enrolment in plain mode, to the letter: no byte but printable text and ends of line."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from strongroom.exits import ExitCode
from strongroom.plain.spelling import letter_by_letter
from tests.strongroom.plain.person import CODE, EMAIL, Person, Phone
from tests.strongroom.running import PASSWORD

WITHOUT_TERM = """
import os, sys
from strongroom import cli
os.environ.pop("TERM")
sys.exit(cli.main(["--plain"]))
"""


def found(person: Person) -> None:
    """Answer the questions of the first run."""
    person.answer("Organisation", "Harbour Trust")
    person.answer("Your name", "Ada Byron")
    person.answer("Email", EMAIL)
    person.answer("Password", PASSWORD)
    person.answer("Password again", PASSWORD)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb", None])
def test_the_whole_enrolment_writes_no_control_sequence(home: Path, term: str | None) -> None:
    environment = {} if term is None else {"TERM": term}
    command = [] if term else ["-c", WITHOUT_TERM]
    with Person(home, *command, **environment) as person:
        found(person)
        person.answer("Set up two-factor authentication now?", "yes")
        person.hear("Key: ")
        key = person.hear("\r\n")
        assert re.fullmatch("(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", key)
        person.choose("2")
        said = person.hear("Verify a code, ")
        assert said.count("Group ") == 8
        person.choose("3")
        person.hear("Group 8 of 8: ")
        person.choose("4")
        person.hear("Warning: 21 lines of block signs follow")
        person.answer("dark or light", "light")
        person.hear("That was the QR code.")
        person.choose("000000")
        person.hear("Refused: Code not accepted.")
        person.choose(Phone(key).code())
        told = person.hear("Recovery codes\r\n")
        codes = CODE.findall(told)
        assert [number for number, _ in codes] == [str(number) for number in range(1, 9)]
        assert "Two-Factor Authentication Enabled" in told
        person.choose("save")
        person.answer("File", str(home / "codes"))
        person.hear("for you alone (0600).")
        person.choose("prove")
        person.answer("One of your codes", "AAAA-AAAA-AAAA-AAAA")
        person.hear("Refused: That is none of these codes.")
        person.answer("One of your codes", codes[7][1].lower().replace("-", " "))
        person.choose("two-factor")
        assert "8 of 8 backup codes remaining." in person.hear("Regenerate")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()
        assert person.text.count(codes[0][1]) == 1
        assert PASSWORD not in person.text
    sheet = home / "codes.txt"
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    assert all(code in sheet.read_text() for _, code in codes)


def test_a_code_is_told_letter_by_letter_with_its_digits_named(home: Path) -> None:
    with Person(home) as person:
        found(person)
        person.answer("Set up two-factor authentication now?", "yes")
        person.hear("Key: ")
        phone = Phone(person.hear("\r\n"))
        person.choose(phone.code())
        codes = CODE.findall(person.hear("Recovery codes\r\n"))
        person.choose("hear")
        person.answer("Number of the code", "9")
        person.hear("Refused: That is not offered here.")
        person.answer("Number of the code", "2")
        person.hear("Group 1 of 4: ")
        spelled = person.hear("\r\n")
        assert f"Group 1 of 4: {spelled}" == letter_by_letter(codes[1][1])[0]
        person.choose("0")
        person.answer("Leave without saving?", "no")
        person.choose("q")
        person.answer("Leave without saving?", "yes")
        assert person.ends() == ExitCode.DONE


def test_a_first_run_that_is_left_makes_nothing(home: Path) -> None:
    with Person(home) as person:
        person.answer("Organisation", "Harbour Trust")
        person.answer("Your name", "")
        person.answer("Begin again?", "no")
        assert person.ends() == ExitCode.DONE
    assert [path.name for path in home.iterdir() if path.name != "state"] == []


def test_a_first_run_holds_each_field_against_its_rule_and_keeps_the_others(home: Path) -> None:
    with Person(home) as person:
        person.answer("Organisation", "Harbour Trust")
        person.answer("Your name", "Ada Byron")
        person.answer("Email", "nowhere")
        person.answer("Password", "short")
        person.hear("Refused: The new password breaks a rule.")
        person.hear("At least 12 characters")
        person.answer("Password", PASSWORD)
        person.answer("Password again", PASSWORD + "x")
        person.hear("Refused: This is not the same as the password before.")
        person.answer("Password", PASSWORD)
        person.hear("Strength: ")
        person.answer("Password again", PASSWORD)
        person.hear("Refused: The email is not an email address.")
        person.answer("Email", EMAIL)
        person.answer("Password", PASSWORD)
        person.answer("Password again", PASSWORD)
        person.answer("Set up two-factor authentication now?", "no")
        person.hear("Two-factor authentication is off.")
        person.choose("overview")
        person.hear("Risk: high.")
        person.choose("2")
        person.hear("Key: ")
        person.choose("0")
        person.hear("was not switched on")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()
