"""A person at the command line: a home of their own, copied from one that was founded once."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect
import pyotp

from strongroom.local_session import OF_COMMANDS, LocalSession
from strongroom.paths import sqlite_url
from tests.strongroom.running import PASSWORD, Ended, environment_of, init, strongroom
from tests.strongroom.schemas import conforming

EMAIL = "ada@harbour.example"
NEW_PASSWORD = "Velvet9-Anchor-Meadow"
OTHER_PASSWORD = "Marble4-Juniper-Comet"

WAIT = 60
"""Seconds; more than any answer takes on a machine with other work."""


@dataclass
class Person:
    """Somebody who is signed in with `strongroom login`."""

    home: Path
    codes: list[str] = field(default_factory=list, repr=False)
    """Recovery codes that were not used yet; none where two-factor authentication is off."""

    def run(self, *arguments: str, given: str | bytes | None = None, **more: str) -> Ended:
        """Run one command without a terminal."""
        return strongroom(self.home, *arguments, given=given, **more)

    def facts(self, *arguments: str, given: str | None = None) -> dict[str, Any]:
        """The document of a command that ends well."""
        ended = self.run(*arguments, "--json", given=given)
        assert ended.code == 0, ended.err
        return conforming(ended.out)

    def refused(self, *arguments: str, code: int, tag: str, given: str | None = None) -> Ended:
        """Run a command that cannot go on, once for a person and once for a program."""
        ended = self.run(*arguments, given=given)
        assert (ended.code, ended.out) == (code, ""), ended
        document = conforming(self.run(*arguments, "--json", given=given).out)
        assert (document["error"]["tag"], document["error"]["exit_code"]) == (tag, code)
        return ended

    def terminal(self, *arguments: str, columns: int = 80, rows: int = 24) -> pexpect.spawn:
        """Begin a command in a terminal."""
        return pexpect.spawn(
            sys.executable,
            ["-m", "strongroom", *arguments],
            env=environment_of(self.home),
            cwd=str(self.home),
            dimensions=(rows, columns),
            timeout=WAIT,
            encoding="utf-8",
        )

    def sign_in_elsewhere(self) -> None:
        """Begin one more session of this account, from another state directory."""
        other = self.home / f"elsewhere-{time.monotonic_ns()}"
        store = ["--store", sqlite_url(self.home / "strongroom.db"), "--keys", str(self.home / "keys.json")]
        lines = "\n".join([PASSWORD, *([self.codes.pop()] if self.codes else [])])
        kind = ["--recovery-code"] if self.codes else []
        other.mkdir(mode=0o700)
        ended = strongroom(other, "login", "--email", EMAIL, *kind, "--password-stdin", *store, given=lines)
        assert ended.code == 0, ended.err

    @property
    def kept(self) -> Path:
        """The file with the token of the commands' session."""
        return LocalSession(self.home / "state", self.url, kept=OF_COMMANDS).session_file

    @property
    def url(self) -> str:
        """The address of the store."""
        return sqlite_url(self.home / "strongroom.db")

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the store, or change it, as nobody does who uses the program."""
        with sqlite3.connect(self.home / "strongroom.db", timeout=WAIT) as store:
            found = store.execute(statement, values).fetchall()
        store.close()
        return found

    def grow_stale(self) -> None:
        """Let the last full authentication of every session be an hour old."""
        self.sql("UPDATE sessions SET authenticated_at = authenticated_at - 3600000000")

    def digest(self) -> dict[str, list[tuple[Any, ...]]]:
        """What acts change: password, second factor, codes, sessions and their lifetime."""
        tables = {
            "accounts": "SELECT password_hash, name, appearance, session_lifetime FROM accounts",
            "totp": "SELECT sealed, enrolled_at FROM totp_secrets",
            "enrolment": "SELECT id FROM totp_enrolments",
            "codes": "SELECT id, used_at FROM recovery_codes ORDER BY id",
            "batches": "SELECT id, acknowledged_at, voided_at FROM recovery_batches ORDER BY id",
            "sessions": "SELECT id, token_hash, ended_at FROM sessions ORDER BY id",
            "devices": "SELECT * FROM devices",
        }
        return {name: self.sql(statement) for name, statement in tables.items()}


def code_of(secret: str) -> str:
    """The six digits that an authenticator app shows now."""
    return pyotp.TOTP(secret).now()


def enrolled(person: Person) -> Person:
    """Switch two-factor authentication on, in two commands as a script does."""
    secret = person.facts("2fa", "enroll")["secret"]
    answer = person.facts("2fa", "verify", "--code-stdin", given=code_of(secret))
    return Person(person.home, list(answer["recovery_codes"]))


def signed_in(home: Path) -> Person:
    """Found a store and sign its owner in."""
    assert init(home).code == 0
    ended = strongroom(home, "login", "--email", EMAIL, "--password-stdin", given=PASSWORD)
    assert ended.code == 0, ended.err
    return Person(home)


def copied(person: Person, home: Path) -> Person:
    """The same person in a home that nobody used yet, with a fresh sign-in."""
    shutil.copytree(person.home, home, dirs_exist_ok=True)
    home.chmod(0o700)
    copy = Person(home, list(person.codes))
    (old,) = (home / "state").iterdir()
    old.rename(copy.kept.parent)
    copy.sql("UPDATE sessions SET authenticated_at = ?", time.time_ns() // 1000)
    return copy
