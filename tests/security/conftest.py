"""What the tests of the rules stand on: a real store, real keys, a clock that is moved, cheap hashes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security.audit import Audit
from security.breach import EmbeddedList, Screening
from security.clock import MovedClock
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from store.store import Store, open_store
from tests.security.people import House

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When every test begins."""


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at noon until a test moves it."""
    return MovedClock(NOON)


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """The address of a store of the test's own."""
    return f"sqlite:///{tmp_path / 'kept' / 'strongroom.db'}"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A real store on the disk."""
    opened = await open_store(store_url, create=True)
    yield opened
    await opened.close()


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
