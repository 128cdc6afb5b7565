"""What the tests of the rules stand on: a real store, real keys, a clock that is moved, cheap hashes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security.audit import Audit
from security.breach.screening import EmbeddedList, Screening
from security.clock import MovedClock
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from store.store import Store
from tests import postgresql
from tests.security.people import House
from tests.security.stores import ENGINES, new_store

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When every test begins."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever stands on a store on every engine, but for what asks to be `on_a_file`."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES[:1] if "on_a_file" in metafunc.fixturenames else ENGINES)


@pytest.fixture
def on_a_file(engine: str) -> None:
    """For a test that is about files, or costs much and shows nothing of the engine."""
    assert engine == "sqlite"


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at noon until a test moves it."""
    return MovedClock(NOON)


@pytest.fixture
async def store(engine: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A real store, on the disk or on a server."""
    async with new_store(engine, tmp_path) as opened:
        yield opened


@pytest.fixture
def store_url(store: Store) -> str:
    """By what the test's store is opened once more."""
    return store.url


@pytest.fixture
def unmade_url(engine: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that is not there yet, for processes that make it."""
    if engine == "sqlite":
        yield f"sqlite://{tmp_path / 'kept' / 'strongroom.db'}"
    else:
        with postgresql.new_database() as url:
            yield url


@pytest.fixture
def keys(clock: MovedClock) -> KeyRing:
    """Four new keys in memory."""
    return KeyRing.generate(clock.now())


@pytest.fixture
def hasher() -> PasswordHasher:
    """Real argon2id at next to no cost."""
    return PasswordHasher(SHOW_PARAMETERS, slots=2, is_for_show=True)


@pytest.fixture
def screening() -> Screening:
    """The embedded list only: tests ask nobody."""
    return Screening(None, EmbeddedList())


@pytest.fixture
def audit(store: Store, keys: KeyRing, clock: MovedClock) -> Audit:
    """The audit over the test's store."""
    return Audit(store, keys, clock)


@pytest.fixture
async def house(
    store: Store, keys: KeyRing, clock: MovedClock, hasher: PasswordHasher, screening: Screening
) -> House:
    """Every flow over the test's store."""
    return House(store, keys, clock, hasher, screening)
