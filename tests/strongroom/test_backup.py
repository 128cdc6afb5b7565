"""`admin backup` and `admin restore`: what they say, what they refuse, and what a death half-way leaves."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security import backup_seal
from security.keys import load_keyring
from store.backup import Copied, Kind
from store.sqlite.custody import new_file
from strongroom.exits import ExitCode
from strongroom.paths import store_path
from tests import postgresql
from tests.strongroom.restore_killed import STEPS
from tests.strongroom.running import OWNER, PASSWORD, Ended, environment_of, strongroom, strongroom_that_dies

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")


@dataclass
class Place:
    """A home with a founded store, and a place where no store is."""

    home: Path
    engine: str
    url: str
    new_url: str

    @property
    def file(self) -> Path:
        """Where its backup goes."""
        return self.home / "backups" / "one"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands need besides."""
        return {"PATH": f"{postgresql.BUNDLED}:{os.environ['PATH']}"}

    def run(self, *arguments: str, url: str = "", dies: tuple[str, str] | None = None, **more: str) -> Ended:
        """Run a command on the store, or on the one at another address."""
        keys = str(self.home / "keys.json")
        environment = {"STRONGROOM_KEYS": keys, **self.environment, **more}
        arguments = ("--store", url or self.url, *arguments)
        if dies is not None:
            return strongroom_that_dies(self.home, dies, *arguments, **environment)
        return strongroom(self.home, *arguments, **environment)

    def back_up(self) -> Ended:
        """Make the backup, which succeeds."""
        ended = self.run("admin", "backup", str(self.file))
        assert ended.code == ExitCode.DONE, ended.err
        return ended

    def restore(self, dies: tuple[str, str] | None = None, **more: str) -> Ended:
        """Restore it to where no store is."""
        return self.run("admin", "restore", str(self.file), url=self.new_url, dies=dies, **more)

    def left_over(self) -> list[str]:
        """What is in the directory of the new store."""
        directory = self.home / "new"
        return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, home: Path) -> Iterator[Place]:
    """A place on each engine."""
    with place_at(home, request.param) as place:
        yield place


@pytest.fixture
def file_place(home: Path) -> Iterator[Place]:
    """A place in files."""
    with place_at(home, "sqlite") as place:
        yield place


@pytest.fixture(scope="module", params=ENGINES)
def backed_up(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place on each engine with a backup that several tests restore elsewhere."""
    home = tmp_path_factory.mktemp("backed up")
    home.chmod(0o700)
    with place_at(home, request.param) as place:
        place.back_up()
        yield place


@contextmanager
def place_at(home: Path, engine: str) -> Iterator[Place]:
    """Found a store, and give it with a place where none is."""
    with new_urls(home, engine) as (url, new_url):
        yield founded_at(home, engine, url, new_url)


@contextmanager
def new_urls(home: Path, engine: str) -> Iterator[tuple[str, str]]:
    """Two addresses where no store is."""
    if engine == "sqlite":
        yield f"sqlite://{home / 'strongroom.db'}", f"sqlite://{home / 'new' / 'strongroom.db'}"
    else:
        with postgresql.new_database() as url, postgresql.new_database() as new_url:
            yield url, new_url


def founded_at(home: Path, engine: str, url: str, new_url: str) -> Place:
    """Found a store."""
    made = strongroom(
        home, "--store", url, "admin", "init", *OWNER, "--password-stdin",
        given=PASSWORD + "\n", STRONGROOM_KEYS=str(home / "keys.json"),
    )  # fmt: skip
    assert made.code == ExitCode.DONE, made.err
    return Place(home, engine, url, new_url)


def test_a_backup_says_what_it_is_and_that_the_keys_are_not_in_it(place: Place) -> None:
    ended = place.back_up()
    assert "accounts 1, events 5" in ended.out
    assert "ends at event 5, hash " in ended.out
    assert f"Without {place.home / 'keys.json'} it cannot be restored" in ended.out
    assert "totp-1" in ended.out
    assert "fingerprint" in ended.out
    assert [path.name for path in place.file.parent.iterdir()] == ["one"]
    assert place.file.stat().st_mode & 0o777 == 0o600
    keys = (place.home / "keys.json").read_text()
    secrets = [word for word in keys.split('"') if len(word) > 40]
    assert secrets
    held = place.file.read_bytes()
    assert not any(secret.encode() in held for secret in secrets)
    assert not any(secret in ended.out for secret in secrets)


def test_it_comes_back_where_no_store_is_and_says_what_cannot_be_undone(place: Place) -> None:
    place.back_up()
    ended = place.restore()
    assert ended.code == ExitCode.DONE, ended.err
    assert "Sessions ended: 0." in ended.out
    assert "removed" in ended.out
    assert place.run("audit", "verify", url=place.new_url).code == ExitCode.DONE
    if place.engine == "sqlite":
        assert place.left_over() == ["strongroom.db"]
        assert (place.home / "new" / "strongroom.db").stat().st_mode & 0o777 == 0o600
        assert (place.home / "new").stat().st_mode & 0o777 == 0o700


def test_the_audit_of_the_old_store_tells_of_the_backup(place: Place) -> None:
    place.back_up()
    verified = place.run("audit", "verify")
    assert "00000000-0000-0000-0000-000000000000  1 events" in verified.out


def test_a_second_restore_is_a_conflict(place: Place) -> None:
    place.back_up()
    assert place.restore().code == ExitCode.DONE
    again = place.restore()
    assert again.code == ExitCode.CONFLICT
    assert "it was left as it is" in again.err


def test_a_backup_over_a_file_is_a_conflict(file_place: Place) -> None:
    file_place.back_up()
    before = file_place.file.read_bytes()
    again = file_place.run("admin", "backup", str(file_place.file))
    assert again.code == ExitCode.CONFLICT
    assert file_place.file.read_bytes() == before
    folder = file_place.run("admin", "backup", "/")
    assert (folder.code, "is a folder" in folder.err) == (ExitCode.CONFLICT, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("backup", "-"), "is a file"),
        (("backup", "strongroom.db-journal"), "belongs to the store's own files"),
        (("restore",), "needs the backup's file"),
        (("restore", "one", "--in-place"), "needs the backup's file"),
    ],
)
def test_what_is_not_meant_so_is_refused(file_place: Place, arguments: tuple[str, ...], says: str) -> None:
    ended = file_place.run("admin", *arguments)
    assert ended.code == ExitCode.USAGE
    assert says in ended.err


def test_a_damaged_backup_is_refused_and_leaves_nothing(place: Place) -> None:
    place.back_up()
    whole = place.file.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    for content, says in ((bytes(damaged), "is damaged"), (whole[: len(whole) // 2], "was cut off, altered")):
        place.file.write_bytes(content)
        ended = place.restore()
        assert ended.code == ExitCode.UNAVAILABLE
        assert says in ended.err
        assert place.left_over() == []


def test_a_backup_of_a_newer_program_is_refused_with_both_versions(file_place: Place) -> None:
    with new_file(file_place.file) as draft:
        draft.write_bytes(b"SQLite format 3\0 of a later day")
        keys = load_keyring(file_place.home / "keys.json")
        backup_seal.put(draft, Copied(Kind.SQLITE, 99, 1, 1, ()), NOON, keys, lambda _done, _whole: None)
    ended = file_place.restore()
    assert ended.code == ExitCode.UNAVAILABLE
    assert "has schema 99, and this program knows only" in ended.err
    assert file_place.left_over() == []


def test_a_key_on_the_terminal_ends_the_dump_and_leaves_nothing(home: Path) -> None:
    with place_at(home, "postgresql") as place:
        pid, programs = home / "pid", home / "programs"
        programs.mkdir()
        slow = programs / "pg_dump"
        slow.write_text(
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 18.4' && exit\n"
            f"echo $$ > {pid}.new && mv {pid}.new {pid}\nexec sleep 600\n"
        )
        slow.chmod(0o755)
        running = subprocess.Popen(
            [sys.executable, "-m", "strongroom", "--store", place.url, "admin", "backup", str(place.file)],
            env={**environment_of(home), "PATH": f"{programs}:{place.environment['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while not pid.exists():
            assert running.poll() is None, running.communicate()
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED, said
    assert list(place.file.parent.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_file_of_another_program_is_no_backup(file_place: Place) -> None:
    file_place.back_up()
    file_place.file.unlink()
    other = sqlite3.connect(file_place.file)
    other.execute("CREATE TABLE t (n)")
    other.close()
    file_place.file.chmod(0o600)
    ended = file_place.restore()
    assert ended.code == ExitCode.UNAVAILABLE
    assert "not made by strongroom admin backup" in ended.err
    file_place.file.write_bytes(b"Dear diary")
    assert "no backup of a Strongroom store" in file_place.restore().err
    file_place.file.unlink()
    assert file_place.restore().code == ExitCode.NOT_FOUND
    endless = file_place.run("admin", "restore", "x" * 5000)
    assert (endless.code, "File name too long" in endless.err) == (ExitCode.NOT_FOUND, True)


def test_the_keys_of_another_store_open_nothing(file_place: Place, tmp_path: Path) -> None:
    file_place.back_up()
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    founded_at(other, "sqlite", f"sqlite://{other / 'strongroom.db'}", "")
    ended = file_place.restore(STRONGROOM_KEYS=str(other / "keys.json"))
    assert ended.code == ExitCode.UNAVAILABLE
    assert "are not those of the backup" in ended.err
    assert file_place.left_over() == []
    gone = file_place.restore(STRONGROOM_KEYS=str(other / "none.json"))
    assert gone.code == ExitCode.UNAVAILABLE
    assert "No backup holds them" in gone.err


def test_a_backup_goes_back_to_the_engine_that_it_came_from(file_place: Place) -> None:
    file_place.back_up()
    with postgresql.new_database() as url:
        ended = file_place.run("admin", "restore", str(file_place.file), url=url)
    assert ended.code == ExitCode.USAGE
    assert "strongroom admin move" in ended.err


def test_windows_are_closed_in_place_only_on_purpose(place: Place) -> None:
    asked = place.run("admin", "restore", "--in-place")
    assert asked.code == ExitCode.CONFIRMATION_NEEDED
    done = place.run("admin", "restore", "--in-place", "--yes")
    assert done.code == ExitCode.DONE, done.err
    assert place.run("audit", "verify").code == ExitCode.DONE


def test_a_disk_that_is_full_takes_no_half_backup(file_place: Place, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may make a small disk")
    try:
        ended = file_place.run("admin", "backup", str(small / "one"))
        assert ended.code == ExitCode.UNAVAILABLE
        assert f"There is no room for the backup in {small}." in ended.err
        assert list(small.iterdir()) == []
        file_place.back_up()
        small_url = f"sqlite://{small / 'strongroom.db'}"
        back = file_place.run("admin", "restore", str(file_place.file), url=small_url)
        assert back.code == ExitCode.UNAVAILABLE
        assert "There is no room left for the store" in back.err
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.xdist_group("backed up")  # so that one worker makes the two backups
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(len(STEPS["sqlite"])))
def test_killed_at_any_step_a_restore_leaves_nothing_or_says_that_it_is_unfinished(
    backed_up: Place, home: Path, number: int, when: str
) -> None:
    step = STEPS[backed_up.engine][number]
    with new_urls(home, backed_up.engine) as (_, new_url):
        place = replace(backed_up, new_url=new_url)
        died = place.restore(dies=(step, when))
        assert died.code == -signal.SIGKILL, died.err
        (ended_in_files if place.engine == "sqlite" else ended_on_server)(place, step, when)
        assert place.run("audit", "verify", url=new_url).code == ExitCode.DONE


def ended_in_files(place: Place, _step: str, _when: str) -> None:
    """There is nothing, and the restore can be begun again."""
    assert not store_path(place.new_url).exists()
    ended = place.restore()
    assert ended.code == ExitCode.DONE, ended.err


def ended_on_server(place: Place, step: str, when: str) -> None:
    """There is nothing, a store that says that it is not finished, or at the very end a whole one."""
    looked = place.run("audit", "verify", url=place.new_url)
    if step.endswith("._finish") and when == "after":
        assert looked.code == ExitCode.DONE, looked.err
        return
    assert looked.code == ExitCode.UNAVAILABLE
    assert "The store is missing" in looked.err or "was cut off, or is under way" in looked.err
    ended = place.restore()
    if ended.code != ExitCode.DONE:
        assert "admin restore --in-place" in ended.err
        ended = place.run("admin", "restore", "--in-place", url=place.new_url)
    assert ended.code == ExitCode.DONE, ended.err
