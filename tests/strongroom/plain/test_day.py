"""A person's whole day in plain mode, beside a second terminal that is alive in its own process."""

from __future__ import annotations

from pathlib import Path

from strongroom.exits import ExitCode
from tests.strongroom.plain.person import EMAIL, NEW_PASSWORD, Person
from tests.strongroom.running import PASSWORD


def test_a_day_from_enrolment_to_leaving(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("two-factor", "1")
        phone, codes = person.enrol()
        person.hear("2FA is Enabled since")
        person.choose("0", "sign out")
        person.answer("End this session", "yes")
        person.hear("You signed out.")

        person.sign_in()
        person.answer("Six digits, or b", "123 456")
        person.hear("Refused: Code not accepted.")
        person.answer("Six digits, or b", "b")
        person.answer("Backup code", "0000-0000-0000-0000")
        person.hear("Refused: Backup code not accepted.")
        person.answer("Backup code", codes[0])
        person.hear("7 backup codes remaining")

        person.choose("profile", "1")
        person.answer("New name", "Ada\x01Byron")
        person.hear("Refused: The name holds characters that cannot be shown.")
        person.answer("New name", "Ada King")
        person.hear("Your name is Ada King.")
        person.choose("3")
        person.hear("Times are told in UTC.")
        person.choose("0")

        with Person(founded, TERM="screen") as other:
            other.sign_in()
            other.answer("Six digits, or b", phone.code())
            other.hear("Main menu, ")
            person.choose("sessions", "1")
            listed = person.hear("number or choice")
            assert "This session." in listed
            assert "screen" in listed
            person.terminal.send(b"2\n")
            person.hear("Client: screen")
            person.choose("2")
            person.hear("It ends at once and for good")
            person.answer("Revoke screen", "yes")
            other.hear("Signed out: This session was revoked from another one.")
            other.hear("Email")
            person.hear("Revoked: screen")
            other.terminal.sendeof()
            assert other.ends() == ExitCode.DONE
        person.answer("number or choice", "0")
        person.choose("0", "password")
        person.hear("This is your only session.")
        person.answer("Current password", PASSWORD)
        person.answer("New password", PASSWORD)
        person.answer("Confirm new password", PASSWORD)
        person.hear("Refused: The new password is the current one.")
        person.answer("New password", NEW_PASSWORD)
        person.answer("Confirm new password", NEW_PASSWORD)
        person.hear("Password changed.")

        person.choose("activity", "2")
        person.answer("Words", "revoked")
        assert "Session revoked" in person.hear("number or choice")
        person.terminal.send(b"1\n")
        person.hear("Event: auth.session_revoked")
        person.answer("number or choice", "0")
        (founded / "taken.csv").write_text("mine")
        person.choose("4")
        person.answer("Form", "csv")
        person.answer("File", str(founded / "taken"))
        person.hear("Not done: There is a file of that name already.")
        person.choose("4")
        person.answer("Form", "csv")
        person.answer("File", str(founded / "mine"))
        person.hear("Saved 1 event on")
        person.choose("q")
        person.hear("You were signed out.")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()
        assert PASSWORD not in person.text
        assert NEW_PASSWORD not in person.text
    assert "auth.session_revoked" in (founded / "mine.csv").read_text()
    with Person(founded) as person:
        person.sign_in(PASSWORD)
        person.hear("Refused: Email and password don't match.")
        person.answer(f"or an empty line for {EMAIL}", "")
        person.answer("Password", NEW_PASSWORD)
        person.answer("Keep me", "no")
        person.answer("Six digits, or b", phone.code())
        person.choose("2fa", "2")
        person.answer("Regenerate recovery codes?", "yes")
        person.answer("Sign out my other sessions", "yes")
        person.hear("New recovery codes")
        person.hear("Code 8: ")
        person.choose("0")
        person.answer("Leave without saving?", "yes")
        person.hear("never confirmed as saved")
        person.choose("3")
        person.answer("Disable 2FA?", "yes")
        person.answer("Sign out my other sessions", "no")
        person.answer("Current password", "wrong-Password-1")
        person.answer("Code", codes[1])
        person.hear("Refused: Current password is incorrect")
        person.answer("Current password", NEW_PASSWORD)
        person.answer("Code", phone.code())
        person.hear("2FA is Disabled.")
        person.choose("1", "0")
        person.hear("was not switched on")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
        assert person.is_plain()


def test_all_others_end_at_once_and_a_device_has_a_name(founded: Path) -> None:
    with Person(founded) as person, Person(founded, TERM="screen") as other:
        for one in (person, other):
            one.sign_in()
            one.hear("Main menu, ")
        person.choose("sessions", "list")
        person.answer("number or choice", "2")
        person.choose("name")
        person.answer("Name", "Kitchen laptop")
        person.hear("The device's name was saved.")
        person.choose("0")
        person.answer("number or choice", "0")
        person.choose("2")
        person.hear("Kitchen laptop (this network)")
        person.answer("End your 1 other session", "yes")
        person.hear("1 other session was signed out.")
        other.hear("Signed out: ")
        person.choose("2")
        person.hear("Not done: This is your only session.")
        person.choose("3")
        person.answer("Number", "1")
        person.hear("Your sessions now live 1 hour at most.")
        person.choose("q")
        assert person.ends() == ExitCode.DONE


def test_the_demo_can_be_walked_through_in_lines(home: Path) -> None:
    with Person(home, "-m", "strongroom", "demo", "--plain") as person:
        person.hear("Signed in to Acme Financial Group")
        person.choose("activity", "list")
        person.hear("10. ")
        person.answer("number or choice", "m")
        person.hear("20. ")
        person.answer("number or choice", "q")
        assert person.ends_as_it_began() == ExitCode.DONE
        assert person.is_plain()
