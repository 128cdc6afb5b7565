"""What is wrong with store or keys: each condition has its sentence and 69, and changes nothing (R105)."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.exits import ExitCode
from strongroom.local_session import LocalSession
from tests.strongroom.running import OWNER, Ended, environment_of, in_terminal, init, strongroom


def verify(home: Path, *options: str) -> Ended:
    """A command that opens the store and changes nothing."""
    return strongroom(home, "audit", "verify", *options)


def refused(ended: Ended, *words: str) -> None:
    """A refusal of the store: 69, nothing on stdout, and the words on stderr."""
    assert ended.code == ExitCode.UNAVAILABLE, ended
    assert ended.out == ""
    for word in words:
        assert word in ended.err


def test_a_store_that_stands_is_verified(founded: Path) -> None:
    ended = verify(founded)
    assert ended.code == ExitCode.DONE
    assert "whole" in ended.out


def test_no_store_and_no_keys_is_said_and_none_are_made(home: Path) -> None:
    refused(verify(home), "There is no store", "strongroom admin init")
    refused(strongroom(home, "admin", "keys", "rotate"), "There is no store")
    assert list(home.iterdir()) == []


def test_missing_keys_are_not_made_anew(founded: Path) -> None:
    (founded / "keys.json").unlink()
    refused(verify(founded), f"there is no {founded / 'keys.json'}", "none were made")
    refused(init(founded), "are missing")
    assert not (founded / "keys.json").exists()


def test_a_missing_store_is_not_made_over_keys_that_are_there(founded: Path) -> None:
    for path in founded.glob("strongroom.db*"):
        path.unlink()
    refused(verify(founded), "The store is missing", "move the keys away")
    refused(init(founded), "The store is missing")
    assert [path.name for path in founded.iterdir()] == ["keys.json"]


def test_keys_of_another_store_are_refused(founded: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    assert init(other).code == ExitCode.DONE
    shutil.copy(other / "keys.json", founded / "keys.json")
    refused(verify(founded), "are not the keys of the store")


def test_damaged_keys_are_refused(founded: Path) -> None:
    (founded / "keys.json").write_text("{}")
    refused(verify(founded), "are damaged")


@pytest.mark.parametrize(("name", "mode"), [("keys.json", 0o640), ("strongroom.db", 0o644), (".", 0o755)])
def test_what_others_may_read_is_refused_with_the_line_that_closes_it(
    founded: Path, name: str, mode: int
) -> None:
    (founded / name).chmod(mode)
    refused(verify(founded), "chmod")


@pytest.mark.parametrize("name", ["keys.json", "strongroom.db"])
@pytest.mark.parametrize("kind", ["pipe", "directory"])
def test_what_is_no_file_is_refused_at_once(founded: Path, name: str, kind: str) -> None:
    (founded / name).unlink()
    if kind == "pipe":
        os.mkfifo(founded / name, 0o600)
    else:
        (founded / name).mkdir(mode=0o700)
    refused(verify(founded), f"{founded / name} is not a file")


def test_a_credential_that_is_no_file_is_refused_at_once(founded: Path, tmp_path: Path) -> None:
    (founded / "keys.json").unlink()
    (tmp_path / "credentials").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "credentials" / "strongroom-keys", 0o600)
    ended = strongroom(founded, "audit", "verify", CREDENTIALS_DIRECTORY=str(tmp_path / "credentials"))
    refused(ended, "is not a file")


def test_a_corrupt_store_is_refused(founded: Path) -> None:
    store = founded / "strongroom.db"
    store.write_bytes(b"\x00" * 100 + store.read_bytes()[100:])
    refused(verify(founded), str(store))


def test_a_store_of_a_newer_program_is_refused(founded: Path) -> None:
    with sqlite3.connect(founded / "strongroom.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    refused(verify(founded), "schema 999")


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="root obeys modes only without its capabilities")
def test_a_read_only_directory_is_refused(founded: Path) -> None:
    founded.chmod(0o500)
    (founded / "strongroom.db").chmod(0o400)
    done = subprocess.run(
        [*_plainly(), sys.executable, "-m", "strongroom", "audit", "verify"],
        env=environment_of(founded),
        capture_output=True,
        text=True,
        timeout=30,
    )
    founded.chmod(0o700)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert str(founded) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="root obeys modes only without its capabilities")
def test_where_nothing_can_be_written_nothing_is_founded(home: Path) -> None:
    home.chmod(0o500)
    done = subprocess.run(
        [*_plainly(), sys.executable, "-m", "strongroom", "admin", "init", *OWNER, "--password-stdin"],
        env=environment_of(home),
        input="Copper7-Lantern-Orbit",
        capture_output=True,
        text=True,
        timeout=30,
    )
    home.chmod(0o700)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert "Traceback" not in done.stderr
    assert list(home.iterdir()) == []


def _plainly() -> list[str]:
    """What runs a command as a user whom modes bind, root included."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


def test_a_founding_that_left_only_its_marker_is_begun_anew(home: Path) -> None:
    (home / "strongroom.db.founding").touch(0o600)
    assert init(home).code == ExitCode.DONE
    assert not (home / "strongroom.db.founding").exists()


def test_a_marker_alone_is_no_store_to_a_command_that_makes_none(home: Path) -> None:
    (home / "strongroom.db.founding").touch(0o600)
    refused(verify(home), "has no owner yet")
    refused(strongroom(home, "admin", "keys", "rotate"), "has no owner yet")
    assert [path.name for path in home.iterdir()] == ["strongroom.db.founding"]


@pytest.mark.parametrize("option", ["--store", "--keys"])
def test_a_place_that_cannot_be_looked_into_is_not_taken_for_empty(home: Path, option: str) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o000)
    place = f"{'sqlite://' if option == '--store' else ''}{closed}/inner"
    for command in (["audit", "verify"], ["admin", "init", *OWNER, "--password-stdin"]):
        done = subprocess.run(
            [*_plainly(), sys.executable, "-m", "strongroom", *command, option, place],
            env=environment_of(home),
            input=b"Copper7-Lantern-Orbit",
            capture_output=True,
            timeout=30,
        )
        assert done.returncode == ExitCode.UNAVAILABLE
        assert b"cannot be reached: Permission denied" in done.stderr
    closed.chmod(0o700)
    assert [path.name for path in home.iterdir()] == ["closed"]


def test_a_founding_that_left_its_keys_goes_on_with_them(home: Path) -> None:
    assert init(home).code == ExitCode.DONE
    keys = (home / "keys.json").read_bytes()
    for path in home.glob("strongroom.db*"):
        path.unlink()
    (home / "strongroom.db.founding").touch(0o600)
    assert init(home).code == ExitCode.DONE
    assert (home / "keys.json").read_bytes() == keys
    assert not (home / "strongroom.db.founding").exists()


def test_a_marker_beside_a_store_with_an_owner_is_taken_away(founded: Path) -> None:
    (founded / "strongroom.db.founding").touch(0o600)
    assert init(founded).code == ExitCode.CONFLICT
    assert verify(founded).code == ExitCode.DONE
    assert not (founded / "strongroom.db.founding").exists()


def test_the_screen_says_the_same_in_a_terminal(founded: Path) -> None:
    (founded / "keys.json").unlink()
    code, shown = in_terminal(environment_of(founded))
    assert code == ExitCode.UNAVAILABLE
    assert "none were made" in shown


def test_a_session_file_that_others_may_read_stops_the_screen(founded: Path) -> None:
    kept = LocalSession(founded / "state", f"sqlite://{founded / 'strongroom.db'}").session_file
    kept.parent.mkdir(parents=True, mode=0o700)
    kept.touch(0o644)
    kept.chmod(0o644)
    code, shown = in_terminal(environment_of(founded))
    assert code == ExitCode.UNAVAILABLE
    assert "is open to other users" in shown


def test_rotated_keys_open_the_store_and_old_copies_do_not_harm(founded: Path) -> None:
    before = json.loads((founded / "keys.json").read_text())
    ended = strongroom(founded, "admin", "keys", "rotate", "--purpose", "totp")
    assert ended.code == ExitCode.DONE
    assert "New keys: totp-2." in ended.out
    after = json.loads((founded / "keys.json").read_text())
    assert len(after["keys"]) == len(before["keys"]) + 1
    assert strongroom(founded, "admin", "keys", "rotate").code == ExitCode.DONE
    assert verify(founded).code == ExitCode.DONE


def test_a_copy_of_the_keys_from_before_a_rotation_is_refused(founded: Path) -> None:
    old = (founded / "keys.json").read_bytes()
    assert strongroom(founded, "admin", "keys", "rotate").code == ExitCode.DONE
    (founded / "keys.json").write_bytes(old)
    refused(verify(founded), "are not the keys of the store")


def test_a_broken_chain_is_told_with_exit_code_1(founded: Path) -> None:
    connection = sqlite3.connect(founded / "strongroom.db")
    connection.execute("DROP TRIGGER audit_event_is_never_edited")
    connection.execute("UPDATE audit_events SET reason = 'nothing happened' WHERE seq = 1")
    connection.commit()
    connection.close()
    ended = verify(founded)
    assert ended.code == ExitCode.FAILED
    assert "BROKEN" in ended.out


def test_the_keys_may_come_from_a_service_manager(founded: Path) -> None:
    credentials = founded / "credentials"
    credentials.mkdir(mode=0o700)
    shutil.move(founded / "keys.json", credentials / "strongroom-keys")
    (credentials / "strongroom-keys").chmod(0o400)
    assert (
        strongroom(founded, "audit", "verify", CREDENTIALS_DIRECTORY=str(credentials)).code == ExitCode.DONE
    )
    ended = strongroom(founded, "admin", "keys", "rotate", CREDENTIALS_DIRECTORY=str(credentials))
    refused(ended, "read-only")
