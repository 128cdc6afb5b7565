"""A chain of many checkpoints: their signatures take seconds, for which no loop and no snapshot waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from security.audit import Audit
from security.audit_chain import CHECKPOINT_INTERVAL, AuditVerdict
from security.clock import MovedClock
from security.keys import KeyRing
from store.ids import new_id
from store.postgresql.address import address_of
from store.postgresql.store import PostgresqlStore
from store.store import Store
from tests.security.test_audit import EVENT, ORG

CHECKPOINTS = 300
SLOWLY = 0.005
"""Seconds that a signature takes to be checked, as if there were fifty thousand of them."""
IDLE = 1.0
"""Seconds of silence after which the server ends a transaction, less than all signatures take."""


class SlowRing(KeyRing):
    """Keys on a slow machine."""

    was_on_the_loop = False

    def verify(self, key_id: str, message: bytes, signature: bytes) -> bool:
        """Take time, and notice whether everybody else waits meanwhile."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            self.was_on_the_loop = True
        time.sleep(SLOWLY)
        return super().verify(key_id, message, signature)


@pytest.fixture
async def impatient(store: Store) -> AsyncIterator[Store]:
    """The same store; a server ends what is silent for a second."""
    if not isinstance(store, PostgresqlStore):
        yield store
        return
    again = PostgresqlStore(store.url, replace(address_of(store.url), idle_timeout=IDLE), 2)
    yield again
    await again.close()


async def test_a_chain_of_many_checkpoints_can_be_checked(
    impatient: Store, store: Store, clock: MovedClock
) -> None:
    ring = SlowRing.generate(clock.now())
    audit = Audit(store, ring, clock)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        for _ in range(CHECKPOINTS):
            clock.advance(CHECKPOINT_INTERVAL)
            await audit.append(tx, EVENT)
    assert await Audit(impatient, ring, clock).verify(ORG) == AuditVerdict(ORG, CHECKPOINTS, CHECKPOINTS)
    assert isinstance(ring, SlowRing)
    assert not ring.was_on_the_loop
