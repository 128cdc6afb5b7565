"""Copying a store out of its engine and in again, whatever engine it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from store.errors import Frozen
from store.frozen import MOVING, Departure
from store.shielding import see_through
from store.unfinished import Cut

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Is told how many bytes are done and how many there are; 0 where nobody knows that."""


class Kind(StrEnum):
    """What a backup's file is."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


_MAGICS = {Kind.SQLITE: b"SQLite format 3\0", Kind.POSTGRESQL: b"PGDMP"}
"""What the file of each kind begins with."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain of the audit ended."""

    org_id: str
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Copied:
    """What lies in a copy."""

    kind: Kind
    schema: int
    """The version of the schema."""
    accounts: int
    events: int
    """Events of the audit, over all chains."""
    heads: Sequence[Head]


SCHEMA_SQL = "SELECT max(version) AS found FROM schema_migrations"
ACCOUNTS_SQL = "SELECT count(*) AS found FROM accounts"
EVENTS_SQL = "SELECT count(*) AS found FROM audit_events"
HEADS_SQL = "SELECT org_id, seq, hash FROM audit_chains ORDER BY org_id"

MOVING_SQL = f"SELECT value AS found FROM store_facts WHERE name = '{MOVING}'"  # noqa: S608 - a name of ours


def require_stays(moving: str | None, place: str) -> None:
    """Refuse a copy of a store that was on its way elsewhere: nobody could restore it.

    Raises Frozen.
    """
    departure = Departure.of(moving)
    if departure is not None:
        raise Frozen(departure.sentence(place))


def kind_of(beginning: bytes) -> Kind | None:
    """Tell by its first bytes what a file is; None where it is no copy of a store."""
    return next((kind for kind, magic in _MAGICS.items() if beginning.startswith(magic)), None)


async def copy_out(url: str, draft: Path, progress: Progress) -> Copied:
    """Copy a store into an empty private file as it stands at one moment, and tell what lies in the copy.

    Raises any StoreError; Unavailable where the server's own programs are not there.
    """
    if url.startswith("sqlite:"):
        from store.sqlite import backup as sqlite
        from store.sqlite.custody import path_of

        return await in_thread(lambda tell: sqlite.copy_out(path_of(url), draft, tell), progress)
    from store.postgresql import backup as postgresql

    return await postgresql.copy_out(url, draft, progress)


class _Ended(Exception):
    """Whoever waited for the copying was cancelled."""


async def in_thread(work: Callable[[Progress], T], progress: Progress) -> T:
    """Do what takes long in a thread, and let it end soon where the task that waits is cancelled."""
    is_over = threading.Event()

    def tell(done: int, whole: int) -> None:
        """Pass on how far it has come, or end it."""
        if is_over.is_set():
            raise _Ended
        progress(done, whole)

    working = asyncio.ensure_future(asyncio.to_thread(work, tell))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        is_over.set()
        await see_through(_settled(working))
        raise


async def _settled(working: asyncio.Future[T]) -> None:
    """Wait until a thread has ended, however it did."""
    await asyncio.wait([working])
    if not working.cancelled():
        working.exception()


@asynccontextmanager
async def copied_in(url: str, source: int, length: int, progress: Progress) -> AsyncIterator[tuple[str, Cut]]:
    """Bring the first bytes of an open backup to where no store is, and give what opens it, with its mark.

    Whoever leaves by an exception leaves nothing. A file gets its name at the very end, when the mark
    was taken away; on a server the mark keeps everybody out until then.
    Raises Duplicate where there is a store, and any other StoreError.
    """
    if url.startswith("sqlite:"):
        from store.sqlite import backup as sqlite
        from store.sqlite.custody import SCHEME, new_file, path_of

        with new_file(path_of(url)) as draft:
            await in_thread(lambda tell: sqlite.copy_in(source, length, draft, tell), progress)
            yield f"{SCHEME}{draft}", Cut.BACKUP
            await see_through(asyncio.to_thread(sqlite.gather, draft))
        return
    from store.postgresql import backup as postgresql

    async with postgresql.copied_in(url, source, progress):
        yield url, Cut.RESTORE


@asynccontextmanager
async def held(url: str) -> AsyncIterator[str | None]:
    """Keep other restores of a store out, and give the mark that it bears; None of a finished one.

    Raises Missing, Unavailable where another one is under way, and any other StoreError.
    """
    if url.startswith("sqlite:"):
        from store.sqlite import backup as sqlite
        from store.sqlite.custody import path_of

        with sqlite.held(path_of(url)) as mark:
            yield mark
        return
    from store.postgresql import backup as postgresql

    async with postgresql.held(url) as mark:
        yield mark
