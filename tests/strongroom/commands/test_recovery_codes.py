"""`strongroom codes …`: a fresh batch, shown once or saved, and the proof that it was."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.strongroom.commands.person import EMAIL, WAIT, Person
from tests.strongroom.running import PASSWORD, environment_of

REGENERATE = ("codes", "regenerate", "--yes")
CODE = "[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


def test_new_codes_void_the_old_ones(enrolled_person: Person) -> None:
    person = enrolled_person
    codes = person.facts(*REGENERATE)["recovery_codes"]
    assert len(codes) == 8
    assert not set(codes) & set(person.codes)
    person.refused("codes", "confirm", "--code-stdin", given=person.codes[0], code=4, tag="code_rejected")
    assert person.facts("codes", "confirm", "--code-stdin", given=codes[7])["codes_confirmed"]


def test_the_session_goes_on_and_the_others_stay_where_that_is_wished(enrolled_person: Person) -> None:
    person = enrolled_person
    person.sign_in_elsewhere()
    person.sign_in_elsewhere()
    assert person.facts(*REGENERATE, "--keep-sessions")["sessions_ended"] == 0
    ended = person.run(*REGENERATE)
    assert "2 other sessions were signed out." in ended.out
    assert len(re.findall(CODE, ended.out)) == 8
    assert max(map(len, ended.out.splitlines())) <= 80
    assert person.run("status").code == 0


def test_without_a_yes_nothing_is_made(enrolled_person: Person) -> None:
    before = enrolled_person.digest()
    ended = enrolled_person.refused("codes", "regenerate", code=5, tag="confirmation_needed")
    assert "stops working at once" in ended.err
    assert enrolled_person.digest() == before


def test_a_stale_sign_in_is_proven_by_two_lines(enrolled_person: Person) -> None:
    person = enrolled_person
    person.grow_stale()
    person.refused(*REGENERATE, code=5, tag="reauthentication_needed")
    person.refused(*REGENERATE, "--password-stdin", given=PASSWORD, code=5, tag="confirmation_needed")
    ended = person.run(*REGENERATE, "--password-stdin", given=f"{PASSWORD}\n{person.codes[0]}\n")
    assert ended.code == 0, ended.err
    assert person.run(*REGENERATE).code == 0, "it was proven a moment ago"


@pytest.mark.parametrize(
    ("name", "begins"), [("codes.txt", b"Strongroom recovery"), ("codes.pdf", b"%PDF-1.4")]
)
def test_codes_are_saved_in_a_new_private_file(enrolled_person: Person, name: str, begins: bytes) -> None:
    sheet = enrolled_person.home / "a folder" / name
    sheet.parent.mkdir()
    ended = enrolled_person.run(*REGENERATE, "--output", str(sheet))
    assert ended.code == 0, ended.err
    assert f"as {sheet}, for you alone (0600)." in ended.out
    assert re.findall(CODE, ended.out) == []
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert sheet.read_bytes().startswith(begins)
    assert list(sheet.parent.iterdir()) == [sheet]


def test_what_stands_there_already_is_not_touched_and_no_code_is_made(enrolled_person: Person) -> None:
    person = enrolled_person
    before = person.digest()
    taken = person.home / "taken.txt"
    taken.write_text("mine")
    person.refused(*REGENERATE, "--output", str(taken), code=8, tag="file_exists")
    person.refused(*REGENERATE, "--output", str(person.home / "no" / "x"), code=7, tag="no_folder")
    assert taken.read_text() == "mine"
    assert person.digest() == before


def test_a_file_that_was_begun_goes_with_an_act_that_came_to_nothing(enrolled_person: Person) -> None:
    person = enrolled_person
    person.grow_stale()
    folder = person.home / "folder"
    folder.mkdir()
    person.refused(*REGENERATE, "--output", str(folder / "x"), code=5, tag="reauthentication_needed")
    assert list(folder.iterdir()) == []


def test_there_is_nothing_to_confirm_without_codes(person: Person) -> None:
    person.refused("codes", "confirm", "--code-stdin", given="AAAA", code=7, tag="not_found")
    ended = person.refused("codes", "confirm", code=5, tag="confirmation_needed")
    assert "--code-stdin" in ended.err


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 5)])
@pytest.mark.parametrize("asked", [0, 1, 2])
def test_leaving_a_question_changes_nothing(
    enrolled_person: Person, asked: int, key: str, code: int, tmp_path: Path
) -> None:
    person = enrolled_person
    person.grow_stale()
    before = person.digest()
    terminal = person.terminal("codes", "regenerate", "--output", str(tmp_path / "codes.txt"))
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
    assert person.digest() == before
    assert [path.name for path in tmp_path.iterdir()] == ["their home"]


@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("to", ["a full disk", "nobody"])
def test_codes_that_could_not_be_written_are_told_to_be_lost(
    enrolled_person: Person, more: list[str], to: str
) -> None:
    person = enrolled_person
    reads, writes = os.pipe()
    os.close(reads)
    handle = writes if to == "nobody" else os.open("/dev/full", os.O_WRONLY)
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", *REGENERATE, *more],
        env=environment_of(person.home),
        stdin=subprocess.DEVNULL,
        stdout=handle,
        stderr=subprocess.PIPE,
        text=True,
        timeout=WAIT,
    )
    for one in {writes, handle}:
        os.close(one)
    assert done.returncode == 1
    assert "reached nobody" in done.stderr
    assert "strongroom codes regenerate" in done.stderr
    assert "codes confirm" not in done.stderr
    assert person.facts("2fa", "status")["codes_confirmed"] is False


def test_a_refusal_that_cannot_be_written_as_a_document_keeps_its_sentence_and_code(person: Person) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", *REGENERATE, "--json"],
            env=environment_of(person.home, PYTHONUNBUFFERED="1"),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=WAIT,
        )
    assert done.returncode == 8
    assert "Two-factor" in done.stderr


def test_a_wrong_recovery_code_at_login_is_told_what_is_true_of_one(enrolled_person: Person) -> None:
    """No phone's clock has to do with it."""
    login = ("login", "--email", EMAIL, "--recovery-code", "--password-stdin")
    given = f"{PASSWORD}\nWRNG-WRNG-WRNG-WRNG\n"
    ended = enrolled_person.refused(*login, given=given, code=4, tag="code_rejected")
    assert "used already, or is of an older batch: try the next one. Failed tries spend nothing." in ended.err
    assert "clock" not in ended.err
    right = enrolled_person.run(*login, given=f"{PASSWORD}\n{enrolled_person.codes[0]}\n")
    assert right.code == 0, right.err
    enrolled_person.grow_stale()
    proof = enrolled_person.run("activity", "export", "-", "--password-stdin", given=given)
    assert (proof.code, proof.out) == (4, "")
    assert "Backup code not accepted." in proof.err
