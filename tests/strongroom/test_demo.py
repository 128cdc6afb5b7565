"""The demo: made by the real flows, shown, and thrown away on every way out."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pexpect
import pyotp
import pytest

from security.facts import SecondStepNeeded, SignedIn
from strongroom.assembly import Assembly
from strongroom.exits import ExitCode
from strongroom.paths import find_paths
from strongroom.settings import load_settings
from strongroom.terminal_origin import find_origin
from tests.strongroom.running import Ended, environment_of, strongroom
from tests.strongroom.test_terminal import leave

People = list[dict[str, Any]]

of_one = pytest.mark.xdist_group("demo")
"""For what looks at the demo that was kept, so that one worker makes it, once."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """One demo that was kept, and what its making said."""
    home = tmp_path_factory.mktemp("demo")
    home.chmod(0o700)
    return home / "kept", strongroom(home, "demo", "--keep", str(home / "kept"))


@pytest.fixture
def people(kept: tuple[Path, Ended]) -> People:
    """Who can sign in there, the owner first."""
    people: People = json.loads((kept[0] / "credentials.json").read_text())
    return people


@pytest.fixture
def rows(kept: tuple[Path, Ended]) -> Iterator[sqlite3.Connection]:
    """A look at what the story left."""
    connection = sqlite3.connect(f"file:{kept[0] / 'strongroom.db'}?mode=ro", uri=True)
    yield connection
    connection.close()


@of_one
def test_a_demo_that_is_kept_is_private_and_says_how_to_go_on(kept: tuple[Path, Ended]) -> None:
    directory, ended = kept
    assert ended.code == ExitCode.DONE, ended.err
    assert f"STRONGROOM_HOME={directory}" in ended.out
    assert directory.stat().st_mode & 0o777 == 0o700
    for name in ("strongroom.db", "keys.json", "credentials.json"):
        assert (directory / name).stat().st_mode & 0o777 == 0o600


@of_one
def test_its_credentials_are_printed(kept: tuple[Path, Ended], people: People) -> None:
    assert people[0]["email"] == "amir@acme.example"
    for value in (people[0]["email"], people[0]["password"], people[0]["totp_secret"]):
        assert value in kept[1].out


@of_one
def test_other_commands_work_on_it(kept: tuple[Path, Ended]) -> None:
    ended = strongroom(kept[0], "audit", "verify")
    assert ended.code == ExitCode.DONE
    assert "whole" in ended.out


@of_one
def test_it_has_ninety_days_of_history_with_failures_and_revocations(rows: sqlite3.Connection) -> None:
    first, last, events = rows.execute("SELECT min(at), max(at), count(*) FROM audit_events").fetchone()
    assert 300 <= events <= 1000
    assert timedelta(days=89) < timedelta(microseconds=last - first) < timedelta(days=91)
    names = {name for (name,) in rows.execute("SELECT DISTINCT name FROM audit_events")}
    assert names >= {
        "auth.password_changed",
        "auth.2fa_enabled",
        "auth.2fa_recovery_codes_regenerated",
        "auth.session_revoked",
        "auth.sign_in_failed",
        "auth.second_factor_failed",
        "auth.recovery_code_used",
        "auth.new_device",
    }


@of_one
def test_it_ends_now_and_never_in_the_future(rows: sqlite3.Connection) -> None:
    last = rows.execute("SELECT max(at) FROM audit_events").fetchone()[0] / 1e6
    assert last <= datetime.now(UTC).timestamp()


@of_one
def test_the_owner_has_two_factor_on_and_some_codes_spent(rows: sqlite3.Connection, people: People) -> None:
    owner = rows.execute("SELECT id FROM accounts WHERE role = 'owner'").fetchone()
    secrets = rows.execute("SELECT count(*) FROM totp_secrets WHERE account_id = ?", owner)
    assert secrets.fetchone() == (1,)
    left = rows.execute("SELECT count(*) FROM recovery_codes WHERE account_id = ? AND used_at IS NULL", owner)
    assert left.fetchone() == (6,)
    assert len(people[0]["recovery_codes"]) == 6


@of_one
def test_members_differ_in_two_factor_devices_and_places(rows: sqlite3.Connection, people: People) -> None:
    with_two_factor = [person for person in people if person["totp_secret"]]
    assert len(people) >= 10
    assert 3 <= len(with_two_factor) <= len(people) - 3
    alive = "SELECT client, source_ip, city FROM sessions WHERE ended_at IS NULL"
    clients, addresses, cities = (set(column) for column in zip(*rows.execute(alive), strict=True))
    assert len(clients) >= 5
    assert all(address.startswith(("203.0.113.", "198.51.100.", "2001:db8:")) for address in addresses)
    assert {"Oslo", "Bergen", "Lima"} <= cities


@of_one
def test_the_owner_has_given_a_device_a_name(rows: sqlite3.Connection) -> None:
    named = (
        "SELECT d.name, s.client FROM sessions s JOIN devices d ON d.id = s.device_id "
        "WHERE d.name IS NOT NULL AND s.ended_at IS NULL"
    )
    assert set(rows.execute(named)) == {("Laptop at home", "Firefox 131 on Linux")}


@of_one
async def test_everybody_can_sign_in_with_what_was_written_down(
    kept: tuple[Path, Ended], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRONGROOM_HOME", str(kept[0]))
    settings = load_settings(find_paths(os.environ), os.environ, {}, system_config=Path("/nonexistent"))
    origin = find_origin({})
    assembly = Assembly(settings, origin.node, may_found=False)
    try:
        services = await assembly.connect()
        for person in people:
            answer = await services.sign_in.begin(person["email"], person["password"], origin)
            if isinstance(answer, SecondStepNeeded):
                code = pyotp.TOTP(person["totp_secret"]).at(assembly.clock.now())
                answer = await services.sign_in.finish(answer.half, code, origin)
            assert isinstance(answer, SignedIn)
            assert str(answer.account.name) == person["name"]
    finally:
        await assembly.close()


def test_a_directory_with_something_in_it_is_left_alone(home: Path) -> None:
    (home / "precious").write_text("mine")
    ended = strongroom(home, "demo", "--keep", str(home))
    assert ended.code == ExitCode.CONFLICT
    assert "is not empty" in ended.err
    assert [path.name for path in home.iterdir()] == ["precious"]


def begin(home: Path, *arguments: str) -> pexpect.spawn[bytes]:
    """Begin the demo in a terminal, its temporary files under `home`."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "strongroom", "demo", *arguments],
        env=environment_of(home, TMPDIR=str(home)),
        dimensions=(24, 80),
        timeout=30,
    )


def ended(demo: pexpect.spawn[bytes]) -> int:
    """Wait for the demo's end and give its exit code."""
    demo.expect(pexpect.EOF)
    demo.close()
    return int(demo.exitstatus) if demo.exitstatus is not None else -int(demo.signalstatus)


@pytest.mark.parametrize("mode", [0o300, 0o500])
def test_a_directory_that_cannot_be_used_is_a_sentence(home: Path, mode: int) -> None:
    (home / "closed").mkdir(mode=mode)
    plainly = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*plainly, sys.executable, "-m", "strongroom", "demo", "--keep", str(home / "closed")],
        env=environment_of(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    (home / "closed").chmod(0o700)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert "Permission denied" in done.stderr
    assert "fault of its own" not in done.stderr
    assert list((home / "closed").iterdir()) == []


def test_a_demo_that_finds_no_room_leaves_nothing(home: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    line = 'ulimit -f 100; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "strongroom", "demo", "--keep", str(home / "d")],
        env=environment_of(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == ExitCode.UNAVAILABLE, done.stderr
    assert list((home / "d").iterdir()) == []


def test_it_opens_signed_in_as_its_owner_and_leaves_nothing(home: Path) -> None:
    demo = begin(home)
    demo.expect("amir@acme.example")
    assert len(list(home.glob("strongroom-demo-*"))) == 1
    assert leave(demo)[0] == ExitCode.DONE
    assert list(home.iterdir()) == []


def test_with_sign_in_it_prints_the_credentials_and_opens_the_sign_in_screen(home: Path) -> None:
    demo = begin(home, "--sign-in")
    demo.expect("TOTP secret +[A-Z2-7]{32}")
    demo.expect("Press Enter")
    demo.send("\r")
    demo.expect("Sign in")
    assert leave(demo)[0] == ExitCode.DONE
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        *(("while it is made", number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)),
        ("while it is shown", signal.SIGTERM),
        pytest.param("while it is shown", signal.SIGHUP, marks=pytest.mark.soak),
        pytest.param("while it is shown", signal.SIGQUIT, marks=pytest.mark.soak),
    ],
)
def test_a_signal_leaves_nothing(home: Path, number: signal.Signals, moment: str) -> None:
    demo = begin(home)
    if moment == "while it is shown":
        demo.expect("amir@acme.example")
    else:
        while not list(home.glob("strongroom-demo-*/strongroom.db")):
            time.sleep(0.02)
    demo.kill(number)
    assert ended(demo) == 128 + number
    assert list(home.iterdir()) == []
