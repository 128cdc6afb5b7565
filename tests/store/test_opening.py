"""A store that is missing, unsafe, read-only, full, locked, corrupt or newer says so in its own words."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import facts
from store.errors import (
    BadPermissions,
    Corrupt,
    Duplicate,
    Full,
    Missing,
    NewerSchema,
    ReadOnly,
    StoreError,
    Unavailable,
    UnsupportedUrl,
)
from store.store import Store, open_store
from tests.store.samples import fact, opened, writing


async def test_a_store_keeps_what_was_written(closed: Path, store_url: str) -> None:
    store = await open_store(store_url)
    async with store.read() as tx:
        assert await facts.get(tx, "name") == "kept"
    await store.close()


async def test_a_missing_store_is_never_made_by_opening_it(sqlite_path: Path, store_url: str) -> None:
    sqlite_path.parent.mkdir(mode=0o700)
    with pytest.raises(Missing, match="no store at"):
        await open_store(store_url)
    assert list(sqlite_path.parent.iterdir()) == []


async def test_a_missing_directory_is_a_missing_store(sqlite_path: Path, store_url: str) -> None:
    with pytest.raises(Missing):
        await open_store(store_url)
    assert not sqlite_path.parent.exists()


async def test_making_a_store_over_another_is_refused_and_leaves_it(closed: Path, store_url: str) -> None:
    before = closed.read_bytes()
    with pytest.raises(Duplicate, match="already"):
        await open_store(store_url, create=True)
    assert closed.read_bytes() == before
    assert list(closed.parent.iterdir()) == [closed]


@pytest.mark.usefixtures("sqlite_path")
async def test_a_full_store_says_so_and_keeps_nothing_of_the_act(store: Store) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "small", "new")
            row = await tx.fetch_one("PRAGMA page_count")
            assert row is not None
            await tx.fetch(f"PRAGMA max_page_count = {row['page_count']}")
            await facts.put(tx, "large", "x" * 1_000_000)

    with pytest.raises(Full, match="no room left"):
        await act()
    async with store.read() as tx:
        assert await facts.get(tx, "small") is None
    await store.check(full=True)


@pytest.fixture(params=["100k", "300k", "340k"])
def tiny_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system with less room than a new store and its log need."""
    place = tmp_path / "tiny"
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param},mode=0700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("we may not mount a file system here")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_a_store_that_finds_no_room_while_it_is_made_leaves_nothing(tiny_disk: Path) -> None:
    """The log had fitted, the file had not, closing did not tell: a torn store stood at the final name."""
    with pytest.raises(Full, match=f"{tiny_disk}/store.db"):
        await open_store(f"sqlite://{tiny_disk}/store.db", create=True)
    assert list(tiny_disk.iterdir()) == []


async def test_a_store_locked_for_longer_than_the_timeout_is_unavailable(
    store_url: str, sqlite_path: Path
) -> None:
    store = await open_store(store_url, create=True, busy_timeout=0.1)
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked by another program"):
        async with writing(store):
            pass
    async with store.read() as tx:
        assert await facts.get(tx, "name") is None
    other.execute("ROLLBACK")
    other.close()
    async with writing(store) as tx:
        await facts.put(tx, "name", "new")
    await store.close()


def overwrite_all(path: Path) -> None:
    """Replace the file with noise."""
    path.write_bytes(os.urandom(path.stat().st_size))


def empty(path: Path) -> None:
    """Cut the file to nothing."""
    path.write_bytes(b"")


def other_database(path: Path) -> None:
    """Put another program's database there."""
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (n INTEGER)")
    connection.close()
    path.chmod(0o600)


def cut(path: Path) -> None:
    """Keep only the first page."""
    path.write_bytes(path.read_bytes()[:4096])


@pytest.mark.parametrize("spoil", [overwrite_all, empty, other_database, cut])
async def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
    closed: Path, store_url: str, spoil: Callable[[Path], None]
) -> None:
    spoil(closed)
    before = closed.read_bytes()
    with pytest.raises(Corrupt):
        await open_store(store_url)
    assert closed.read_bytes() == before


async def test_a_damaged_page_is_found_by_the_full_check(closed: Path, store_url: str) -> None:
    connection = sqlite3.connect(closed)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_waiting'"
    ).fetchone()
    connection.close()
    with closed.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    store = await open_store(store_url)
    with pytest.raises(Corrupt):
        await store.check(full=True)
    await store.close()


async def test_a_text_that_is_none_is_told_as_damage(closed: Path, store_url: str) -> None:
    connection = sqlite3.connect(closed)
    connection.execute("UPDATE store_facts SET value = CAST(x'fffe' AS TEXT) WHERE name = 'name'")
    connection.commit()
    connection.close()
    async with opened(store_url) as store:
        with pytest.raises(Corrupt, match="Restore it from a backup"):
            await fact(store)


async def test_a_store_of_a_newer_program_is_refused(closed: Path, store_url: str) -> None:
    connection = sqlite3.connect(closed)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(NewerSchema, match="schema 999"):
        await open_store(store_url)


async def test_a_store_that_is_taken_away_is_missing_at_the_next_act(store: Store, sqlite_path: Path) -> None:
    sqlite_path.rename(sqlite_path.with_name("elsewhere.db"))
    with pytest.raises(Missing):
        async with writing(store):
            pass


async def test_a_store_that_is_replaced_is_missing_at_the_next_act(
    store: Store, sqlite_path: Path, tmp_path: Path
) -> None:
    other = await open_store(f"sqlite://{tmp_path}/other/other.db", create=True)
    await other.close()
    (tmp_path / "other" / "other.db").rename(sqlite_path)
    with pytest.raises(Missing):
        async with store.read():
            pass


@pytest.mark.usefixtures("sqlite_path")
async def test_every_connection_has_every_setting(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
    async with store.read() as first, store.read() as second, writing(store) as third:
        for tx in (first, second, third):
            for name, value in wanted.items():
                row = await tx.fetch_one(f"PRAGMA {name}")
                assert row is not None
                assert row["timeout" if name == "busy_timeout" else name] == value


SYNCHRONOUS = {
    "sqlite": "SELECT synchronous AS value FROM pragma_synchronous",
    "postgresql": "SELECT current_setting('synchronous_commit') AS value",
}
"""What asks a connection whether its commits wait until they are safe."""


async def test_only_a_new_store_may_be_one_to_throw_away(store_url: str, engine: str) -> None:
    with pytest.raises(ValueError, match="new store"):
        await open_store(store_url, durable=False)
    async with opened(store_url, create=True, durable=False) as store, writing(store) as tx:
        row = await tx.fetch_one(SYNCHRONOUS[engine])
        assert row is not None
        assert row["value"] in (0, "off")


def test_every_error_is_a_store_error_with_a_name_of_its_own() -> None:
    kinds = {
        Missing,
        BadPermissions,
        ReadOnly,
        Full,
        Corrupt,
        NewerSchema,
        Unavailable,
        Duplicate,
        UnsupportedUrl,
    }
    assert all(issubclass(kind, StoreError) and kind is not StoreError for kind in kinds)
