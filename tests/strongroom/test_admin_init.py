"""`admin init`: the first owner from a script, refused wherever something stands already."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from strongroom.password_entry import read_new_password
from tests.strongroom.running import OWNER, PASSWORD, environment_of, init, strongroom


def files_in(home: Path) -> list[str]:
    """The names of what was made, without what SQLite keeps while it is open."""
    return sorted(path.name for path in home.iterdir() if not path.name.endswith(("-wal", "-shm")))


def test_it_makes_a_private_store_and_keys_and_says_where(home: Path) -> None:
    ended = init(home)
    assert ended.code == ExitCode.DONE
    assert "Harbour Trust is founded, and ada@harbour.example is its first owner." in ended.out
    assert str(home / "keys.json") in ended.out
    assert ended.err == ""
    assert files_in(home) == ["keys.json", "strongroom.db"]
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}
    assert strongroom(home, "audit", "verify").code == ExitCode.DONE


def test_missing_directories_are_made_private(home: Path) -> None:
    ended = strongroom(
        home,
        *("--store", f"sqlite://{home}/a/b/acme.db", "admin", "init", *OWNER, "--password-stdin"),
        given=PASSWORD,
    )
    assert ended.code == ExitCode.DONE, ended.err
    assert files_in(home / "a" / "b") == ["acme.db", "keys.json"]
    assert (home / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_second_time_is_a_conflict_and_changes_nothing(founded: Path) -> None:
    keys = (founded / "keys.json").read_bytes()
    ended = init(founded)
    assert ended.code == ExitCode.CONFLICT
    assert ended.err.startswith(f"There is a store at {founded / 'strongroom.db'} already")
    assert (founded / "keys.json").read_bytes() == keys


@pytest.mark.parametrize(
    ("password", "code", "says"),
    [
        ("short1!A", ExitCode.FORBIDDEN, "More characters"),
        ("all-lower-case-letters-7", ExitCode.FORBIDDEN, "1 uppercase letter"),
        ("Harbour-Trust-2024!", ExitCode.FORBIDDEN, "Without your"),
        ("Password123456!", ExitCode.FORBIDDEN, "common password"),
        ("Copper7-Lantern\nOrbit-1", ExitCode.USAGE, "line breaks"),
        ("Copper7-\x1b[31mLantern", ExitCode.USAGE, "cannot be taken"),
        ("A1!" + "x" * 9000, ExitCode.USAGE, "too long"),
        ("", ExitCode.USAGE, "no password on standard input"),
        ("\n", ExitCode.USAGE, "no password on standard input"),
        (b"\xff\xfe\xfa", ExitCode.USAGE, "not UTF-8"),
    ],
)
def test_an_unusable_password_is_refused_with_its_reasons_and_leaves_nothing(
    home: Path, password: str | bytes, code: ExitCode, says: str
) -> None:
    ended = init(home, password=password)
    assert ended.code == code
    assert says.casefold() in ended.err.casefold()
    assert ended.out == ""
    assert files_in(home) == []
    assert init(home).code == ExitCode.DONE


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--org", "", "missing"),
        ("--org", "Evil\x1b]0;owned\x07", "cannot be shown"),
        ("--org", "x" * 10_000, "too long"),
        ("--name", "‮nimda", "cannot be shown"),
        ("--name", "x" * 10_000, "too long"),
        ("--email", "not an address", "not an email address"),
        ("--email", "a\x1b[2J@harbour.example", ""),
        ("--email", "a" * 10_000 + "@harbour.example", ""),
    ],
)
def test_a_hostile_field_is_refused_inert_and_leaves_nothing(
    home: Path, option: str, value: str, says: str
) -> None:
    owner = list(OWNER)
    owner[owner.index(option) + 1] = value
    ended = init(home, owner=tuple(owner))
    assert ended.code == ExitCode.USAGE
    assert says in ended.err
    assert len(ended.err) < 1000
    assert files_in(home) == []


def test_markup_in_a_name_is_only_text(home: Path) -> None:
    ended = init(home, owner=("--org", "[/red][b]Bank", "--name", "[link=x]A[/]", "--email", "a@b.example"))
    assert ended.code == ExitCode.DONE
    assert "[/red][b]Bank is founded" in ended.out


def test_without_a_terminal_and_without_the_option_nothing_is_asked(home: Path) -> None:
    ended = strongroom(home, "admin", "init", *OWNER)
    assert ended.code == ExitCode.USAGE
    assert "--password-stdin" in ended.err


@pytest.mark.parametrize(
    ("given", "password"),
    [
        (b"pass word ", "pass word "),
        (b"pass\n", "pass"),
        (b"pass\r\n", "pass"),
        (b"pass\n\n", "pass\n"),
        (b"pass\r", "pass\r"),
        ("pässwörd\n".encode(), "pässwörd"),
    ],
)
def test_one_line_end_belongs_to_the_line_and_nothing_else_is_trimmed(
    monkeypatch: pytest.MonkeyPatch, given: bytes, password: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert read_new_password(from_stdin=True) == password


def test_passwords_that_are_typed_must_agree(home: Path) -> None:
    asking = pexpect.spawn(
        sys.executable,
        ["-m", "strongroom", "admin", "init", *OWNER],
        env=environment_of(home),
        timeout=60,
        encoding="utf-8",
    )
    for question, typed in (("New password: ", PASSWORD), ("Once more: ", "Another-one-5512")):
        asking.expect_exact(question)
        asking.waitnoecho()
        asking.sendline(typed)
    asking.expect(pexpect.EOF)
    asking.close()
    assert "The two passwords differ. Nothing was made." in asking.before
    assert "Another" not in asking.before
    assert asking.exitstatus == ExitCode.USAGE
    assert files_in(home) == []


def test_two_at_once_make_one_owner(home: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "strongroom", "admin", "init", *OWNER, "--password-stdin"],
            env=environment_of(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    ends = [process.communicate(f"{PASSWORD}\n".encode(), timeout=60) for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 8, 8]
    assert not any(b"Traceback" in err for _, err in ends)
    assert files_in(home) == ["keys.json", "strongroom.db"]
    assert strongroom(home, "audit", "verify").code == ExitCode.DONE


def test_killed_at_any_moment_it_is_all_old_or_all_new_or_goes_on(tmp_path: Path) -> None:
    """R028, R103: what `kill -9` leaves is nothing, a founded store, or a founding that is begun anew."""
    outcomes = set()
    whole = _seconds_of_an_init(tmp_path / "whole")
    for step in range(7):
        home = tmp_path / str(step)
        home.mkdir(mode=0o700)
        process = _begin(home)
        time.sleep(whole * (0.3 + step * 0.1))
        process.kill()
        process.communicate()
        again = init(home)
        assert again.code in (ExitCode.DONE, ExitCode.CONFLICT), again.err
        outcomes.add(again.code)
        assert files_in(home) == ["keys.json", "strongroom.db"]
        verified = strongroom(home, "audit", "verify")
        assert verified.code == ExitCode.DONE, verified.err
    assert ExitCode.DONE in outcomes


def _begin(home: Path) -> subprocess.Popen[bytes]:
    """Begin an init and give it its password."""
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", "admin", "init", *OWNER, "--password-stdin"],
        env=environment_of(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(f"{PASSWORD}\n".encode())
    process.stdin.flush()
    process.stdin.close()
    process.stdin = None
    return process


def _seconds_of_an_init(home: Path) -> float:
    """How long one takes from start to end on this machine."""
    home.mkdir(mode=0o700)
    started_at = time.monotonic()
    process = _begin(home)
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.DONE
    return time.monotonic() - started_at
