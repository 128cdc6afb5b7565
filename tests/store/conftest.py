"""A store for each test, on every engine there is; SQLite is the only one yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import facts
from store.store import Store, open_store
from tests.store.samples import writing


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on; what runs on one only asks for `sqlite_path`."""
    return str(request.param)


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where a SQLite store of this test is, or would be."""
    return tmp_path / "private" / "strongroom.db"


@pytest.fixture
def store_url(engine: str, sqlite_path: Path) -> str:
    """The URL of a store that is not there yet."""
    assert engine == "sqlite"
    return f"sqlite://{sqlite_path}"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A new store, closed after the test."""
    opened = await open_store(store_url, create=True)
    yield opened
    await opened.close()


@pytest.fixture
async def closed(store_url: str, sqlite_path: Path) -> Path:
    """The file of a store that was made and closed."""
    store = await open_store(store_url, create=True)
    async with writing(store) as tx:
        await facts.put(tx, "name", "kept")
    await store.close()
    return sqlite_path
