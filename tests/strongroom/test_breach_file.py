"""`admin breach`: from a list of hashes to a password that is refused without a network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from security.breach.file import state
from security.breach.lists import PIECE
from strongroom.exits import ExitCode
from tests.security.breach_lists import a_list, hash_of, passwords
from tests.strongroom.running import PASSWORD, ROOT, environment_of, init, strongroom

OTHER = "Nine-kites-2-Lakes"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A list in which the usual password stands."""
    path = tmp_path / "pwned.txt"
    path.write_text(a_list([PASSWORD, *passwords(500)], ending="\n"))
    return path


def names(home: Path) -> list[str]:
    """What lies in a home."""
    return sorted(path.name for path in home.iterdir())


def test_an_imported_list_refuses_its_passwords_and_lets_others_pass(home: Path, listed: Path) -> None:
    ended = strongroom(home, "admin", "breach", "import", str(listed))
    assert (ended.code, ended.err) == (ExitCode.DONE, "")
    assert ended.out == f"Imported 501 hashes into {home / 'breach.sha1'}.\n"
    assert (home / "breach.sha1").stat().st_mode & 0o777 == 0o600
    refused = init(home)
    assert refused.code == ExitCode.FORBIDDEN
    assert "stands in a known breach" in refused.err
    assert init(home, password=OTHER + "\n").code == ExitCode.DONE


def test_it_says_when_the_file_is_asked_where_the_online_check_is_on(home: Path, listed: Path) -> None:
    given = {"STRONGROOM_BREACH_URL": "https://range.example"}
    ended = strongroom(home, "admin", "breach", "import", str(listed), **given)
    assert 'breach_url = "off"' in ended.out


def test_a_list_may_come_through_a_pipe(home: Path, listed: Path) -> None:
    ended = strongroom(home, "admin", "breach", "import", "-", given=listed.read_bytes())
    assert ended.code == ExitCode.DONE, ended.err
    assert state(home / "breach.sha1").hashes == 501


def test_a_pause_in_a_pipe_that_never_blocks_is_not_the_end_of_the_list(home: Path, listed: Path) -> None:
    text = listed.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", "admin", "breach", "import", "-"],
        cwd=ROOT,
        env=environment_of(home),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.set_blocking(0, False),
    )
    assert process.stdin is not None
    process.stdin.write(text[:-420])
    process.stdin.flush()
    while process.poll() is None and not (home / ".breach.sha1.new").exists():
        time.sleep(0.01)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.communicate(text[-420:], timeout=30)
    assert state(home / "breach.sha1").hashes == 501


def test_the_file_may_lie_elsewhere(home: Path, listed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "srv" / "lists" / "sha1"
    given = {"STRONGROOM_BREACH_FILE": str(elsewhere)}
    assert strongroom(home, "admin", "breach", "import", str(listed), **given).code == ExitCode.DONE
    assert state(elsewhere).is_usable
    assert not (home / "breach.sha1").exists()
    checked = strongroom(home, "admin", "breach", "check", **given)
    assert checked.out.startswith("501 hashes, imported on ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Copper7-Lantern-Orbit\n", "Line 1 of the list is no SHA-1."),
        ("F" * 40 + "\n" + "0" * 40 + "\n", "Line 2 of the list is out of order."),
        ("", "The list holds no hash."),
    ],
)
def test_a_bad_list_is_a_sentence_and_changes_nothing(home: Path, text: str, says: str) -> None:
    for old in (None, b"strongroom-sha1\nold"):
        if old is not None:
            (home / "breach.sha1").write_bytes(old)
        before = names(home)
        ended = strongroom(home, "admin", "breach", "import", "-", given=text)
        assert ended.code == ExitCode.FAILED
        assert ended.err.startswith(says)
        assert ended.err.rstrip().endswith("Nothing was changed.")
        assert "Copper7" not in ended.err
        assert names(home) == before


@pytest.mark.parametrize("given", ["absent.txt", ".", ""])
def test_a_list_that_cannot_be_read_is_a_sentence(home: Path, given: str) -> None:
    ended = strongroom(home, "admin", "breach", "import", given)
    assert ended.code in (ExitCode.UNAVAILABLE, ExitCode.USAGE)
    assert len(ended.err.splitlines()) == 2
    assert names(home) == []


def test_a_file_that_is_none_of_ours_is_left_alone(home: Path, listed: Path) -> None:
    (home / "breach.sha1").write_text("dear diary")
    ended = strongroom(home, "admin", "breach", "import", str(listed))
    assert ended.code == ExitCode.CONFLICT
    assert "was left alone" in ended.err
    assert (home / "breach.sha1").read_text() == "dear diary"


def test_the_file_is_never_one_of_the_store(founded: Path, listed: Path) -> None:
    for name in ("strongroom.db", "strongroom.db-wal"):
        given = {"STRONGROOM_BREACH_FILE": str(founded / name)}
        ended = strongroom(founded, "admin", "breach", "import", str(listed), **given)
        assert ended.code == ExitCode.USAGE
        assert "belongs to the store's own files" in ended.err
    given = {"STRONGROOM_BREACH_FILE": str(founded / "keys.json")}
    keys = (founded / "keys.json").read_bytes()
    assert strongroom(founded, "admin", "breach", "import", str(listed), **given).code == ExitCode.CONFLICT
    assert (founded / "keys.json").read_bytes() == keys


def test_check_reads_all_of_it_and_tells_damage(home: Path, listed: Path) -> None:
    absent = strongroom(home, "admin", "breach", "check")
    assert absent.code == ExitCode.FAILED
    assert absent.out == f"There is no breach file at {home / 'breach.sha1'}.\n"
    assert "strongroom admin breach import" in absent.err
    strongroom(home, "admin", "breach", "import", str(listed))
    assert strongroom(home, "admin", "breach", "check").code == ExitCode.DONE
    with (home / "breach.sha1").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    damaged = strongroom(home, "admin", "breach", "check")
    assert damaged.code == ExitCode.FAILED
    assert damaged.out == f"The breach file {home / 'breach.sha1'} is damaged.\n"


def begun(home: Path, text: bytes, *, hangup: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[bytes]:
    """An import that has taken a part of its list and waits for the rest."""

    def as_from_a_shell() -> None:
        """Take nothing over of how these tests were started."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, hangup)

    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", "admin", "breach", "import", "-"],
        cwd=ROOT,
        env=environment_of(home),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=as_from_a_shell,
    )
    assert process.stdin is not None
    process.stdin.write(text[: PIECE + 200_000])
    process.stdin.flush()
    draft = home / ".breach.sha1.new"
    while not (draft.exists() and draft.stat().st_size > 600_000):
        assert process.poll() is None
    return process


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL]
)
def test_an_import_that_is_ended_leaves_the_old_file(
    home: Path, listed: Path, number: signal.Signals
) -> None:
    strongroom(home, "admin", "breach", "import", str(listed))
    old = (home / "breach.sha1").read_bytes()
    process = begun(home, a_list(passwords(60_000)).encode())
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGKILL: -9}.get(number, 128 + number)
    assert b"Traceback" not in said
    assert (home / "breach.sha1").read_bytes() == old
    left = set(names(home)) - {"breach.sha1", "pwned.txt"}
    assert left == ({".breach.sha1.new"} if number is signal.SIGKILL else set())
    assert strongroom(home, "admin", "breach", "import", str(listed)).code == ExitCode.DONE
    assert set(names(home)) == {"breach.sha1", "pwned.txt"}


def test_under_nohup_an_import_outlives_its_terminal(home: Path) -> None:
    text = a_list(passwords(60_000)).encode()
    process = begun(home, text, hangup=signal.SIG_IGN)
    process.send_signal(signal.SIGHUP)
    process.communicate(text[PIECE + 200_000 :], timeout=30)
    assert process.returncode == 0
    assert state(home / "breach.sha1").hashes == 60_000


def test_how_far_it_is_stands_on_stderr(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(a_list(passwords(100_000)))
    ended = strongroom(home, "admin", "breach", "import", str(path))
    told = [line.split(" %: ")[0] for line in ended.err.splitlines()]
    assert told == sorted(told, key=int)
    assert len(told) >= 3
    assert int(told[-1]) < 100
    assert ended.out.startswith("Imported 100,000 hashes")


def test_a_list_in_small_letters_without_counts_is_one(home: Path) -> None:
    text = "".join(sorted(f"{hash_of(one).lower()}\n" for one in passwords(20)))
    assert strongroom(home, "admin", "breach", "import", "-", given=text).code == ExitCode.DONE


def test_how_far_a_check_is_stands_on_stderr_too(home: Path) -> None:
    text = a_list(passwords(200_000)).encode()
    assert strongroom(home, "admin", "breach", "import", "-", given=text).err == ""
    ended = strongroom(home, "admin", "breach", "check")
    assert ended.out.startswith("200,000 hashes, imported on ")
    assert len(ended.err.splitlines()) >= 3
    assert all(" %: " in line for line in ended.err.splitlines())
