"""kill -9 at any point: the store is all old or all new, and what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from store import acts, facts
from store.store import Store, open_store
from store.transaction import Transaction
from tests.store.children import PARTS, die_at, processes, write_until_killed


async def parts(tx: Transaction) -> list[str | None]:
    """Read what the killed act would have written."""
    return [await facts.get(tx, f"part {number}") for number in range(PARTS)]


async def empty(store_url: str) -> None:
    """Make the store that the child will open."""
    store: Store = await open_store(store_url, create=True)
    await store.close()


@pytest.mark.parametrize("statement", range(PARTS + 2))
async def test_killed_before_any_statement_the_store_is_old_and_after_the_commit_new(
    store_url: str, statement: int
) -> None:
    await empty(store_url)
    child = processes().Process(target=die_at, args=(store_url, statement))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    store = await open_store(store_url)
    await store.check(full=True)
    async with store.read() as tx:
        assert await parts(tx) == ["new" if statement > PARTS else None] * PARTS
    await store.close()


async def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    store_url: str, tmp_path: Path
) -> None:
    await empty(store_url)
    told = tmp_path / "told"
    told.touch()
    for turn in range(8):
        child = processes().Process(target=write_until_killed, args=(store_url, str(told)))
        child.start()
        before = told.stat().st_size
        while told.stat().st_size == before:
            time.sleep(0.001)
        time.sleep(0.003 * turn)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join(30)
        store = await open_store(store_url)
        await store.check(full=True)
        async with store.read() as tx:
            left, right = await facts.get(tx, "left"), await facts.get(tx, "right")
        await store.close()
        acknowledged = int(told.read_bytes().splitlines()[-1])
        assert left == right
        assert left in (str(acknowledged), str(acknowledged + 1))


async def test_killed_while_it_is_made_a_store_is_whole_or_not_there(
    sqlite_path: Path, store_url: str
) -> None:
    """The draft that is left over has another name, and the next attempt makes the store."""
    sqlite_path.parent.mkdir(mode=0o700)
    (sqlite_path.parent / f".{sqlite_path.name}.new-0123").touch(mode=0o600)
    store = await open_store(store_url, create=True)
    async with store.read() as tx:
        assert not await acts.exists(tx, "any")
    await store.close()
