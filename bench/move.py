"""Moving a store from a file to a server: memory that does not grow, and the pace beside a bare COPY."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import asyncpg

from bench.line import Line
from store.ids import NIL_ID
from store.moving.copying import Step, Work
from store.moving.moves import moving
from store.store import open_store
from tests import postgresql

FEW = 100_000
MANY = 1_000_000
ROUNDS = 5
"""How often the fewer are moved."""
MOVE_ID = NIL_ID
"""The id of every move here: each has a store of its own."""
PEOPLE = 1_000
DAY = 86_400_000_000
EVENTS = "INSERT INTO audit_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
COLUMNS = (
    "org_id", "seq", "id", "at", "name", "actor_id", "subject_id", "session", "source_ip", "client",
    "outcome", "reason", "node", "details", "prev_hash", "hash",
)  # fmt: skip


class Figures(NamedTuple):
    """What one move took, in a process of its own."""

    peak: int
    """The most memory, in KiB."""
    copying: float
    """Seconds until all rows were copied."""
    all_of_it: float
    """Seconds until they were compared too."""


def events(count: int) -> Iterator[tuple[object, ...]]:
    """So many events of one chain, on a thousand people and a year."""
    last = b""
    for seq in range(1, count + 1):
        digest = hashlib.sha256(last + seq.to_bytes(8, "big")).digest()
        who = f"0192f0c1-0000-7000-8000-{seq % PEOPLE:012d}"
        yield (
            NIL_ID, seq, f"0192f0c1-7a5e-7cc3-8a1b-{seq:012d}", seq % 365 * DAY + seq, "auth.signed_in", who,
            who, "0123abcd", "2001:db8::7334", "OpenSSH, kitty", "success", "", "engine-1",
            '{"client": "OpenSSH", "is_new": false}', last, digest,
        )  # fmt: skip
        last = digest


async def make(path: Path, count: int) -> None:
    """Make a store in a file with so many events."""
    path.parent.mkdir(mode=0o700)
    await (await open_store(f"sqlite://{path}", create=True, durable=False)).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.executemany(EVENTS, events(count))
    connection.execute(
        "INSERT INTO audit_chains SELECT org_id, seq, hash, 0, 0 FROM audit_events WHERE seq = ?", (count,)
    )
    connection.execute("COMMIT")
    connection.close()


async def bare(path: Path, url: str) -> float:
    """Copy the events by one COPY from a cursor, into the same table of another store; the seconds."""
    await (await open_store(url, create=True)).close()
    source = sqlite3.connect(path)
    target = await asyncpg.connect(url)
    began = time.perf_counter()
    cursor = source.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_events ORDER BY org_id, seq")  # noqa: S608
    await target.copy_records_to_table(
        "audit_events", schema_name="strongroom", columns=COLUMNS, records=cursor
    )
    seconds = time.perf_counter() - began
    await target.close()
    source.close()
    return seconds


async def moved(source: str, target: str) -> tuple[float, float]:
    """Move a store, but for letting it into use; seconds until copied, and until compared."""
    copied = 0.0
    began = time.perf_counter()

    def hear(step: Step) -> None:
        """Note when comparing begins."""
        nonlocal copied
        if step.work is Work.COMPARE and not copied:
            copied = time.perf_counter() - began

    async with moving(source, target, target, MOVE_ID) as move:
        began = time.perf_counter()
        await move.fill(hear)
    return copied, time.perf_counter() - began


def in_own_process(path: Path, target: str) -> Figures:
    """Move in a new process, whose memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.move", f"sqlite://{path}", target],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    peak, copying, all_of_it = done.stdout.split()
    return Figures(int(peak), float(copying), float(all_of_it))


@contextmanager
def server() -> Iterator[postgresql.Server]:
    """A server of its own, as in the tests."""
    started = postgresql.new_server()
    try:
        yield started
    finally:
        postgresql.discard(started)


@cache
def many() -> Figures:
    """Move many events."""
    return moved_in_turn(MANY, 1)[0][0]


@cache
def few() -> list[tuple[Figures, float]]:
    """Move few events several times."""
    return moved_in_turn(FEW, ROUNDS)


def moved_in_turn(count: int, rounds: int) -> list[tuple[Figures, float]]:
    """Move so many events, each time between two runs of a bare COPY, with their mean seconds."""
    found = []
    with server() as there, tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "made" / "strongroom.db"
        asyncio.run(make(original, count))
        for name in (f"round{number}" for number in range(rounds)):
            for database in (f"{name}moved", f"{name}before", f"{name}after"):
                there.sql(f"CREATE DATABASE {database}")
            path = Path(folder) / name / "strongroom.db"  # a store is moved once
            path.parent.mkdir(mode=0o700)
            shutil.copy(original, path)
            path.chmod(0o600)
            before = asyncio.run(bare(path, there.url(f"{name}before")))
            figures = in_own_process(path, there.url(f"{name}moved"))
            after = asyncio.run(bare(path, there.url(f"{name}after")))
            found.append((figures, (before + after) / 2))
    return found


LINES = (
    Line(
        f"peak memory of moving {MANY:,} events / of {FEW:,}",
        1.1,
        True,
        lambda: many().peak / few()[0][0].peak,
    ),
    Line("peak memory of moving a store", 150, True, lambda: many().peak / 1024, "MiB", 0),
    Line(
        f"rows a second copied of {FEW:,} events, resumable by pages / by one bare COPY",
        0.4,
        False,
        lambda: statistics.median(seconds / figures.copying for figures, seconds in few()),
    ),
    Line(
        f"rows a second of the whole move of {FEW:,} events, each compared / of one bare COPY",
        0.25,
        False,
        lambda: statistics.median(seconds / figures.all_of_it for figures, seconds in few()),
    ),
)


def main() -> None:
    """Move from one address to another, and print the peak memory and the seconds."""
    copying, all_of_it = asyncio.run(moved(sys.argv[1], sys.argv[2]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, copying, all_of_it)


if __name__ == "__main__":
    main()
