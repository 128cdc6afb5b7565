"""`strongroom 2fa …`: enrolment in one go at a terminal or in two commands, and the way out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pexpect
import pytest

from tests.strongroom.commands.person import EMAIL, Person, code_of
from tests.strongroom.running import PASSWORD
from tests.tui.qr_readers import picture_of, zxing_reads

KEY = r"((?:    [A-Z2-7 ]{19}\r\n){2})"


def wrong_code_of(secret: str) -> str:
    """Six digits that the app shows at no time near."""
    return f"{(int(code_of(secret)) + 123457) % 1000000:06d}"


def enrolled_at_terminal(person: Person, *options: str) -> tuple[pexpect.spawn, str]:
    """Begin an enrolment at a terminal, up to the question for the first code."""
    terminal = person.terminal("2fa", "enroll", *options, columns=100, rows=60)
    terminal.expect(KEY)
    secret = re.sub("[^A-Z2-7]", "", terminal.match[1])
    terminal.expect("It waits 10:00 for its first code|It waits 9:5[0-9]")
    terminal.expect("Six digits of your authenticator app: ")
    return terminal, secret


def test_two_commands_switch_it_on_as_a_script_does(person: Person) -> None:
    person.sign_in_elsewhere()
    assert person.facts("2fa", "status")["pending_until"] is None
    began = person.run("2fa", "enroll")
    assert began.code == 0, began.err
    assert began.out.endswith("strongroom 2fa verify\n")
    assert "otpauth" not in began.out
    assert max(map(len, began.out.splitlines())) <= 80
    secret = re.sub("[^A-Z2-7]", "", "".join(re.findall("(?m)^    ([A-Z2-7 ]{19})$", began.out)))
    assert person.facts("2fa", "status")["pending_until"] is not None
    ended = person.run("2fa", "verify", "--code-stdin", given=code_of(secret) + "\n")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Two-Factor Authentication Enabled.\n1 other session was signed out.\n")
    codes = re.findall("[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", ended.out)
    assert len(codes) == 8
    assert "strongroom codes confirm" in ended.err
    state = person.facts("2fa", "status")
    assert (state["is_on"], state["codes_left"], state["codes_confirmed"]) == (True, 8, False)
    assert person.run("codes", "confirm", "--code-stdin", given=codes[3]).code == 0
    state = person.facts("2fa", "status")
    assert (state["codes_left"], state["codes_confirmed"]) == (8, True)


def test_the_address_comes_by_wish_and_for_programs(person: Person) -> None:
    assert "otpauth://totp/" in person.run("2fa", "enroll", "--uri").out
    facts = person.facts("2fa", "enroll")
    assert facts["uri"].endswith(f"?secret={facts['secret']}&issuer=Harbour")


def test_at_a_terminal_it_goes_on_to_the_codes_and_their_proof(person: Person) -> None:
    terminal, secret = enrolled_at_terminal(person)
    terminal.sendline("12 34")
    terminal.expect("A code is six digits")
    terminal.expect("app: ")
    terminal.sendline(wrong_code_of(secret))
    terminal.expect("Is the phone's clock right|the phone's clock is about")
    terminal.expect("app: ")
    terminal.sendline(code_of(secret))
    terminal.expect("Two-Factor Authentication Enabled")
    terminal.expect(r" 1  ([0-9A-Z-]{19})     ")
    first = terminal.match[1]
    terminal.expect("One of your codes")
    terminal.sendline("AAAA-AAAA-AAAA-AAAA")
    terminal.expect("That is none of these codes")
    terminal.expect("One of your codes")
    terminal.sendline(first.lower().replace("-", " "))
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0
    state = person.facts("2fa", "status")
    assert (state["is_on"], state["codes_confirmed"], state["codes_left"]) == (True, True, 8)


def test_whoever_leaves_without_proof_is_told_so(person: Person) -> None:
    terminal, secret = enrolled_at_terminal(person)
    terminal.sendline(code_of(secret))
    terminal.expect("One of your codes")
    terminal.sendline("")
    terminal.expect("Not confirmed as saved yet: strongroom codes confirm")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0
    assert not person.facts("2fa", "status")["codes_confirmed"]


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 5)])
def test_whoever_leaves_before_the_first_code_leaves_no_key_behind(
    person: Person, key: str, code: int
) -> None:
    before = person.digest()
    terminal, _ = enrolled_at_terminal(person)
    assert person.digest() != before
    terminal.waitnoecho(60)
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == code
    assert person.digest() == before


def test_the_qr_code_is_drawn_on_wish_and_a_reader_reads_it(person: Person) -> None:
    terminal = person.terminal("2fa", "enroll", "--qr", "--uri", columns=80, rows=24)
    terminal.expect("(otpauth://[^\r]*)\r")
    uri = terminal.match[1]
    terminal.expect("app: ")
    drawn = [line for line in terminal.before.splitlines() if re.fullmatch("[█▀▄ ]{30,}", line)]
    assert len(drawn) <= 22
    terminal.sendcontrol("c")
    terminal.expect(pexpect.EOF)
    styled = [f"\x1b[97;40m{line}\x1b[0m" for line in drawn]
    assert zxing_reads(picture_of(styled)) == [uri]


def test_the_qr_code_is_refused_where_no_camera_could_read_it(person: Person) -> None:
    before = person.digest()
    person.refused("2fa", "enroll", "--qr", code=2, tag="usage")
    terminal = person.terminal("2fa", "enroll", "--qr", columns=40, rows=24)
    terminal.expect("this one has 40x24")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 2
    assert person.digest() == before


def test_a_key_that_waits_is_erased_by_cancel(person: Person) -> None:
    before = person.digest()
    person.facts("2fa", "enroll")
    assert person.facts("2fa", "cancel")["was_cancelled"]
    assert person.digest() == before
    person.refused("2fa", "cancel", code=8, tag="enrolment_over")


def test_without_a_key_there_is_nothing_to_verify(person: Person) -> None:
    person.refused("2fa", "verify", "--code-stdin", given="123456", code=8, tag="enrolment_over")
    person.facts("2fa", "enroll")
    person.refused("2fa", "verify", code=5, tag="confirmation_needed")


def test_a_wrong_first_code_is_refused_and_the_key_goes_on_waiting(person: Person) -> None:
    secret = person.facts("2fa", "enroll")["secret"]
    ended = person.run("2fa", "verify", "--code-stdin", given=wrong_code_of(secret))
    assert (ended.code, ended.out) == (4, "")
    assert person.run("2fa", "verify", "--code-stdin", given=code_of(secret)).code == 0


def test_a_stale_sign_in_is_proven_first(person: Person) -> None:
    person.grow_stale()
    ended = person.refused("2fa", "enroll", code=5, tag="reauthentication_needed")
    assert "--password-stdin" in ended.err
    person.refused("2fa", "enroll", "--password-stdin", given="wrong", code=4, tag="wrong_password")
    assert person.run("2fa", "enroll", "--password-stdin", given=PASSWORD).code == 0


def test_the_codes_are_saved_in_a_file_of_their_own(person: Person, tmp_path: Path) -> None:
    secret = person.facts("2fa", "enroll")["secret"]
    sheet = tmp_path / "my codes.txt"
    facts = person.facts("2fa", "verify", "--code-stdin", "--output", str(sheet), given=code_of(secret))
    assert (facts["recovery_codes"], facts["saved_as"]) == ([], str(sheet))
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert len(re.findall("[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", sheet.read_text())) == 8


def test_whoever_lost_it_to_a_reset_sets_it_up_before_anything_else(enrolled_person: Person) -> None:
    person = enrolled_person
    reset = person.run("admin", "reset-2fa", EMAIL, "--reason", "lost phone", "--yes")
    assert reset.code == 0, reset.err
    person.refused("status", code=4, tag="not_signed_in")
    assert person.run("login", "--email", EMAIL, "--password-stdin", given=PASSWORD).code == 0
    for title in ("status", "session list", "activity list", "2fa status"):
        person.refused(*title.split(), code=5, tag="enrolment_needed")
    secret = person.facts("2fa", "enroll")["secret"]
    assert person.facts("2fa", "verify", "--code-stdin", given=code_of(secret))["recovery_codes"]
    assert person.facts("status")["two_factor"]


def test_it_is_enrolled_once(enrolled_person: Person) -> None:
    enrolled_person.refused("2fa", "enroll", code=8, tag="already_enrolled")
    enrolled_person.refused("2fa", "verify", "--code-stdin", given="123456", code=8, tag="already_enrolled")


def test_disabling_asks_and_takes_both_proofs(enrolled_person: Person) -> None:
    person = enrolled_person
    person.sign_in_elsewhere()
    before = person.digest()
    disable = ("2fa", "disable", "--password-stdin")
    lines = f"{PASSWORD}\n{person.codes[0]}\n"
    ended = person.refused(*disable, given=lines, code=5, tag="confirmation_needed")
    assert "Are you sure you want to disable two-factor authentication?" in ended.err
    person.refused(*disable, "--yes", given=PASSWORD, code=5, tag="confirmation_needed")
    assert person.digest() == before
    done = person.run(*disable, "--yes", "--keep-sessions", given=lines)
    assert (done.code, done.out) == (0, "2FA is Disabled.\n"), done.err
    assert len(person.facts("session", "list")["sessions"]) == 2
    person.refused("2fa", "disable", "--yes", code=8, tag="not_enrolled")
    person.refused("codes", "regenerate", "--yes", code=8, tag="not_enrolled")


def test_at_a_terminal_anything_but_yes_is_a_no(enrolled_person: Person) -> None:
    before = enrolled_person.digest()
    terminal = enrolled_person.terminal("2fa", "disable")
    terminal.expect("Type yes to go on: ")
    terminal.sendline("")
    terminal.expect("Nothing was changed")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 5
    assert enrolled_person.digest() == before


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 5)])
@pytest.mark.parametrize("asked", [0, 1, 2])
def test_leaving_a_question_of_disable_changes_nothing(
    enrolled_person: Person, asked: int, key: str, code: int
) -> None:
    before = enrolled_person.digest()
    terminal = enrolled_person.terminal("2fa", "disable")
    questions = (("Type yes to go on: ", "yes"), ("Current password: ", PASSWORD), ("a backup code: ", ""))
    for question, answer in questions[:asked]:
        terminal.expect(question)
        terminal.sendline(answer)
    terminal.expect(questions[asked][0])
    if asked:
        assert terminal.waitnoecho(60)
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == code
    assert enrolled_person.digest() == before


def test_an_organisation_that_enforces_it_forbids_disabling(enrolled_person: Person) -> None:
    person = enrolled_person
    ((document,),) = person.sql("SELECT document FROM policies")
    policy = {**json.loads(document), "enforces_two_factor": True}
    person.sql("UPDATE policies SET document = ?", json.dumps(policy))
    ended = person.refused("2fa", "disable", "--yes", code=6, tag="policy_forbids")
    assert "enforces two-factor authentication" in ended.err
    assert "enforces" in person.run("2fa", "status").out
