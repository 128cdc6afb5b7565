"""A process that performs one act again and again, killed by its own hand before each of its statements.

Run as `python -m tests.security.killed ACT URL DIRECTORY STRIDE`; prints what was found as JSON. It forks
while no thread of a store is alive, so that every child begins alike. With a stride of more than one
only every so many statements is one to die at, and the last few around the last commit. On a server it
dies once more when the last statement has just been sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from security.breach.screening import EmbeddedList, Screening
from security.clock import MovedClock
from security.hashing import HashParameters, PasswordHasher
from security.keys import KeyRing
from store.store import open_store
from tests.security.acts import ACTS, Ready, difference
from tests.security.people import Dump, House
from tests.security.remembering import Remembered, remembered

SENDERS = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "prepare")
"""By what the driver of a server is given statements."""


class Statements:
    """Counts what is about to be run, BEGIN and COMMIT too, and kills the process at the chosen one."""

    def __init__(self) -> None:
        """Stand before every statement of every connection from here on."""
        self.seen = 0
        self.kill_at = 0
        self.is_sent_first = False
        self.is_counting = False
        self._watch_files()
        for name in SENDERS:
            self._watch_server(name)

    def _watch_files(self) -> None:
        """See what SQLite begins to run."""
        connect = sqlite3.connect

        def traced(*args: Any, **named: Any) -> sqlite3.Connection:
            """Connect, and watch."""
            connection: sqlite3.Connection = connect(*args, **named)
            connection.set_trace_callback(self._count)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]

    def _watch_server(self, name: str) -> None:
        """See what is sent to a server in one of the ways there are."""
        send = getattr(asyncpg.Connection, name)

        async def traced(connection: asyncpg.Connection, sql: str, *args: Any, **named: Any) -> object:
            """Count, perhaps die, send, perhaps die of that."""
            if self.is_sent_first and self.is_counting and self.seen + 1 == self.kill_at:
                asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGKILL)
            else:
                self._count(sql)
            return await send(connection, sql, *args, **named)

        setattr(asyncpg.Connection, name, traced)

    def _count(self, sql: str) -> None:
        """One more statement; when a read lets its snapshot go is a matter of time, and changes nothing."""
        if not self.is_counting or "data_version" in sql or sql == "ROLLBACK":
            return
        self.seen += 1
        if self.seen == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


async def opened(url: str, keys: KeyRing, clock: MovedClock, *, create: bool = False) -> House:
    """A house over a store, as a process of its own has it."""
    store = await open_store(url, create=create)
    hasher = PasswordHasher(HashParameters(memory_kib=64, passes=1), is_for_show=True)
    return House(store, keys, clock, hasher, Screening(None, EmbeddedList()))


async def closed(house: House) -> None:
    """Close what `opened` opened."""
    await house.store.close()
    house.hasher.close()


class Killing:
    """One act, its people, and the state before it."""

    def __init__(self, name: str, url: str, directory: Path) -> None:
        """Prepare the people."""
        self.act = ACTS[name]
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.statements = Statements()
        self.ready: Ready
        self.before: Dump
        self.as_it_was: Remembered
        asyncio.run(self._prepare(url, directory))

    async def _prepare(self, url: str, directory: Path) -> None:
        """Prepare, remember the state, close."""
        house = await opened(url, self.keys, self.clock, create=True)
        self.ready = await self.act.prepare(house)
        self.before = await house.dump()
        await closed(house)
        self.as_it_was = await remembered(url, directory)

    async def perform(self, url: str, kill_at: int, *, is_sent_first: bool = False) -> None:
        """Perform the act, and perhaps die of it."""
        house = await opened(url, self.keys, self.clock)
        self.statements.seen, self.statements.kill_at = 0, kill_at
        self.statements.is_sent_first = is_sent_first
        self.statements.is_counting = True
        await self.act.perform(house, self.ready)
        self.statements.is_counting = False
        await closed(house)

    async def judge(self, url: str) -> tuple[dict[str, tuple[int, int]], bool]:
        """What changed, and whether store and audit are whole, after a new process has opened them."""
        await self.as_it_was.left()
        house = await opened(url, self.keys, self.clock)
        await house.store.check()
        found = difference(self.before, await house.dump()), await house.audit_is_whole()
        await closed(house)
        return found

    def killed_at(self, kill_at: int, *, is_sent_first: bool = False) -> dict[str, object]:
        """Fork, let the child die, and look at what it left."""
        url = asyncio.run(self.as_it_was.restored())
        child = os.fork()
        if child == 0:
            asyncio.run(self.perform(url, kill_at, is_sent_first=is_sent_first))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        changed, is_whole = asyncio.run(self.judge(url))
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return {"at": kill_at, "was_killed": was_killed, "changed": changed, "is_whole": is_whole}


def main(name: str, url: str, directory: str, stride: str) -> None:
    """Perform the act whole, then kill it before its statements, and print all that was found."""
    killing = Killing(name, url, Path(directory))
    whole = asyncio.run(killing.as_it_was.restored())
    asyncio.run(killing.perform(whole, 0))
    total = killing.statements.seen
    changed, is_whole = asyncio.run(killing.judge(whole))
    chosen = sorted({*range(1, total + 1, int(stride)), *range(max(1, total - 2), total + 1)})
    kills = [killing.killed_at(at) for at in chosen]
    if not url.startswith("sqlite:"):
        kills.append(killing.killed_at(total, is_sent_first=True))
    print(json.dumps({"changed": changed, "is_whole": is_whole, "total": total, "kills": kills}))


if __name__ == "__main__":
    main(*sys.argv[1:])
