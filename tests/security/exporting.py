"""A process that exports the activity of an account with very many events, and tells what memory that took.

Run as `python -m tests.security.exporting URL DIRECTORY EVENTS FORM`; prints what was found as JSON. The
events are put into the store as they are, without their chain: what they take is the same. Then it begins
anew as another program, so that what filling took is not taken for its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from security.activity_facts import ActivityQuery, Export
from security.breach.screening import EmbeddedList, Screening
from security.clock import MovedClock
from security.facts import Secret
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.vocabulary import ExportForm
from store.store import open_store
from store.times import to_micros
from tests.security.people import House, Person, an_origin
from tui.private_file import save_pieces

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
"""When the oldest of the events happened."""

_ROW = """
SELECT '{org_id}', {place}, 'event ' || {place}, {first} + {place} * 1000000, 'auth.signed_in',
    '{who}', '{who}', '0123456789abcdef', '203.0.113.7', 'OpenSSH, kitty', 'success', '', 'vault-1',
    '{{"kept": "false", "methods": "password totp"}}', {none}, {none}
"""
_COLUMNS = (
    "(org_id, seq, id, at, name, actor_id, subject_id, session, source_ip, client, outcome, reason, node,"
    " details, prev_hash, hash)"
)


async def fill(url: str, person: Person, events: int) -> None:
    """Put events into the store, before those that are there, as the days know them."""
    org_id = await person.house.org_id()
    async with person.house.store.read() as tx:
        row = await tx.fetch_one("SELECT max(seq) AS last FROM audit_events")
    assert row is not None
    last = int(str(row["last"]))
    known = {"org_id": org_id, "who": person.account_id, "first": to_micros(FIRST)}
    if url.startswith("sqlite:"):
        row_of = _ROW.format(**known, place="place", none="x''")
        connection = sqlite3.connect(url.removeprefix("sqlite://"))
        connection.execute(
            f"INSERT INTO audit_events {_COLUMNS}"  # noqa: S608
            f" WITH RECURSIVE places (place) AS (SELECT {last + 1} UNION ALL SELECT place + 1 FROM places"
            f" WHERE place < {last + events}) {row_of} FROM places"
        )
        connection.execute(
            "UPDATE audit_chains SET seq = ?, hash = x'' WHERE org_id = ?", (last + events, org_id)
        )
        connection.commit()
        connection.close()
        return
    row_of = _ROW.format(**known, place="place", none="''::bytea")
    server = await asyncpg.connect(url)
    await server.execute(
        f"INSERT INTO strongroom.audit_events {_COLUMNS}"
        f" {row_of} FROM generate_series({last + 1}::bigint, {last + events}) AS place",
        timeout=600,
    )
    await server.execute(
        "UPDATE strongroom.audit_chains SET seq = $1, hash = '' WHERE org_id = $2", last + events, org_id
    )
    await server.close()


async def prepare(url: str, events: int) -> str:
    """Found an organisation and fill it; the token of its owner."""
    async with a_house(url) as house:
        person = await house.owner()
        await fill(url, person, events)
        return person.token.reveal


async def export(url: str, directory: Path, form: ExportForm, token: Secret) -> dict[str, int | float]:
    """Export all of them to a file."""
    path = directory / "out"
    async with a_house(url) as house:
        flow = house.services.activity_export
        await flow.count(token, ActivityQuery())  # the store is at work
        before = _memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
        start = time.perf_counter()
        made = await flow.begin(token, ActivityQuery(), an_origin(), form)
        await save_pieces(path, bytes_of(made))
        took = time.perf_counter() - start
        after = _memory("VmHWM")
    with open(path, "rb") as file:
        lines = sum(1 for _ in file)
    return {
        "total": made.total,
        "lines": lines,
        "bytes": path.stat().st_size,
        "base_mib": before,
        "mib": after - before,
        "seconds": round(took, 1),
    }


@asynccontextmanager
async def a_house(url: str) -> AsyncIterator[House]:
    """The flows over the store."""
    store = await open_store(url)
    hasher = PasswordHasher(SHOW_PARAMETERS, is_for_show=True)
    yield House(store, KeyRing.generate(NOON), MovedClock(NOON), hasher, Screening(None, EmbeddedList()))
    await store.close()
    hasher.close()


async def bytes_of(export: Export) -> AsyncIterator[bytes]:
    """The bytes alone."""
    async for piece in export.pieces:
        yield piece.data


def _memory(name: str) -> float:
    """What the kernel tells of this process, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(name)


if __name__ == "__main__":
    _, store_url, folder, how_many, how = sys.argv
    known = os.environ.pop("EXPORTING", "")
    if known:
        print(json.dumps(asyncio.run(export(store_url, Path(folder), ExportForm(how), Secret(known)))))
    else:
        os.environ["EXPORTING"] = asyncio.run(prepare(store_url, int(how_many)))
        os.execv(sys.executable, [sys.executable, "-m", "tests.security.exporting", *sys.argv[1:]])  # noqa: S606
