"""The store belongs to one user alone: 0600 in 0700, from its first moment, or it is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import facts
from store.errors import BadPermissions, ReadOnly, UnsupportedUrl
from store.sqlite.custody import path_of
from store.store import Store, open_store
from tests.store.samples import writing


def modes(directory: Path) -> dict[str, int]:
    """The permissions of everything in a directory."""
    return {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()}


async def test_a_new_store_is_private_with_its_companions(store: Store, sqlite_path: Path) -> None:
    async with writing(store) as tx:
        await facts.put(tx, "name", "new")
    name = sqlite_path.name
    assert modes(sqlite_path.parent) == dict.fromkeys((name, f"{name}-wal", f"{name}-shm"), 0o600)
    assert sqlite_path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o777])
async def test_a_new_store_is_private_whatever_the_umask(
    store_url: str, sqlite_path: Path, umask: int
) -> None:
    sqlite_path.parent.mkdir(mode=0o700)
    before = os.umask(umask)
    try:
        store = await open_store(store_url, create=True)
        async with writing(store) as tx:
            await facts.put(tx, "name", "new")
        assert set(modes(sqlite_path.parent).values()) == {0o600}
        await store.close()
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    "url", ["mysql://host/db", "sqlite://relative.db", "sqlite:///", "sqlite:///a\0b", "/bare/path", ""]
)
async def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(UnsupportedUrl, match="sqlite:///ABSOLUTE/PATH"):
        await open_store(url)


def test_a_path_is_taken_literally() -> None:
    assert path_of("sqlite:///srv/a%20b?c#d.db") == Path("/srv/a%20b?c#d.db")


async def test_odd_letters_in_a_path_name_just_that_file(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/p/a%20?mode=memory#ü.db"
    store = await open_store(url, create=True)
    assert (tmp_path / "p" / "a%20?mode=memory#ü.db").exists()
    await store.close()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o400, 0o700, 0o000])
async def test_a_file_that_is_not_0600_is_refused_with_the_command_that_mends_it(
    closed: Path, store_url: str, mode: int
) -> None:
    closed.chmod(mode)
    with pytest.raises(BadPermissions, match=f"chmod 600 {closed}"):
        await open_store(store_url)


async def test_a_directory_that_is_not_0700_is_refused_with_the_command_that_mends_it(
    closed: Path, store_url: str
) -> None:
    closed.parent.chmod(0o755)
    with pytest.raises(BadPermissions, match=f"chmod 700 {closed.parent}"):
        await open_store(store_url)


async def test_a_companion_that_others_can_read_is_refused(closed: Path, store_url: str) -> None:
    companion = closed.with_name(f"{closed.name}-wal")
    companion.touch()
    companion.chmod(0o644)
    with pytest.raises(BadPermissions, match=f"chmod 600 {companion}"):
        await open_store(store_url)


async def test_a_store_is_not_made_in_a_directory_that_others_can_reach(
    sqlite_path: Path, store_url: str
) -> None:
    sqlite_path.parent.mkdir()
    sqlite_path.parent.chmod(0o750)
    with pytest.raises(BadPermissions, match="chmod 700"):
        await open_store(store_url, create=True)
    assert list(sqlite_path.parent.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
async def test_a_store_of_another_user_is_refused(closed: Path, store_url: str) -> None:
    os.chown(closed, 12345, -1)
    with pytest.raises(BadPermissions, match="another user"):
        await open_store(store_url)


async def test_a_symbolic_link_is_refused(closed: Path) -> None:
    link = closed.with_name("link.db")
    link.symlink_to(closed)
    with pytest.raises(BadPermissions, match="symbolic link"):
        await open_store(f"sqlite://{link}")


@pytest.fixture
def immutable(closed: Path) -> Iterator[Path]:
    """A store that not even root can write."""
    change = shutil.which("chattr")
    if change is None or subprocess.run([change, "+i", closed], capture_output=True, check=False).returncode:
        pytest.skip("this file system has no immutable files, or we may not make one")
    yield closed
    subprocess.run([change, "-i", closed], check=True)


async def test_a_store_that_cannot_be_written_is_refused(immutable: Path, store_url: str) -> None:
    with pytest.raises(ReadOnly, match="read-only"):
        await open_store(store_url)
