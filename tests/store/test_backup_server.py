"""Backups of a server that is reached over TLS, by a certificate or a password, and of other versions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.backup import copied_in, copy_out
from store.errors import StoreError, Unavailable
from store.sqlite.backup import open_backup
from store.sqlite.custody import new_file
from store.store import open_store
from store.unfinished import Cut
from tests import postgresql
from tests.postgresql import SealedServer

pytestmark = pytest.mark.xdist_group("backup server")  # so that one worker makes the server


def nothing(_done: int, _whole: int) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def sealed() -> Iterator[SealedServer]:
    """Debian's PostgreSQL with TLS."""
    server, _ = postgresql.new_sealed_server()
    yield server
    postgresql.discard(server)


async def backed_up(url: str, file: Path) -> None:
    """Make a store, and copy it."""
    await (await open_store(url, create=True)).close()
    with new_file(file) as draft:
        await copy_out(url, draft, nothing)


async def load(url: str, file: Path) -> None:
    """Copy a file in; it is taken away again, as nobody takes the mark off."""
    handle = open_backup(file)
    try:
        async with copied_in(url, handle, file.stat().st_size, nothing) as (at, mark):
            assert mark is Cut.RESTORE
            await (await open_store(at, unfinished=mark)).close()
    finally:
        os.close(handle)


async def test_a_store_goes_out_and_in_over_tls_by_a_certificate(
    sealed: SealedServer, tmp_path: Path
) -> None:
    sealed.sql("CREATE DATABASE one")
    sealed.sql("CREATE DATABASE two")
    file = tmp_path / "backups" / "one"
    await backed_up(sealed.url("one"), file)
    await load(sealed.url("two"), file)
    with pytest.raises(StoreError, match="There is no store"):
        await open_store(sealed.url("two"))


async def test_a_dump_of_an_older_server_comes_to_a_newer_one(
    sealed: SealedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.BUNDLED}:{os.environ['PATH']}")
    sealed.sql("CREATE DATABASE older")
    file = tmp_path / "backups" / "one"
    await backed_up(sealed.url("older"), file)
    with postgresql.new_database() as url:
        await load(url, file)


async def test_a_dump_of_a_newer_server_is_refused_by_an_older_one_and_leaves_nothing(
    sealed: SealedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.BUNDLED}:{os.environ['PATH']}")
    file = tmp_path / "backups" / "one"
    with postgresql.new_database() as url:
        await backed_up(url, file)
    sealed.sql("CREATE DATABASE younger")
    with pytest.raises(Unavailable):
        await load(sealed.url("younger"), file)
    assert sealed.sql("SELECT to_regnamespace('strongroom') IS NULL", "younger") == "t"
