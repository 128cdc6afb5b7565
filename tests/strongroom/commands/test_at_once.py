"""Two commands at once, one that is killed, and a machine or a store that does not play along."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from tests import postgresql
from tests.strongroom.commands.person import EMAIL, NEW_PASSWORD, WAIT, Person, code_of
from tests.strongroom.machines import machine_at
from tests.strongroom.running import PASSWORD, environment_of, strongroom

OTHER_EMAIL = "bea@harbour.example"


def begun(home: Path, *arguments: str, given: str = "") -> subprocess.Popen[str]:
    """Begin a command and give it its lines, without waiting for its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *arguments],
        env=environment_of(home),
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    process.stdin = None
    return process


def test_two_commands_that_renew_the_token_at_once_both_end_well(enrolled_person: Person) -> None:
    person = enrolled_person
    person.grow_stale()
    both = [
        begun(person.home, "codes", "confirm", "--code-stdin", given=person.codes[2]),
        *(
            begun(
                person.home,
                *("activity", "export", f"{place}.csv", "--password-stdin"),
                given=f"{PASSWORD}\n{person.codes[place]}\n",
            )
            for place in (0, 1)
        ),
    ]
    for one in both:
        _, said = one.communicate(timeout=WAIT)
        assert one.returncode == 0, said
    assert person.run("status").code == 0
    assert person.facts("2fa", "status")["codes_left"] >= 6


def test_of_two_that_revoke_one_session_the_later_finds_it_gone(person: Person) -> None:
    person.sign_in_elsewhere()
    other = next(one["id"] for one in person.facts("session", "list")["sessions"] if not one["is_current"])
    both = [begun(person.home, "session", "revoke", other, "--yes") for _ in range(2)]
    for one in both:
        one.communicate(timeout=WAIT)
    assert sorted(one.returncode for one in both) == [0, 7]


def test_a_login_in_the_midst_of_a_command_leaves_the_new_session(person: Person) -> None:
    """What a command finds over may be the session before the one that is kept by now."""
    program = (
        "import subprocess, sys\n"
        "from strongroom.commands import desk\n"
        "real = desk.Desk.act\n"
        "async def act(self, flow):\n"
        "    desk.Desk.act = real\n"
        f"    subprocess.run([sys.executable, '-m', 'strongroom', 'login', '--email', {EMAIL!r},"
        f" '--password-stdin'], input={PASSWORD.encode()!r}, check=True, stdout=subprocess.DEVNULL)\n"
        "    return await real(self, flow)\n"
        "desk.Desk.act = act\n"
        "from strongroom.cli import main\n"
        "sys.exit(main(['profile', 'show']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(person.home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    assert (done.returncode, EMAIL in done.stdout) == (0, True), done.stderr
    assert person.run("status").code == 0


@pytest.mark.parametrize(
    ("patch", "code", "says"),
    [
        ("os.kill(os.getpid(), 9)", -9, ""),
        ("self.trouble = 'The disk is full.'; self.forget()", 1, "could not remember the session"),
    ],
)
def test_a_new_token_that_was_not_written_asks_for_a_new_sign_in(
    person: Person, patch: str, code: int, says: str
) -> None:
    """Also what a killed command left is told apart from never having signed in."""
    program = (
        "import os, sys\n"
        "from strongroom.local_session import LocalSession\n"
        "def save(self, signed_in):\n"
        f"    {patch}\n"
        "LocalSession.save = save\n"
        "from strongroom.cli import main\n"
        "sys.exit(main(['password', 'change', '--password-stdin']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(person.home),
        input=f"{PASSWORD}\n{NEW_PASSWORD}\n",
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    assert done.returncode == code
    assert says in done.stderr
    assert ("Password changed." in done.stdout) is (code == 1)
    ended = person.refused("status", code=4, tag="not_signed_in")
    assert "strongroom login" in ended.err
    assert ("was killed before it could keep it" in ended.err) is (code == -9)
    assert not person.kept.exists()
    login = ("login", "--email", EMAIL, "--password-stdin")
    assert person.run(*login, given=PASSWORD).code == 4
    assert person.run(*login, given=NEW_PASSWORD).code == 0


@pytest.mark.parametrize("title", ["login", "logout", "status", "2fa status", "session list"])
def test_where_no_session_is_kept_commands_say_what_to_do_instead(person: Person, title: str) -> None:
    ended = person.run(*title.split(), STRONGROOM_KEEP_SIGNED_IN="false")
    assert (ended.code, ended.out) == (ExitCode.FORBIDDEN, "")
    assert "keep_signed_in is false" in ended.err
    assert person.kept.exists()


def test_nobody_is_signed_in_before_login_and_after_logout(person: Person) -> None:
    assert person.run("logout").code == 0
    for title in ("status", "2fa status", "session list", "activity list", "profile show"):
        person.refused(*title.split(), code=4, tag="not_signed_in")


def test_a_session_that_was_ended_elsewhere_says_why_once(person: Person) -> None:
    person.sql("UPDATE sessions SET ended_at = created_at, end_reason = 'revoked' WHERE ended_at IS NULL")
    ended = person.run("status")
    assert ended.code == ExitCode.AUTHENTICATION
    assert "revoked from another one" in ended.err
    person.refused("status", code=4, tag="not_signed_in")


def test_a_store_that_another_holds_is_told_as_such_and_the_session_stays(person: Person) -> None:
    with sqlite3.connect(person.home / "strongroom.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        ended = person.run("profile", "rename", "Bea")
        assert (ended.code, ended.out) == (ExitCode.UNAVAILABLE, ""), ended
        holder.execute("ROLLBACK")
    holder.close()
    assert person.facts("profile", "show")["name"] == "Ada Byron"


def test_a_store_that_is_gone_ends_no_session(person: Person) -> None:
    store = person.home / "strongroom.db"
    store.rename(person.home / "away.db")
    ended = person.run("status")
    assert (ended.code, ended.out) == (ExitCode.UNAVAILABLE, "")
    assert not store.exists()
    (person.home / "away.db").rename(store)
    assert person.run("status").code == 0


def test_on_a_server_the_whole_way_is_the_same(tmp_path: Path) -> None:
    with postgresql.new_database() as url:
        machine = machine_at(tmp_path / "first", url)
        assert machine.init().code == 0
        login = machine.run("login", "--email", EMAIL, "--password-stdin", given=PASSWORD)
        assert login.code == 0, login.err
        enrolment = machine.run("2fa", "enroll", "--json")
        secret = enrolment.out.partition('"secret": "')[2].partition('"')[0]
        verified = machine.run("2fa", "verify", "--code-stdin", given=code_of(secret))
        assert verified.code == 0, verified.err
        changed = machine.run("password", "change", "--password-stdin", given=f"{PASSWORD}\n{NEW_PASSWORD}\n")
        assert changed.code == 0, changed.err
        for title in ("status", "2fa status", "session list", "activity list --limit 3", "logout"):
            ended = machine.run(*title.split())
            assert ended.code == 0, ended.err
        assert strongroom(machine.home, "version").code == 0


def test_what_one_person_was_asked_is_not_done_to_the_next_who_signs_in(person: Person) -> None:
    person.sign_in_elsewhere()
    added = person.run(
        *("admin", "user", "add", OTHER_EMAIL, "--name", "Bea Lind", "--password-stdin"), given=PASSWORD
    )
    assert added.code == 0, added.err
    login = ("login", "--email", OTHER_EMAIL, "--password-stdin")
    asked = person.terminal("session", "revoke", "--others")
    asked.expect("Type yes to go on")
    assert person.run(*login, given=PASSWORD).code == 0
    person.kept.rename(person.kept.with_name("elsewhere"))
    assert person.run(*login, given=PASSWORD).code == 0
    asked.sendline("yes")
    asked.expect(pexpect.EOF)
    asked.wait()
    assert asked.exitstatus == ExitCode.AUTHENTICATION
    assert "Somebody else" in asked.before
    assert len(person.facts("session", "list")["sessions"]) == 2


def test_a_login_that_could_not_be_kept_is_not_begun_and_says_what_mends_it(person: Person) -> None:
    """The session of before stays: nobody was asked anything yet."""
    before = person.digest()
    (person.home / "state").chmod(0o777)
    ended = person.run("login", "--email", EMAIL, "--password-stdin", given=PASSWORD)
    assert ended.code == ExitCode.UNAVAILABLE
    assert f"chmod 700 '{person.home / 'state'}'" in ended.err
    assert person.digest() == before
    assert person.run("status").code == 0
