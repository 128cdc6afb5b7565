"""Cancellation: a task that is cancelled at any statement leaves the store all old or all new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from store.rows import Value
from store.store import open_store
from store.transaction import Transaction
from tests.security.acts import ACTS, Ready, difference
from tests.security.people import House
from tests.security.remembering import Remembered, remembered


class Statements:
    """Counts the statements of transactions and cancels the task that runs the chosen one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand before every statement."""
        self.seen = 0
        self.cancel_at = 0
        fetch, execute = Transaction.fetch, Transaction.execute

        async def counted_fetch(tx: Transaction, sql: str, /, **params: Value) -> object:
            """Count, perhaps cancel, go on."""
            self.count()
            return await fetch(tx, sql, **params)

        async def counted_execute(tx: Transaction, sql: str, /, **params: Value) -> int:
            """Count, perhaps cancel, go on."""
            self.count()
            return await execute(tx, sql, **params)

        monkeypatch.setattr(Transaction, "fetch", counted_fetch)
        monkeypatch.setattr(Transaction, "execute", counted_execute)

    def count(self) -> None:
        """One more statement; the cancelled task learns of it at its next await."""
        self.seen += 1
        task = asyncio.current_task()
        if self.seen == self.cancel_at and task is not None:
            task.cancel()

    def begin(self, cancel_at: int) -> None:
        """Count anew."""
        self.seen, self.cancel_at = 0, cancel_at


@asynccontextmanager
async def again(house: House, as_it_was: Remembered) -> AsyncIterator[House]:
    """The same house over a store that is once more as it was."""
    store = await open_store(await as_it_was.restored())
    try:
        yield House(store, house.keys, house.clock, house.hasher, house.screening)
    finally:
        await store.close()


async def performed(house: House, ready: Ready, name: str) -> bool:
    """Perform the act in a task of its own; False where it was cancelled."""
    task = asyncio.ensure_future(ACTS[name].perform(house, ready))
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True


def chosen(total: int, stride: int) -> list[int]:
    """Every so many of the statements, and the last three, around the last commit."""
    return sorted({*range(1, total + 1, stride), *range(max(1, total - 2), total + 1)})


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", ACTS)
async def test_cancelled_at_any_statement_it_is_all_old_or_all_new(
    house: House, engine: str, name: str, is_whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is cancelled at each of them; a server at each third in the suite, at each in `make soak`."""
    stride = 1 if is_whole or engine == "sqlite" else 3
    ready = await ACTS[name].prepare(house)
    before = await house.dump()
    await house.store.close()
    as_it_was = await remembered(house.store.url, tmp_path)
    statements = Statements(monkeypatch)
    async with again(house, as_it_was) as whole:
        statements.begin(0)
        assert await performed(whole, ready, name)
        total = statements.seen
        all_new = difference(before, await whole.dump())
    assert all_new
    for at in chosen(total, stride):
        async with again(house, as_it_was) as broken:
            statements.begin(at)
            was_whole = await performed(broken, ready, name)
            statements.begin(0)
            found = difference(before, await broken.dump())
            assert found in ({}, all_new), f"statement {at} of {total}"
            assert found == all_new or not was_whole
            assert await broken.audit_is_whole()
