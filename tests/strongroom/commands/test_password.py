"""`strongroom password change`: proven, by the rules, and the end of every other session."""

from __future__ import annotations

import json

import pexpect
import pytest

from tests.strongroom.commands.person import NEW_PASSWORD, OTHER_PASSWORD, WAIT, Person
from tests.strongroom.running import PASSWORD

CHANGE = ("password", "change", "--password-stdin")


def test_the_password_is_changed_and_the_others_are_signed_out(person: Person) -> None:
    person.sign_in_elsewhere()
    person.sign_in_elsewhere()
    ended = person.run(*CHANGE, given=f"{PASSWORD}\n{NEW_PASSWORD}\n")
    assert ended.code == 0, ended.err
    assert ended.err == "Signs out your other 2 sessions.\n"
    assert ended.out.startswith("Password changed. 2 other sessions were signed out.")
    assert max(map(len, ended.out.splitlines())) <= 80
    assert len(person.facts("session", "list")["sessions"]) == 1
    again = person.facts(*CHANGE, given=f"{NEW_PASSWORD}\n{OTHER_PASSWORD}\n")
    assert (again["sessions_ended"], again["breach"]) == (0, "clear_embedded")


@pytest.mark.parametrize(
    ("lines", "code", "tag"),
    [
        (f"not the one\n{NEW_PASSWORD}\n", 4, "wrong_password"),
        (f"{PASSWORD}\nshort1A\n", 6, "weak_password"),
        (f"{PASSWORD}\n{PASSWORD}\n", 8, "same_password"),
        (f"{PASSWORD}\n", 2, "usage"),
        ("", 5, "confirmation_needed"),
        (f"{PASSWORD}\n{'x' * 200}\n", 2, "unusable_input"),
    ],
)
def test_each_refusal_has_its_code_and_changes_nothing(
    person: Person, lines: str, code: int, tag: str
) -> None:
    before = person.digest()
    person.refused(*CHANGE, given=lines, code=code, tag=tag)
    assert person.digest() == before


def test_without_a_terminal_it_says_how_the_lines_are_given(person: Person) -> None:
    ended = person.refused("password", "change", code=5, tag="confirmation_needed")
    assert "--password-stdin" in ended.err


def test_where_members_sign_in_elsewhere_there_is_no_password_to_change(person: Person) -> None:
    ((document,),) = person.sql("SELECT document FROM policies")
    policy = {**json.loads(document), "sso_sentence": "Sign in at sso.harbour.example."}
    person.sql("UPDATE policies SET document = ?", json.dumps(policy))
    before = person.digest()
    ended = person.refused(*CHANGE, given=f"{PASSWORD}\n{NEW_PASSWORD}\n", code=6, tag="policy_forbids")
    assert ended.err.startswith("Sign in at sso.harbour.example.\nThere is no password to change here.")
    assert person.digest() == before


def test_a_stale_sign_in_needs_a_code_as_the_third_line(enrolled_person: Person) -> None:
    person = enrolled_person
    person.grow_stale()
    lines = f"{PASSWORD}\n{NEW_PASSWORD}\n"
    person.refused(*CHANGE, given=lines, code=5, tag="confirmation_needed")
    wrong = person.run(*CHANGE, given=f"{lines}000000\n")
    assert wrong.code == 4, wrong
    assert person.run(*CHANGE, given=f"{lines}{person.codes[0]}\n").code == 0
    assert person.facts("2fa", "status")["codes_left"] == 7


def test_at_a_terminal_it_asks_until_the_rules_are_kept_and_shows_no_password(person: Person) -> None:
    terminal = person.terminal("password", "change")
    terminal.expect("This is your only session")
    terminal.expect("Current password: ")
    terminal.sendline(PASSWORD)
    terminal.expect("The rules: At least 12 characters")
    terminal.expect("New password: ")
    terminal.sendline("short1A!")
    terminal.expect("Still needed: At least 12 characters")
    terminal.expect("New password: ")
    terminal.sendline(NEW_PASSWORD)
    terminal.expect("Strength: ")
    terminal.expect("Confirm new password: ")
    terminal.sendline(NEW_PASSWORD)
    terminal.expect("Password changed.")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0
    assert person.run("password", "change", "--password-stdin", given=f"{PASSWORD}\nx\n").code == 4


def test_what_is_typed_is_not_shown(person: Person) -> None:
    terminal = person.terminal("password", "change")
    shown = ""
    for prompt in ("Current password: ", "New password: ", "Confirm new password: "):
        terminal.expect(prompt)
        shown += terminal.before
        terminal.sendline(PASSWORD if prompt.startswith("Current") else NEW_PASSWORD)
    terminal.expect(pexpect.EOF)
    shown += terminal.before
    assert terminal.wait() == 0
    assert PASSWORD not in shown
    assert NEW_PASSWORD not in shown
    assert "\x1b" not in shown


def test_a_confirmation_that_differs_is_refused(person: Person) -> None:
    before = person.digest()
    terminal = person.terminal("password", "change")
    for typed in (PASSWORD, NEW_PASSWORD, OTHER_PASSWORD):
        terminal.expect("assword: ")
        terminal.sendline(typed)
    terminal.expect("The confirmation is not the same")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 2
    assert person.digest() == before


@pytest.mark.parametrize("asked", [0, 1, 2])
@pytest.mark.parametrize(("key", "codes"), [("\x03", (130,)), ("\x04", (5, 2))])
def test_leaving_at_any_question_changes_nothing_and_restores_the_terminal(
    person: Person, asked: int, key: str, codes: tuple[int, ...]
) -> None:
    before = person.digest()
    terminal = person.terminal("password", "change")
    for typed in (PASSWORD, NEW_PASSWORD)[:asked]:
        terminal.expect("assword: ")
        terminal.sendline(typed)
    terminal.expect("assword: ")
    assert terminal.waitnoecho(WAIT)
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    assert terminal.wait() in codes
    assert person.digest() == before
