"""What plain mode refuses, and what comes to it that is no answer: in sentences, and inert."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from strongroom.exits import ExitCode
from tests.strongroom.plain.person import EMAIL, Person
from tests.strongroom.running import OWNER, PASSWORD, init

HOSTILE = "xterm\x1b]52;c;aGk=\x07\x9b31m\u202e"


@contextmanager
def store_of(home: Path) -> Iterator[sqlite3.Connection]:
    """The store's file, for what only somebody with the file can do."""
    with closing(sqlite3.connect(home / "strongroom.db")) as connection:
        yield connection
        connection.commit()


def age_proofs(home: Path) -> None:
    """Let every sign-in be ten minutes old."""
    with store_of(home) as store:
        store.execute(
            "UPDATE sessions SET authenticated_at = authenticated_at - 600000000 WHERE ended_at IS NULL"
        )


def test_a_line_that_is_too_long_or_no_text_is_refused_and_asked_for_again(founded: Path) -> None:
    with Person(founded) as person:
        person.hear("Email: ")
        person.terminal.send(b"\xff\xfe\n")
        person.hear("Refused: That line is not UTF-8 text. Nothing was taken.")
        person.hear("Email: ")
        person.terminal.send(b"x" * 4095 + b"\n")
        person.hear("Refused: A line holds at most 4,094 bytes. Nothing was taken.")
        person.answer("Email", EMAIL)
        person.hear("not shown while you type: ")
        person.terminal.send(b"y" * 4095 + b"\n")
        person.hear("Refused: A line holds at most")
        person.answer("Password", "z" * 1100)
        person.answer("Keep me", "no")
        person.hear("Refused: This password is empty, too long")
        person.terminal.sendeof()
        assert person.ends() == ExitCode.DONE
        assert "yyy" not in person.text


def test_pasted_lines_are_answers_one_after_the_other_and_secrets_among_them_stay_unseen(
    founded: Path,
) -> None:
    with Person(founded) as person:
        person.answer("Email", EMAIL)
        person.hear("not shown while you type: ")
        person.terminal.send(f"{PASSWORD}\nno\nprofile\nname\nAda King\nq\n".encode())
        person.hear("Your name is Ada King.")
        assert person.ends() == ExitCode.DONE
        assert PASSWORD not in person.text
        assert "Main menu, your choice: profile\r\n" in person.text


def test_wrong_passwords_are_throttled_with_the_wait_in_words(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in("Not-The-Password-1")
        for _ in range(9):
            person.hear("Refused: Email and password don't match.")
            person.answer("Email, or an empty line", "")
            person.answer("Password", "Not-The-Password-1")
            person.answer("Keep me", "no")
        person.hear("match.")
        person.answer("Email, or an empty line", "")
        person.answer("Password", PASSWORD)
        person.answer("Keep me", "no")
        person.hear("Refused: Too many tries. The next one is answered in ")
        assert re.fullmatch("[45] minutes( [0-9]+ seconds?)?[.]", person.hear("\r\n"))
        person.hear("Nothing was checked.")
        person.answer("Email", "f")
        person.hear("An administrator of your organisation can reset it.")
        person.answer("Email", "?")
        person.hear("Type your email, f for a forgotten password")
        person.answer("Email", "quit")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_what_is_sensitive_asks_for_a_fresh_proof_and_goes_on_with_it(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.hear("Main menu, ")
        age_proofs(founded)
        person.choose("two-factor", "1")
        person.hear("Confirm that it is you\r\nThis needs a sign-in of the last five minutes.")
        person.answer("Current password", "")
        person.hear("Cancelled.")
        person.choose("1")
        person.answer("Current password", "Not-The-Password-1")
        person.hear("Refused: Current password is incorrect")
        person.answer("Current password", PASSWORD)
        phone, codes = person.enrol()
        person.hear("2FA is Enabled since")
        age_proofs(founded)
        person.choose("2")
        person.answer("Regenerate recovery codes?", "yes")
        person.answer("Sign out my other sessions", "no")
        person.answer("Current password", PASSWORD)
        person.answer("Code", codes[0])
        person.hear("New recovery codes")
        person.choose("0")
        person.answer("Leave without saving?", "yes")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()
    with Person(founded) as person:
        person.sign_in()
        person.answer("Six digits", phone.at(int(time.time()) - 150))
        person.hear("Refused: Code not accepted: the phone's clock is about ")
        person.hear(" behind.")
        person.answer("Six digits", "")
        person.answer("Email, or an empty line", "q")
        assert person.ends() == ExitCode.DONE


def test_answers_that_no_menu_has_are_refused_and_the_usual_ones_work_everywhere(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("9")
        person.hear("Refused: There is no such choice here.")
        person.choose("\x1b[A")
        person.hear("Refused: There is no such choice here.")
        person.choose("")
        person.hear("Type a number or a word")
        for place in ("overview", "two-factor", "sessions", "activity", "profile"):
            person.choose(place, "h", "?")
            person.hear("0 goes back, menu repeats the menu, h is help, q leaves the program.")
            person.choose("back")
        person.choose("two-factor", "3")
        person.hear("Not done: Two-factor authentication is off.")
        person.choose("QUIT")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_what_is_foreign_arrives_inert(home: Path) -> None:
    assert init(home, owner=("--org", "Harbour Trust", *OWNER[2:])).code == ExitCode.DONE
    with Person(home, TERM="dumb", TERM_PROGRAM=HOSTILE) as person:
        person.sign_in()
        person.hear("Main menu, ")
        with store_of(home) as store:
            store.execute("UPDATE accounts SET name = ?", ("Ada\x1b[2J\u202eByron",))
            store.execute("UPDATE organisations SET name = ?", ("Acme\x9b31m\x07",))
            store.execute("UPDATE sessions SET client = ?", (HOSTILE,))
            store.execute("UPDATE devices SET name = ?", ("Kitchen\r\x1b]0;x\x07",))
        person.choose("profile")
        person.hear("Ada␛[2J⟨U+202E⟩Byron")
        person.choose("0", "sessions", "1")
        person.answer("number or choice", "1")
        person.hear("xterm␛]52")
        person.choose("0")
        person.answer("number or choice", "0")
        person.choose("0", "activity", "1")
        person.answer("number or choice", "1")
        person.answer("number or choice", "q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_a_store_that_is_missing_its_keys_is_told_and_nothing_is_asked(founded: Path) -> None:
    (founded / "keys.json").unlink(missing_ok=True)
    for keys in founded.glob("*keys*"):
        keys.unlink()
    with Person(founded) as person:
        code = person.ends_as_it_began()
        assert code == ExitCode.UNAVAILABLE
        assert "keys" in person.text
        assert "Email" not in person.text


def test_a_store_of_another_schema_is_told_on_the_terminal_as_it_was(founded: Path) -> None:
    with store_of(founded) as store:
        store.execute("PRAGMA user_version = 999")
    with Person(founded) as person:
        assert person.ends_as_it_began() == ExitCode.UNAVAILABLE
        assert "schema 999" in person.text
        assert person.is_plain()


def test_a_store_that_another_program_holds_is_told_and_the_question_comes_again(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("profile", "1")
        person.hear("New name")
        with closing(sqlite3.connect(founded / "strongroom.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            person.terminal.send(b"Ada King\n")
            person.hear("Not done: ")
            holder.execute("ROLLBACK")
        person.choose("1")
        person.answer("New name", "Ada King")
        person.hear("Your name is Ada King.")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_where_members_sign_in_elsewhere_there_is_a_sentence_and_no_password(founded: Path) -> None:
    sentence = "Harbour Trust signs in at sso.harbour.example."
    with Person(founded) as person:
        person.sign_in()
        person.hear("Main menu, ")
        with store_of(founded) as store:
            document = json.loads(store.execute("SELECT document FROM policies").fetchone()[0])
            store.execute(
                "UPDATE policies SET document = ?", (json.dumps({**document, "sso_sentence": sentence}),)
            )
        person.choose("password")
        person.hear(sentence)
        person.hear("There is no password to change here.")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
    with Person(founded) as person:
        person.hear(sentence)
        person.answer("Email", "q")
        assert person.ends() == ExitCode.DONE
