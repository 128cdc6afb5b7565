"""`strongroom session …`: by the ending of an id; what destroys asks first."""

from __future__ import annotations

import pexpect
import pytest

from tests.strongroom.commands.person import Person


def ids(person: Person) -> tuple[str, str]:
    """The ids of the commands' session and of another one."""
    current, other = person.facts("session", "list")["sessions"]
    assert current["is_current"]
    return current["id"], other["id"]


def test_a_session_is_shown_by_the_ending_of_its_id(person: Person) -> None:
    person.sign_in_elsewhere()
    current, other = ids(person)
    for wanted in (other, other[-8:], other[-4:].upper()):
        assert person.facts("session", "show", wanted)["session"]["id"] == other
    ended = person.run("session", "show", current[-8:])
    assert current in ended.out
    assert "It is the session of these commands." in ended.out


def test_an_ending_that_several_have_names_how_many(person: Person) -> None:
    for _ in range(2):
        person.sign_in_elsewhere()
    for place, (found,) in enumerate(person.sql("SELECT id FROM sessions")):
        person.sql("UPDATE sessions SET id = ? WHERE id = ?", f"{found[:-9]}{place}0000abcd", found)
    ended = person.refused("session", "revoke", "abcd", "--yes", code=2, tag="ambiguous")
    assert ended.err.startswith("3 of your sessions end so.")
    assert len(person.facts("session", "list")["sessions"]) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "tag"),
    [
        (("show", "ffff-0000"), 7, "not_found"),
        (("revoke", "ffff-0000", "--yes"), 7, "not_found"),
        (("name", "ffff-0000", "Desk"), 7, "not_found"),
        (("show", "abc"), 2, "usage"),
        (("show", "hunter2"), 2, "usage"),
        (("revoke",), 2, "usage"),
        (("revoke", "ffff-0000", "--others"), 2, "usage"),
        (("lifetime", "31"), 6, "policy_forbids"),
        (("lifetime", "0h"), 2, "usage"),
        (("lifetime", "soon"), 2, "usage"),
    ],
)
def test_each_refusal_has_its_code(person: Person, arguments: tuple[str, ...], code: int, tag: str) -> None:
    ended = person.refused("session", *arguments, code=code, tag=tag)
    assert "hunter2" not in ended.err


def test_another_persons_session_is_not_told_from_none(person: Person) -> None:
    person.sign_in_elsewhere()
    _, other = ids(person)
    ((own, org),) = set(person.sql("SELECT account_id, org_id FROM sessions"))
    person.sql(
        "INSERT INTO accounts SELECT ?, org_id, 'b@x.example', 'b@x.example', 'Bea', 'member', status,"
        " appearance, password_hash, password_changed_at, breach_outcome, created_at, last_sign_in_at,"
        " session_lifetime, must_enrol FROM accounts WHERE id = ?",
        own[:-4] + "beaf",
        own,
    )
    person.sql("UPDATE sessions SET account_id = ? WHERE id = ?", own[:-4] + "beaf", other)
    assert org
    mine = person.refused("session", "revoke", other, "--yes", code=7, tag="not_found")
    none = person.refused("session", "revoke", "ffff-0000", "--yes", code=7, tag="not_found")
    assert mine == none


def test_revoking_names_the_session_and_ends_it(person: Person) -> None:
    person.sign_in_elsewhere()
    current, other = ids(person)
    ended = person.refused("session", "revoke", other, code=5, tag="confirmation_needed")
    assert "this machine, this network, last active just now." in ended.err
    assert len(person.facts("session", "list")["sessions"]) == 2
    done = person.run("session", "revoke", other, "--yes")
    assert done.code == 0, done.err
    assert done.out.startswith("Revoked: ")
    assert [one["id"] for one in person.facts("session", "list")["sessions"]] == [current]
    person.refused("session", "revoke", other, "--yes", code=7, tag="not_found")


def test_revoking_the_commands_own_session_is_logout(person: Person) -> None:
    person.sign_in_elsewhere()
    current, _ = ids(person)
    ended = person.run("session", "revoke", current, "--yes")
    assert (ended.code, ended.out) == (0, "You signed out.\n"), ended.err
    assert "strongroom logout" in ended.err
    assert not person.kept.exists()
    person.refused("status", code=4, tag="not_signed_in")
    assert person.sql("SELECT count(*) FROM sessions WHERE end_reason = 'signed_out'") == [(2,)]


def test_signing_out_everywhere_else_says_how_many(person: Person) -> None:
    assert person.run("session", "revoke", "--others").out == "You are signed in nowhere else.\n"
    person.sign_in_elsewhere()
    person.sign_in_elsewhere()
    ended = person.refused("session", "revoke", "--others", code=5, tag="confirmation_needed")
    assert "End your 2 other sessions? Only this one stays." in ended.err
    assert person.facts("session", "revoke", "--others", "--yes") == {
        "schema": 1,
        "command": "session revoke",
        "sessions_ended": 2,
        "session": None,
    }


def test_a_device_is_named_and_loses_its_name_again(person: Person) -> None:
    (current,) = person.facts("session", "list")["sessions"]
    named = person.facts("session", "name", current["id"][-6:], "Kitchen laptop")
    assert named["session"]["device_name"] == "Kitchen laptop"
    assert "Kitchen laptop" in person.run("session", "list").out
    assert person.facts("session", "name", current["id"], "")["session"]["device_name"] is None
    person.refused("session", "name", current["id"], "x" * 500, code=2, tag="unusable_field")
    person.refused("session", "name", current["id"], "\x1b[31m", code=2, tag="unusable_field")


def test_a_lifetime_is_told_chosen_and_given_back(person: Person) -> None:
    told = person.facts("session", "lifetime")
    assert (told["lifetime_seconds"], told["longest_lifetime_seconds"]) == (30 * 86400, 30 * 86400)
    assert person.run("session", "lifetime", "8h").out == "Your sessions now live 8 hours at most.\n"
    assert person.facts("session", "lifetime")["lifetime_seconds"] == 8 * 3600
    assert person.facts("session", "lifetime", "default")["lifetime_seconds"] == 30 * 86400
    assert person.facts("session", "lifetime", "7")["lifetime_seconds"] == 7 * 86400


def test_a_lifetime_that_ends_sessions_asks_and_may_end_the_own_one(person: Person) -> None:
    person.sign_in_elsewhere()
    current, other = ids(person)
    person.sql("UPDATE sessions SET created_at = created_at - 7200000000 WHERE id = ?", other)
    ended = person.refused("session", "lifetime", "1h", code=5, tag="confirmation_needed")
    assert "1 other session is older and signed out at once." in ended.err
    assert person.facts("session", "lifetime", "1h", "--yes")["sessions_ended"] == 1
    assert person.facts("session", "lifetime", "8h")["lifetime_seconds"] == 8 * 3600
    person.sql("UPDATE sessions SET created_at = created_at - 7200000000 WHERE id = ?", current)
    done = person.run("session", "lifetime", "1h", "--yes")
    assert done.code == 0, done.err
    assert "This one is older than that: you are signed out at once." in done.err
    assert not person.kept.exists()


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 5), ("no\n", 5)])
@pytest.mark.parametrize("arguments", [("revoke", "--others"), ("revoke", ""), ("lifetime", "1h")])
def test_leaving_the_question_changes_nothing(
    person: Person, arguments: tuple[str, ...], key: str, code: int
) -> None:
    person.sign_in_elsewhere()
    _, other = ids(person)
    person.sql("UPDATE sessions SET created_at = created_at - 7200000000 WHERE id = ?", other)
    before = person.digest()
    terminal = person.terminal("session", *[one or other for one in arguments])
    terminal.expect("Type yes to go on: ")
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == code
    assert person.digest() == before
