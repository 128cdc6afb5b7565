"""Copying a store out: one snapshot while others write, private, whole or not at all, on both engines."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from store import facts
from store.backup import Copied, Kind, copied_in, copy_out, kind_of
from store.errors import BadPermissions, Corrupt, Duplicate, Frozen, Missing, Unavailable
from store.frozen import MOVING, Departure, Stage
from store.ids import new_id
from store.integrity import check_heads
from store.postgresql import programs
from store.sqlite.backup import open_backup
from store.sqlite.custody import new_file
from store.store import Store, open_store
from store.unfinished import Cut, finish
from tests import postgresql
from tests.store.samples import NOW, writing


def nothing(_done: int, _whole: int) -> None:
    """Tell nobody."""


@pytest.fixture(autouse=True)
def own_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the tests' server come first."""
    monkeypatch.setenv("PATH", f"{postgresql.BUNDLED}:{os.environ['PATH']}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup is to be."""
    return tmp_path / "backups" / "one"


async def backed_up(store: Store, file: Path) -> Copied:
    """Copy a store into a file."""
    with new_file(file) as draft:
        return await copy_out(store.url, draft, nothing)


@asynccontextmanager
async def restored(url: str, file: Path) -> AsyncIterator[Store]:
    """Copy a file in, take the mark away, and open what came of it."""
    handle = open_backup(file)
    async with copied_in(url, handle, file.stat().st_size, nothing) as (draft, mark):
        filled = await open_store(draft, unfinished=mark)
        async with writing(filled) as tx:
            await finish(tx)
        await filled.close()
    os.close(handle)
    store = await open_store(url)
    yield store
    await store.close()


@asynccontextmanager
async def elsewhere(engine: str, tmp_path: Path) -> AsyncIterator[str]:
    """Where no store is, on the same engine."""
    if engine == "sqlite":
        yield f"sqlite://{tmp_path / 'restored' / 'strongroom.db'}"
    else:
        with postgresql.new_database() as url:
            yield url


async def test_what_was_copied_opens_as_it_was(engine: str, store: Store, file: Path, tmp_path: Path) -> None:
    async with writing(store) as tx:
        await facts.put(tx, "name", "kept")
    copied = await backed_up(store, file)
    assert (copied.kind, copied.accounts, copied.events, copied.heads) == (Kind(engine), 0, 0, ())
    assert kind_of(file.read_bytes()[:16]) is Kind(engine)
    async with elsewhere(engine, tmp_path) as url, restored(url, file) as again, again.read() as tx:
        assert await facts.get(tx, "name") == "kept"


async def test_a_copy_is_one_moment_although_others_write(
    engine: str, store: Store, file: Path, tmp_path: Path
) -> None:
    """Two facts are always written together: a copy that saw one without the other is no snapshot."""
    is_busy, is_over = asyncio.Event(), asyncio.Event()

    async def write() -> int:
        """Write again and again."""
        number = 0
        while not is_over.is_set():
            number += 1
            async with store.write(new_id(NOW), NOW) as tx:
                await facts.put(tx, "first", str(number))
                await facts.put(tx, "second", str(number))
                for filler in range(20):
                    await facts.put(tx, f"filler {number} {filler}", "x" * 500)
            if number == 5:
                is_busy.set()
        return number

    writers = asyncio.gather(write())
    await is_busy.wait()
    await backed_up(store, file)
    is_over.set()
    (written,) = await writers
    async with elsewhere(engine, tmp_path) as url, restored(url, file) as again:
        await again.check(full=True)
        async with again.read() as tx:
            await check_heads(tx, again.place)
            first, second = await facts.get(tx, "first"), await facts.get(tx, "second")
        assert first == second
        assert first is not None
        assert 5 <= int(first) <= written


async def test_a_copy_is_private_and_has_nothing_beside_it(store: Store, file: Path) -> None:
    await backed_up(store, file)
    assert [path.name for path in file.parent.iterdir()] == ["one"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


async def test_what_is_there_is_never_replaced(store: Store, file: Path) -> None:
    await backed_up(store, file)
    before = file.read_bytes()
    with pytest.raises(Duplicate):
        await backed_up(store, file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["one"]


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_no_file_is_made_beside_the_log_of_one_that_was_lost(file: Path, ending: str) -> None:
    file.parent.mkdir(mode=0o700)
    log = file.with_name(file.name + ending)
    log.write_bytes(b"pages of yesterday")
    with pytest.raises(Duplicate, match=f"the log of one that was there, {log}"), new_file(file):
        pass
    assert list(file.parent.iterdir()) == [log]


async def test_a_directory_that_is_open_to_others_takes_no_copy(store: Store, file: Path) -> None:
    file.parent.mkdir(mode=0o755)
    with pytest.raises(BadPermissions, match=r"a directory of its own.*chmod 700"):
        await backed_up(store, file)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["x" * 250, "file/one"])
def test_a_name_that_cannot_be_is_refused_in_words(file: Path, name: str) -> None:
    file.parent.mkdir(mode=0o700)
    (file.parent / "file").touch(mode=0o700)
    with pytest.raises(Unavailable), new_file(file.parent / name):
        pass


async def test_a_store_that_was_frozen_just_before_is_not_copied(store: Store, file: Path) -> None:
    async with writing(store) as tx:
        await facts.put(tx, MOVING, Departure("a move", "/elsewhere", Stage.COPYING).value)
    with pytest.raises(Frozen, match=f"{re.escape(store.place)} is being moved to /elsewhere"):
        await backed_up(store, file)
    assert list(file.parent.iterdir()) == []


async def test_whoever_gives_up_waiting_leaves_nothing(store: Store, file: Path) -> None:
    copying = asyncio.create_task(backed_up(store, file))
    while not (file.parent.exists() and list(file.parent.iterdir())):  # noqa: ASYNC110 - a thread makes it
        await asyncio.sleep(0)
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert list(file.parent.iterdir()) == []


async def test_where_a_store_is_nothing_is_restored(engine: str, store: Store, file: Path) -> None:
    async with writing(store) as tx:
        await facts.put(tx, "name", "kept")
    await backed_up(store, file)
    with pytest.raises(Duplicate):
        async with restored(store.url, file):
            pass
    async with store.read() as tx:
        assert await facts.get(tx, "name") == "kept"


async def test_a_restore_that_fails_leaves_nothing(
    engine: str, store: Store, file: Path, tmp_path: Path
) -> None:
    await backed_up(store, file)
    async with elsewhere(engine, tmp_path) as url:
        handle = open_backup(file)
        with pytest.raises(RuntimeError, match="no further"):
            async with copied_in(url, handle, file.stat().st_size, nothing):
                raise RuntimeError("no further")
        os.close(handle)
        with pytest.raises(Missing):
            await open_store(url)
        async with restored(url, file):
            pass


async def test_a_copy_that_was_put_in_place_by_hand_is_refused(
    store: Store, sqlite_path: Path, file: Path
) -> None:
    await backed_up(store, file)
    with pytest.raises(Exception, match="admin restore FILE"):
        await open_store(f"sqlite://{file}")
    assert sqlite3.connect(file).execute("SELECT what FROM unfinished").fetchone() == (Cut.BACKUP,)


def test_a_link_and_a_pipe_and_an_open_file_are_no_backups(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(b"x")
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(real)
    os.mkfifo(pipe, 0o600)
    with pytest.raises(BadPermissions, match="symbolic link"):
        open_backup(link)
    with pytest.raises(Corrupt, match="not a file"):
        open_backup(pipe)
    real.chmod(0o644)
    with pytest.raises(BadPermissions, match="open to other users"):
        open_backup(real)
    real.chmod(0o600)
    (tmp_path / "real-wal").touch()
    with pytest.raises(Unavailable, match="log of SQLite"):
        open_backup(real)


async def test_programs_that_are_missing_or_too_old_are_named_with_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="apt-get install postgresql-client-17"):
        await programs.find("pg_dump", 17, 17)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.3'\n")
    old.chmod(0o755)
    with pytest.raises(Unavailable, match="newest here is 15"):
        await programs.find("pg_dump", 17, 17)
    assert (await programs.find("pg_dump", 15, 15)).major == 15


async def test_a_program_that_fails_halfway_leaves_nothing(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pg_dump", "pg_restore"):
        fake = tmp_path / "bin" / name
        fake.parent.mkdir(exist_ok=True)
        fake.write_text(
            f"#!/bin/sh\n[ \"$1\" = --version ] && echo '{name} (PostgreSQL) 18.4' && exit\n"
            'for each; do case "$each" in --file=*) echo half > "${each#--file=}";; esac; done\n'
            "echo 'pg_dump: error: the server went away' >&2\nexit 1\n"
        )
        fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with (
        postgresql.new_store() as url,
        pytest.raises(Unavailable, match="server went away"),
        new_file(file) as draft,
    ):
        await copy_out(url, draft, nothing)
    assert list(file.parent.iterdir()) == []


async def test_a_program_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    """Its arguments are seen by every user; it ends although it does not hear of SIGTERM soon."""
    pid = tmp_path / "pid"
    slow = tmp_path / "pg_dump"
    slow.write_text(f"#!/bin/sh\necho $$ > {pid}.new && mv {pid}.new {pid}\nexec sleep 600\n")
    slow.chmod(0o755)
    program = programs.Program(slow, 18)
    running = asyncio.create_task(programs.run(program, environment=programs.environment({}), timeout=None))
    while not pid.exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_what_leads_to_the_server_stands_in_no_argument_and_nothing_else_reaches_a_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=evil")
    monkeypatch.setenv("STRONGROOM_STORE", "postgresql://a:secret@db/strongroom")
    given = programs.environment({"PGPASSWORD": "secret"})
    assert given["PGPASSWORD"] == "secret"
    assert not {"PGSSLMODE", "PGOPTIONS", "STRONGROOM_STORE"} & set(given)
