"""One session, several commands: which of them renews its token, and what the others do meanwhile."""

from __future__ import annotations

import csv
import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.strongroom.commands.person import EMAIL, NEW_PASSWORD, WAIT, Person
from tests.strongroom.running import PASSWORD, environment_of

CHANGE = ("password", "change", "--password-stdin")
LINES = f"{PASSWORD}\n{NEW_PASSWORD}\n"
LOGIN = ("login", "--email", EMAIL, "--password-stdin")

NO_LOCKS = """
import errno, fcntl
def flock(handle, operation):
    raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = flock
"""
"""A disk that knows no locks."""

KEPT_AND_OPEN = "SELECT id FROM sessions WHERE ended_at IS NULL AND is_kept"


def patched(person: Person, patch: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command after some lines of Python, in which `other(*arguments)` runs another to its end."""
    program = f"""
import subprocess, sys
def other(*arguments, given=""):
    subprocess.run([sys.executable, "-m", "strongroom", *arguments], input=given.encode(), check=True,
                   stdout=subprocess.DEVNULL)
{patch}
from strongroom.cli import main
sys.exit(main({list(arguments)!r}))
"""
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(person.home),
        cwd=person.home,
        input=given,
        capture_output=True,
        text=True,
        timeout=WAIT,
    )


@contextmanager
def turn_taken(person: Person) -> Iterator[None]:
    """Have the turn, as a command does that renews the token."""
    with open(person.kept.with_name(person.kept.name + ".lock"), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def in_the_midst(flow: str, name: str, act: str) -> str:
    """Python that does something once, the first time that a method is called."""
    module, _, owner = flow.rpartition(".")
    return f"""
from {module} import {owner}
real, calls = {owner}.{name}, []
async def once(self, *arguments):
    calls.append(arguments)
    if len(calls) == 1:
        {act}
    return await real(self, *arguments)
{owner}.{name} = once
"""


def test_an_export_goes_on_under_the_token_that_another_command_was_given(person: Person) -> None:
    """Page by page; the session lives, and so does the export."""
    patch = "import security.activity_export as rules\nrules.PAGE = 2\n" + in_the_midst(
        "security.activity_export._Reading", "take", f"other(*{CHANGE!r}, given={LINES!r})"
    )
    before = person.sql("SELECT name FROM audit_events WHERE subject_id IS NOT NULL ORDER BY at, seq")
    done = patched(person, patch, "activity", "export", "events.csv")
    assert done.returncode == 0, done.stderr
    with open(person.home / "events.csv", encoding="utf-8", newline="") as file:
        names = [row["event"] for row in csv.DictReader(file)]
    assert len(before) > 4
    assert [(name,) for name in names] == before
    assert person.run("status").code == 0


def test_a_login_waits_until_a_new_token_is_written_and_then_replaces_it(person: Person) -> None:
    """Its session has begun while the other command has its turn, and of both one alone stays open."""
    patch = f"""
import sqlite3, time
count = "SELECT count(*) FROM sessions WHERE ended_at IS NULL AND is_kept"
from strongroom.commands.kept_session import KeptSession
real = KeptSession._keep
def keep(self, signed_in):
    login = subprocess.Popen([sys.executable, "-m", "strongroom", *{LOGIN!r}], stdin=subprocess.PIPE)
    login.stdin.write({NEW_PASSWORD!r}.encode())
    login.stdin.close()
    store = sqlite3.connect({str(person.home / "strongroom.db")!r})
    while store.execute(count).fetchone() != (2,):
        assert login.poll() is None
        time.sleep(0.05)
    store.close()
    real(self, signed_in)
KeptSession._keep = keep
"""  # noqa: S608 - no value is in the statement
    done = patched(person, patch, *CHANGE, given=LINES)
    assert done.returncode == 0, done.stderr
    until = time.monotonic() + WAIT
    while len(person.sql(KEPT_AND_OPEN)) != 1:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert person.run("status").code == 0


def test_who_does_not_end_its_turn_is_named_and_keeps_nobody_from_leaving(person: Person) -> None:
    quick = "import strongroom.one_at_a_time as turns\nturns.PATIENCE = 0.1"
    before = person.digest()
    with turn_taken(person):
        done = patched(person, quick, *CHANGE, "--json", given=LINES)
        assert (done.returncode, '"tag": "session_busy"' in done.stdout) == (8, True), done
        assert person.digest() == before
        assert person.kept.exists()
        done = patched(person, quick, "logout")
        assert done.returncode == 0, done.stderr
    assert person.sql(KEPT_AND_OPEN) == []
    assert not person.kept.exists()


def test_who_leaves_after_a_renewal_was_killed_is_not_told_that_the_session_is_over(person: Person) -> None:
    """It has a token that nobody kept, and is open."""
    patch = """
import os, signal
from strongroom.commands.kept_session import KeptSession
KeptSession._keep = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
    assert patched(person, patch, *CHANGE, given=LINES).returncode == -9
    done = person.run("logout")
    assert (done.code, len(person.sql(KEPT_AND_OPEN))) == (0, 1)
    assert "over already" not in done.out
    assert "strongroom session list" in done.err
    assert not person.kept.exists()


def test_a_token_is_not_written_over_what_became_of_the_session_meanwhile(person: Person) -> None:
    """Where nobody is kept out: no session comes back that was left, and none stays without a token."""
    patch = f"""
{NO_LOCKS}
from strongroom.commands.kept_session import KeptSession
real = KeptSession._keep
def keep(self, signed_in):
    self._keeper.forget()
    other(*{LOGIN!r}, given={NEW_PASSWORD!r})
    real(self, signed_in)
KeptSession._keep = keep
"""
    done = patched(person, patch, *CHANGE, given=LINES)
    assert done.returncode == 0, done.stderr
    assert "Password changed." in done.stdout
    assert "that stays so" in done.stderr
    assert len(person.sql(KEPT_AND_OPEN)) == 1
    assert person.run("status").code == 0


def test_a_logout_in_the_midst_of_a_new_token_ends_the_session_also_without_locks(person: Person) -> None:
    patch = NO_LOCKS + in_the_midst(
        "security.sign_in.SignIn", "sign_out", f"other(*{CHANGE!r}, given={LINES!r})"
    )
    done = patched(person, patch, "logout")
    assert done.returncode == 0, done.stderr
    assert "already" not in done.stdout
    assert person.sql(KEPT_AND_OPEN) == []
    assert not person.kept.exists()
