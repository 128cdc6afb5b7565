"""`strongroom activity export`: a private file or standard output, whole or not at all, with exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from security.activity_export import COLUMNS
from strongroom.exits import ExitCode
from tests.strongroom.running import PASSWORD, ROOT, environment_of, strongroom
from tests.strongroom.schemas import SCHEMAS, conforming

EMAIL = "ada@harbour.example"


@pytest.fixture
def signed_in(founded: Path) -> Path:
    """A home with a session of the command line."""
    ended = strongroom(founded, "login", "--email", EMAIL, "--password-stdin", given=PASSWORD + "\n")
    assert ended.code == 0, ended.err
    return founded


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def events(home: Path) -> list[str]:
    """What the store holds of people, oldest first."""
    with sqlite3.connect(home / "strongroom.db") as store:
        found = store.execute("SELECT name FROM audit_events WHERE subject_id IS NOT NULL ORDER BY at, seq")
        names = [name for (name,) in found]
    store.close()
    return names


def grow_old(home: Path) -> None:
    """Let the last proof be of six minutes ago."""
    with sqlite3.connect(home / "strongroom.db") as store:
        store.execute("UPDATE sessions SET authenticated_at = authenticated_at - 360000000")
    store.close()


def test_a_file_is_written_for_its_owner_alone_and_told_with_its_machine_and_path(signed_in: Path) -> None:
    before = events(signed_in)
    path = signed_in / "my events.csv"
    ended = strongroom(signed_in, "activity", "export", str(path))
    assert (ended.code, ended.err) == (0, "")
    told = " ".join(ended.out.split())
    assert f"Saved {len(before)} events on {os.uname().nodename}" in told
    assert "for you alone (0600)." in told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = rows_of(path.read_bytes().decode())
    assert [row["event"] for row in rows] == before
    assert tuple(rows[0]) == COLUMNS
    assert events(signed_in) == [*before, "account.activity_exported"]


def test_the_answer_for_programs_and_each_line_are_by_their_schemas(signed_in: Path) -> None:
    path = signed_in / "events.jsonl"
    ended = strongroom(signed_in, "activity", "export", str(path), "--kind", "account", "--json")
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
    answer = conforming(ended.out)
    assert (answer["file"], answer["format"], answer["kind"]) == (str(path), "jsonl", "account")
    assert answer["events"] == len(lines) > 0
    schema = json.loads((SCHEMAS / "lines" / "activity-export.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(COLUMNS)
    for line in lines:
        Draft202012Validator(schema).validate(line)
        assert line["event"].startswith(("account.", "org.", "system."))


def test_standard_output_holds_the_events_alone_and_the_summary_goes_beside_it(signed_in: Path) -> None:
    total = len(events(signed_in))
    ended = strongroom(signed_in, "activity", "export", "-")
    assert ended.code == 0
    assert len(rows_of(ended.out)) == total
    assert ended.err == f"{total} events written.\n"
    lines = strongroom(signed_in, "activity", "export", "-", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["event"] for line in lines][-1] == "account.activity_exported"


def test_words_let_some_events_through_alone(signed_in: Path) -> None:
    ended = strongroom(signed_in, "activity", "export", "-", "--search", "account created")
    assert [row["event"] for row in rows_of(ended.out)] == ["account.created"]
    assert ended.err == "1 event written.\n"
    assert rows_of(strongroom(signed_in, "activity", "export", "-", "--search", "nowhere").out) == []


def test_json_and_standard_output_refuse_each_other(signed_in: Path) -> None:
    before = events(signed_in)
    ended = strongroom(signed_in, "activity", "export", "-", "--json")
    assert ended.code == ExitCode.USAGE
    assert "standard output is for the answer" in ended.err
    assert events(signed_in) == before


@pytest.mark.parametrize(
    ("name", "code", "tag"),
    [
        ("taken.csv", ExitCode.CONFLICT, "file_exists"),
        ("link.csv", ExitCode.CONFLICT, "file_exists"),
        ("no/such/place.csv", ExitCode.NOT_FOUND, "no_folder"),
        ("x" * 300, ExitCode.FAILED, "not_saved"),
        ("/", ExitCode.CONFLICT, "file_exists"),
    ],
)
def test_where_it_cannot_lie_nothing_is_written_and_nothing_audited(
    signed_in: Path, name: str, code: ExitCode, tag: str
) -> None:
    (signed_in / "taken.csv").write_text("dear")
    (signed_in / "link.csv").symlink_to("elsewhere")
    before, names = events(signed_in), sorted(os.listdir(signed_in))
    ended = strongroom(signed_in, "activity", "export", str(signed_in / name), "--json")
    assert (ended.code, conforming(ended.out)["error"]["tag"]) == (code, tag)
    assert events(signed_in) == before
    assert sorted(os.listdir(signed_in)) == names
    assert (signed_in / "taken.csv").read_text() == "dear"


def test_an_old_proof_is_asked_for_and_without_a_terminal_refused(signed_in: Path) -> None:
    """R058."""
    grow_old(signed_in)
    path, before = signed_in / "events.csv", events(signed_in)
    ended = strongroom(signed_in, "activity", "export", str(path))
    assert ended.code == ExitCode.CONFIRMATION_NEEDED
    assert not path.exists()
    assert events(signed_in) == before
    wrong = strongroom(
        signed_in, "activity", "export", str(path), "--password-stdin", given="Wrong-1-Wrong-2\n"
    )
    assert wrong.code == ExitCode.AUTHENTICATION
    assert not path.exists()
    right = strongroom(signed_in, "activity", "export", str(path), "--password-stdin", given=PASSWORD + "\n")
    assert right.code == 0, right.err
    assert path.exists()
    assert strongroom(signed_in, "status").code == 0  # by the new token


def test_without_a_session_nothing_is_exported(founded: Path) -> None:
    ended = strongroom(founded, "activity", "export", str(founded / "x.csv"))
    assert ended.code == ExitCode.AUTHENTICATION
    assert not (founded / "x.csv").exists()


def test_words_that_are_too_long_are_refused(signed_in: Path) -> None:
    ended = strongroom(signed_in, "activity", "export", str(signed_in / "x.csv"), "--search", "x" * 129)
    assert ended.code == ExitCode.USAGE
    assert not (signed_in / "x.csv").exists()


def test_a_signal_ends_it_although_nobody_reads(signed_in: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    program = subprocess.Popen(
        [sys.executable, "-m", "strongroom", "activity", "export", "-"],
        env=environment_of(signed_in),
        cwd=signed_in,
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    while events(signed_in)[-1] != "account.activity_exported":  # it is at the first piece
        assert program.poll() is None
    program.send_signal(signal.SIGTERM)
    _, err = program.communicate(timeout=60)
    os.close(read)
    assert program.returncode == ExitCode.TERMINATED
    assert b"Traceback" not in err


def test_a_reader_that_leaves_is_no_fault_of_the_program(signed_in: Path) -> None:
    program = shlex.join([sys.executable, "-m", "strongroom", "activity", "export", "-"])
    done = subprocess.run(
        ["bash", "-c", f"{program} | head -c 0"],
        env={**environment_of(signed_in), "PYTHONPATH": str(ROOT)},
        cwd=signed_in,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert "fault of its own" not in done.stderr


def test_a_full_disk_is_said(signed_in: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", "activity", "export", "-"],
            env=environment_of(signed_in),
            cwd=signed_in,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == ExitCode.FAILED
    assert "Standard output took only a part of it: No space left on device" in done.stderr
