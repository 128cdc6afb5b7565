"""A process that performs one act again and again, killed by its own hand before each of its statements.

Run as `python -m tests.security.killed ACT DIRECTORY STRIDE`; prints what was found as JSON. It forks
while no thread of a store is alive, so that every child begins alike. With a stride of more than one
only every so many statements is one to die at, and the last few around the last commit.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from security.breach import EmbeddedList, Screening
from security.clock import MovedClock
from security.hashing import HashParameters, PasswordHasher
from security.keys import KeyRing
from store.store import open_store
from tests.security.acts import ACTS, Ready, difference
from tests.security.people import Dump, House

FILE = "strongroom.db"


class Statements:
    """Counts what SQLite begins to run, BEGIN and COMMIT too, and kills the process at the chosen one."""

    def __init__(self) -> None:
        """Stand before every statement of every connection from here on."""
        self.seen = 0
        self.kill_at = 0
        self.is_counting = False
        connect = sqlite3.connect

        def traced(*args: Any, **named: Any) -> sqlite3.Connection:
            """Connect, and watch."""
            connection: sqlite3.Connection = connect(*args, **named)
            connection.set_trace_callback(self._count)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]

    def _count(self, sql: str) -> None:
        """One more statement; when a read lets its snapshot go is a matter of time, and changes nothing."""
        if not self.is_counting or "data_version" in sql or sql == "ROLLBACK":
            return
        self.seen += 1
        if self.seen == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


async def opened(directory: Path, keys: KeyRing, clock: MovedClock, *, create: bool = False) -> House:
    """A house over the store of a directory."""
    store = await open_store(f"sqlite:///{directory / FILE}", create=create)
    hasher = PasswordHasher(HashParameters(memory_kib=64, passes=1), is_for_show=True)
    return House(store, keys, clock, hasher, Screening(None, EmbeddedList()))


async def closed(house: House) -> None:
    """Close what `opened` opened."""
    await house.store.close()
    house.hasher.close()


class Killing:
    """One act, its people, and the state before it."""

    def __init__(self, name: str, directory: Path) -> None:
        """Prepare the people."""
        self.act = ACTS[name]
        self.directory = directory
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.statements = Statements()
        self.ready: Ready
        self.before: Dump
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        """Prepare, remember the state, close."""
        origin = self.directory / "origin"
        origin.mkdir(mode=0o700)
        house = await opened(origin, self.keys, self.clock, create=True)
        self.ready = await self.act.prepare(house)
        self.before = await house.dump()
        await closed(house)

    def copy(self, name: str) -> Path:
        """A copy of the store as it was before the act."""
        return Path(shutil.copytree(self.directory / "origin", self.directory / name))

    async def perform(self, directory: Path, kill_at: int) -> None:
        """Perform the act, and perhaps die of it."""
        house = await opened(directory, self.keys, self.clock)
        self.statements.seen, self.statements.kill_at = 0, kill_at
        self.statements.is_counting = True
        await self.act.perform(house, self.ready)
        self.statements.is_counting = False
        await closed(house)

    async def judge(self, directory: Path) -> tuple[dict[str, tuple[int, int]], bool]:
        """What changed, and whether store and audit are whole, after a new process has opened them."""
        house = await opened(directory, self.keys, self.clock)
        await house.store.check()
        found = difference(self.before, await house.dump()), await house.audit_is_whole()
        await closed(house)
        return found

    def killed_at(self, kill_at: int) -> dict[str, object]:
        """Fork, let the child die, and look at what it left."""
        directory = self.copy(str(kill_at))
        child = os.fork()
        if child == 0:
            asyncio.run(self.perform(directory, kill_at))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        changed, is_whole = asyncio.run(self.judge(directory))
        shutil.rmtree(directory)
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return {"at": kill_at, "was_killed": was_killed, "changed": changed, "is_whole": is_whole}


def main(name: str, directory: Path, stride: int) -> None:
    """Perform the act whole, then kill it before its statements, and print all that was found."""
    killing = Killing(name, directory)
    whole = killing.copy("whole")
    asyncio.run(killing.perform(whole, 0))
    total = killing.statements.seen
    changed, is_whole = asyncio.run(killing.judge(whole))
    chosen = sorted({*range(1, total + 1, stride), *range(max(1, total - 2), total + 1)})
    kills = [killing.killed_at(at) for at in chosen]
    print(json.dumps({"changed": changed, "is_whole": is_whole, "kills": kills}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
