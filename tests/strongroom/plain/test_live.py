"""What happens beside the questions: the idle lock, and an end that came from elsewhere."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from strongroom.exits import ExitCode
from tests.store.children import migrate_further
from tests.strongroom.plain.person import CODE, EMAIL, Person, Phone
from tests.strongroom.running import PASSWORD, strongroom

IDLE = """
import sys
from pathlib import Path
from strongroom import cli
from tui.idle import IdleWatch
flag = Path(sys.argv[1])
IdleWatch.seconds_left = lambda watch: 0.0 if flag.exists() else 600.0
IdleWatch.seconds_to_look = lambda watch: float(sys.argv[2])
sys.exit(cli.main(["--plain"]))
"""


def locked(home: Path) -> int:
    """How many sessions wait behind their lock."""
    with closing(sqlite3.connect(home / "strongroom.db")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM sessions WHERE ended_at IS NULL AND locked_at IS NOT NULL"
        ).fetchone()
    return int(found[0])


def test_the_lock_comes_by_itself_and_what_was_half_typed_counts_for_nothing(founded: Path) -> None:
    flag = founded / "idle"
    with Person(founded, "-c", IDLE, str(flag), "0.1") as person:
        person.sign_in()
        person.choose("profile", "1")
        person.hear("New name")
        person.terminal.send(b"half a na")
        flag.touch()
        person.hear("Locked\r\nNobody touched this terminal for a while.")
        assert locked(founded) == 1
        flag.unlink()
        person.answer("Password", "Not-The-Password-1")
        person.hear("Refused: Current password is incorrect")
        person.answer("Password", "")
        person.hear("Other ways to unlock")
        person.choose("code", "0")
        person.answer("Password", PASSWORD)
        person.hear("Unlocked.")
        person.hear("Main menu, your choice: ")
        assert locked(founded) == 0
        person.terminal.sendeof()
        assert person.ends_as_it_began() == ExitCode.DONE
        assert person.is_plain()
        assert PASSWORD not in person.text


def test_the_first_line_after_a_sleep_is_thrown_away(founded: Path) -> None:
    """Timers sleep with the machine: the line that wakes it up must do nothing."""
    flag = founded / "idle"
    with Person(founded, "-c", IDLE, str(flag), "600") as person:
        person.sign_in()
        person.choose("profile", "1")
        person.hear("New name")
        flag.touch()
        person.answer("to go back", "Mallory")
        person.hear("Locked\r\n")
        flag.unlink()
        assert locked(founded) == 1
        person.answer("Password", PASSWORD)
        person.choose("profile")
        assert "Name: Ada Byron" in person.hear("1. Change")
        person.choose("q")
        assert person.ends_as_it_began() == ExitCode.DONE


def test_six_digits_open_the_lock_and_a_kept_session_is_locked_at_the_next_start_too(founded: Path) -> None:
    flag = founded / "idle"
    with Person(founded, "-c", IDLE, str(flag), "0.1") as person:
        person.sign_in(keep="yes")
        person.choose("two-factor", "1")
        phone, _ = person.enrol()
        person.hear("Two-factor, your choice: ")
        flag.touch()
        person.hear("Locked\r\n")
        flag.unlink()
        person.answer("Password", "")
        person.choose("code")
        person.answer("Six digits", phone.code())
        person.hear("Unlocked.")
        person.hear("Main menu, your choice: ")
        flag.touch()
        person.hear("Locked\r\n")
        person.hear("another way: ")
        person.terminal.sendeof()
        assert person.ends() == ExitCode.DONE
        flag.unlink()
    with Person(founded) as person:
        person.hear("Locked\r\n")
        person.answer("Password", PASSWORD)
        person.hear("Unlocked.")
        person.choose("q")
        assert person.ends() == ExitCode.DONE


def test_whoever_is_locked_out_can_sign_out(founded: Path) -> None:
    flag = founded / "idle"
    with Person(founded, "-c", IDLE, str(flag), "0.1") as person:
        person.sign_in(keep="yes")
        person.hear("Main menu, your choice: ")
        flag.touch()
        person.hear("Locked\r\n")
        flag.unlink()
        person.answer("Password", "")
        person.choose("out")
        person.hear("You signed out.")
        person.answer("Email", "q")
        assert person.ends() == ExitCode.DONE


@pytest.mark.parametrize("place", ["menu", "secret"])
def test_an_end_from_elsewhere_is_told_in_its_own_line_and_leads_to_sign_in(
    founded: Path, place: str
) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose(*(["password"] if place == "secret" else []))
        person.hear("Current password" if place == "secret" else "Main menu, your choice: ")
        person.terminal.send(b"half of a sec")
        with Person(founded) as other:
            other.sign_in()
            other.choose("sessions", "2")
            other.answer("End your 1 other session", "yes")
            person.hear("\r\nSigned out: This session was revoked from another one.\r\n")
            other.choose("q")
            other.ends()
        person.answer("Email", EMAIL)
        person.answer("Password", PASSWORD)
        person.answer("Keep me", "no")
        person.choose("q")
        assert person.ends_as_it_began() == ExitCode.DONE
        assert person.is_plain()


def test_an_act_that_finds_the_session_ended_leads_to_sign_in_once(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("profile", "1")
        person.hear("to go back: ")
        with closing(sqlite3.connect(founded / "strongroom.db")) as store:
            store.execute(
                "UPDATE sessions SET ended_at = created_at, end_reason = 'revoked' WHERE ended_at IS NULL"
            )
            store.commit()
        person.terminal.send(b"Ada King\n")
        person.hear("Signed out: This session was revoked from another one.")
        person.answer("Email", "q")
        assert person.ends() == ExitCode.DONE
        assert person.text.count("Signed out:") == 1


def test_a_member_whose_second_factor_was_reset_enrols_before_anything_else(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("two-factor", "1")
        person.enrol()
        person.choose("q")
        assert person.ends() == ExitCode.DONE
    reset = strongroom(founded, "admin", "reset-2fa", EMAIL, "--reason", "lost phone", "--yes")
    assert reset.code == ExitCode.DONE, reset.err
    with Person(founded) as person:
        person.sign_in()
        person.hear("an administrator has reset it")
        person.hear("Key: ")
        person.choose("0", "overview")
        person.hear("Refused: There is no such choice here.")
        person.choose("1")
        person.enrol()
        person.choose("overview", "q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_codes_that_were_never_proved_to_be_saved_are_made_anew_at_the_next_sign_in(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("two-factor", "1")
        person.hear("Key: ")
        phone = Phone(person.hear("\r\n"))
        person.choose(phone.code())
        person.hear("Recovery codes, your choice: ")
        person.terminal.sendeof()
        assert person.ends() == ExitCode.DONE
    with Person(founded) as person:
        person.sign_in()
        person.answer("Six digits", phone.code())
        person.hear("Your recovery codes were never confirmed as saved.")
        person.answer("Make new ones now?", "yes")
        person.answer("Regenerate recovery codes?", "yes")
        person.answer("Sign out my other sessions", "no")
        codes = [code for _, code in CODE.findall(person.hear("Recovery codes\r\n"))]
        person.choose("prove")
        person.answer("One of your codes", codes[0])
        person.choose("sign out")
        person.answer("End this session", "yes")
        person.sign_in()
        person.answer("Six digits", "b")
        person.answer("Backup code", codes[0])
        person.choose("q")
        assert person.ends() == ExitCode.DONE


def test_where_sessions_are_not_kept_nobody_is_asked_for_that(founded: Path) -> None:
    (founded / "config.toml").write_text("keep_signed_in = false\n")
    with Person(founded) as person:
        person.answer("Email", EMAIL)
        person.answer("Password", PASSWORD)
        person.choose("q")
        person.hear("You were signed out.")
        assert person.ends() == ExitCode.DONE
        assert "Keep me" not in person.text


def test_a_store_that_a_newer_program_has_migrated_ends_the_visit_once_with_the_reason(founded: Path) -> None:
    with Person(founded) as person:
        person.answer("Email", EMAIL)
        person.hear("Password")
        asyncio.run(migrate_further(f"sqlite://{founded / 'strongroom.db'}"))
        person.terminal.send(PASSWORD.encode() + b"\n")
        person.answer("Keep me signed in on this machine? Yes or no", "no")
        person.hear("Start the newer one.")
        assert person.ends_as_it_began() == ExitCode.UNAVAILABLE
        assert person.text.count("A newer Strongroom has brought the store") == 1
