"""One organisation's day by commands alone, run once: what each of them said, made the same in every run."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp

from tests.strongroom.running import OWNER, PASSWORD, Ended, strongroom

NEW_PASSWORD = "Violet-Harbor-42-Moss"

_MASKS: tuple[tuple[str, str], ...] = (
    (r"(?<![0-9A-Za-z-])(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}(?![-0-9A-Za-z])", "XXXX-XXXX-XXXX-XXXX"),
    (
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
        "01900000-0000-7000-8000-000000000000",
    ),
    (r"(?m)^[0-9a-f]{8}(?=  )", "00000000"),
    (r"\b(?:[A-Z2-7]{4} ){3}[A-Z2-7]{4}\b", "AAAA AAAA AAAA AAAA"),
    (r"\b[0-9]{1,2} [JFMASOND][a-z]+ 20[0-9]{2}\b", "1 January 2026"),
    (r"most on [0-9]{1,2} [A-Z][a-z]+ \([0-9]+\)", "most on 1 January (18)"),
    (r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", "2026-01-01"),
    (r"(?m)^ ?(?:Today|[ 0-9]{1,2} [A-Z][a-z]{2}) (?=[0-9]{2}:)", " Today "),
    (r"\b[0-9]{2}:[0-9]{2}(?::[0-9]{2})?\b", "00:00"),
    (r"(?m)\b[0-9]+ min$", "now"),
    (r"\b[0-9a-f]{64}\b", "f" * 64),
    (r"(?<![0-9a-f-])[0-9a-f]{12}\b", "f" * 12),
    (r"\b[0-9]+ of [0-9]+ rows\b", "100 of 100 rows"),
    (r" [ 0-9]{10} rows  sha256", "        100 rows  sha256"),
    (r"(?ms)^\w+ +time .*?(?=^\w)", ""),
    (r": [0-9]+ rows, each", ": 100 rows, each"),
    (r"\b[0-9,]+ bytes\b", "12,345 bytes"),
    (r"\bStrongroom [0-9]+[.0-9a-z]*", "Strongroom 1.2.3"),
)
"""What is another one in each run, and what stands for it."""


@dataclass
class Day:
    """A home with a store, and what was said there."""

    home: Path
    in_json: bool = False
    """Whether every command that can answers with a document, which its schema is held against."""
    said: dict[str, Ended] = field(default_factory=dict)
    """By the name of the case."""
    cases: dict[str, str] = field(default_factory=dict)
    """The words of the command of each case."""

    def run(self, case: str, title: str, *arguments: str, given: str | None = None) -> Ended:
        """Run the command of these words once and keep what it said."""
        assert case not in self.said
        if self.in_json and title not in WITHOUT_JSON:
            arguments = (*arguments, "--json")
        ended = strongroom(
            self.home, *title.split(), *arguments, given=given, STRONGROOM_LOCAL_TIME="false", TZ="UTC"
        )
        self.said[case] = ended
        self.cases[case] = title
        return ended

    def shown(self, case: str) -> str:
        """What a person saw, each line of the error stream with a sign before it, and the exit code."""
        ended = self.said[case]
        lines = [f"  {line}" for line in self._same_each_time(ended.out).splitlines()]
        lines += [f"! {line}" for line in self._same_each_time(ended.err).splitlines()]
        return "\n".join([*lines, f"= {ended.code}"])

    def _same_each_time(self, text: str) -> str:
        """Put aside what no run has in common with another."""
        text = text.replace(str(self.home), "/srv/acme").replace(os.uname().nodename, "machine")
        for pattern, stands in _MASKS:
            text = re.sub(pattern, stands, text)
        return text


WITHOUT_JSON = ("demo", "completion")
"""Commands that answer no program."""


@contextmanager
def a_day(*, in_json: bool = False) -> Iterator[Day]:
    """Make the home, whose path is of the same length everywhere, and live the day."""
    home = Path(tempfile.mkdtemp(prefix="told-", dir="/tmp"))
    try:
        day = Day(home, in_json)
        _live(day)
        yield day
    finally:
        shutil.rmtree(home)


class Authenticator:
    """An app that gives each code once, as early as the rules take it."""

    def __init__(self, secret: str) -> None:
        """Take the key that was typed."""
        self._totp = pyotp.TOTP(secret)
        self._last = 0

    def code(self) -> str:
        """The next code that was not used, waiting for it where all that are taken now were."""
        while (step := max(self._last + 1, int(time.time()) // 30 - 1)) > int(time.time()) // 30 + 1:
            time.sleep(0.2)
        self._last = step
        return self._totp.generate_otp(step) + "\n"


def _live(day: Day) -> None:
    """Everything, in the order in which it can happen."""
    _found(day)
    app = _enrol(day)
    _look_around(day)
    _change(day, app)
    _operate(day)
    _keep_the_store(day)


def _found(day: Day) -> None:
    """The first owner, who signs in."""
    run, email = day.run, ("--email", "ada@harbour.example", "--password-stdin")
    run("status.no_store", "status")
    run("admin_init", "admin init", *OWNER, "--password-stdin", given=PASSWORD)
    run("status.signed_out", "status")
    run("login.wrong", "login", *email, given="Not-the-1-password\n")
    run("login", "login", *email, given=PASSWORD)
    run("status.without_two_factor", "status")
    run("2fa_status.off", "2fa status")


def _enrol(day: Day) -> Authenticator:
    """Two-factor authentication, given up once, and its codes."""
    run = day.run
    run("2fa_enroll.given_up", "2fa enroll")
    run("2fa_cancel", "2fa cancel")
    app = _app_of(run("2fa_enroll", "2fa enroll"))
    run("2fa_verify.wrong", "2fa verify", "--code-stdin", given="12345\n")
    verified = run("2fa_verify", "2fa verify", "--code-stdin", given=app.code())
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", verified.out)
    assert code is not None
    run("codes_confirm", "codes confirm", "--code-stdin", given=f"{code[0]}\n")
    run("2fa_status.on", "2fa status")
    return app


def _app_of(begun: Ended) -> Authenticator:
    """The app that the key of an enrolment was typed into."""
    key = re.search(r"\b[A-Z2-7]{32}\b", re.sub(r"(?<=[A-Z2-7]{4})\s+(?=[A-Z2-7]{4}\b)", "", begun.out))
    assert key is not None
    return Authenticator(key[0])


def _look_around(day: Day) -> None:
    """What can be seen, and told of oneself."""
    run = day.run
    run("status", "status")
    listed = run("session_list", "session list")
    own = re.search(r'(?m)(?:^|"id": "[0-9a-f-]{28})([0-9a-f]{8})(?:  |")', listed.out)
    assert own is not None
    run("session_show", "session show", own[1])
    run("session_show.unknown", "session show", "ffffffff")
    run("session_name", "session name", own[1], "Ada's laptop")
    run("session_lifetime.told", "session lifetime")
    run("session_lifetime", "session lifetime", "7")
    run("session_revoke.nowhere_else", "session revoke", "--others", "--yes")
    run("profile_show", "profile show")
    run("profile_rename", "profile rename", "Ada King")
    run("profile_appearance", "profile appearance", "high-contrast")
    run("activity_list", "activity list", "--limit", "5")
    run("activity_list.nothing", "activity list", "--search", "nothing-like-it")
    run("activity_export", "activity export", str(day.home / "activity.csv"))
    run("config_show", "config show", "--origin")
    run("completion.unknown", "completion", "tcsh")


def _change(day: Day, app: Authenticator) -> None:
    """What changes the account."""
    run = day.run
    run("password_change.weak", "password change", "--password-stdin", given=f"{PASSWORD}\nshort\n")
    changed = f"{PASSWORD}\n{NEW_PASSWORD}\n"
    run("password_change", "password change", "--password-stdin", given=changed)
    run("codes_regenerate.unsure", "codes regenerate")
    run("codes_regenerate", "codes regenerate", "--yes")
    run("2fa_disable.unsure", "2fa disable", "--password-stdin", given=f"{NEW_PASSWORD}\n")
    given = f"{NEW_PASSWORD}\n{app.code()}"
    run("2fa_disable", "2fa disable", "--yes", "--password-stdin", given=given)
    run("logout", "logout")
    run("logout.twice", "logout")


def _operate(day: Day) -> None:
    """The operator's acts."""
    run = day.run
    other = ("--org", "Lighthouse", "--name", "Eve Stone", "--email", "eve@lighthouse.example")
    run("admin_org_add", "admin org add", *other, "--password-stdin", given="Marble-Anchor-77-Fern\n")
    run("admin_org_list", "admin org list")
    bob = ("bob@harbour.example", "--name", "Bob Reed", "--org", "Harbour Trust", "--password-stdin")
    run("admin_user_add", "admin user add", *bob, given="Quartz-Meadow-31-Oar\n")
    run("admin_user_add.taken", "admin user add", *bob, given="Quartz-Meadow-31-Oar\n")
    run("admin_user_list", "admin user list")
    run("admin_user_suspend.unsure", "admin user suspend", "bob@harbour.example")
    run("admin_user_suspend", "admin user suspend", "bob@harbour.example", "--yes")
    run("admin_user_suspend.last_owner", "admin user suspend", "ada@harbour.example", "--yes")
    run("admin_user_restore", "admin user restore", "bob@harbour.example")
    run("admin_reset-2fa.unknown", "admin reset-2fa", "nobody@harbour.example", "--reason", "none", "--yes")
    run("admin_reset-2fa.off", "admin reset-2fa", "bob@harbour.example", "--reason", "Lost it", "--yes")
    email = ("--email", "ada@harbour.example", "--password-stdin")
    run("login.again", "login", *email, given=NEW_PASSWORD)
    app = _app_of(run("2fa_enroll.again", "2fa enroll"))
    run("2fa_verify.again", "2fa verify", "--code-stdin", given=app.code())
    run("admin_reset-2fa", "admin reset-2fa", "ada@harbour.example", "--reason", "Lost phone", "--yes")
    run("login.reset", "login", *email, given=NEW_PASSWORD)
    run("status.reset", "status")
    run("admin_keys_rotate", "admin keys rotate")
    run("audit_verify", "audit verify")


def _keep_the_store(day: Day) -> None:
    """The store in a file and back, and the files beside it."""
    run, home = day.run, day.home
    run("doctor", "doctor")
    (home / "hashes").write_text("0000000A0E3B9F25FF41DE4B5AC238C2D545C7A8:15\n")
    run("admin_breach_import", "admin breach import", str(home / "hashes"))
    run("admin_breach_check", "admin breach check")
    run("admin_backup", "admin backup", str(home / "backup"))
    run("admin_move.nowhere", "admin move")
    run("admin_move", "admin move", "--to", f"sqlite://{home}/moved.db")
    run("admin_user_suspend.moved_away", "admin user suspend", "bob@harbour.example", "--yes")
    for name in home.glob("strongroom.db*"):
        name.unlink()
    run("admin_restore", "admin restore", str(home / "backup"))
    run("demo.no_terminal", "demo")
    run("version", "version")
    run("version.unknown_option", "version", "--colour")
