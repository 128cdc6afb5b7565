"""A store for each test, on every engine there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store import facts
from store.sqlite.store import SqliteStore
from store.store import Store, open_store
from tests import postgresql
from tests.store.samples import writing

ENGINES = ("sqlite", "postgresql")
"""Every test of the store runs on both; what is of files alone asks for one of these."""
_OF_FILES = {"sqlite_path", "closed", "file_store"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on every engine that it is about."""
    if "engine" in metafunc.fixturenames:
        engines = ENGINES[:1] if _OF_FILES & set(metafunc.fixturenames) else ENGINES
        if metafunc.definition.get_closest_marker("of_servers"):
            engines = ENGINES[1:]
        metafunc.parametrize("engine", engines)


@pytest.fixture
def sqlite_path(engine: str, store_url: str) -> Path:
    """Where a SQLite store of this test is, or would be."""
    assert engine == "sqlite"
    return Path(store_url.removeprefix("sqlite://"))


@pytest.fixture
def store_url(engine: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that is not there yet."""
    if engine == "sqlite":
        yield f"sqlite://{tmp_path / 'private' / 'strongroom.db'}"
    else:
        with postgresql.new_database() as url:
            yield url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A new store, closed after the test."""
    opened = await open_store(store_url, create=True)
    yield opened
    await opened.close()


@pytest.fixture
def file_store(store: Store) -> SqliteStore:
    """A new store that is a file."""
    assert isinstance(store, SqliteStore)
    return store


@pytest.fixture
async def closed(store_url: str, sqlite_path: Path) -> Path:
    """The file of a store that was made and closed."""
    store = await open_store(store_url, create=True)
    async with writing(store) as tx:
        await facts.put(tx, "name", "kept")
    await store.close()
    return sqlite_path
