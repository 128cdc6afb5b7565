"""The store, whatever engine keeps it: opening, transactions, the live feed, the start-up check, closing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from store.changes import ChangeRecord
from store.errors import UnsupportedUrl
from store.schema import Known
from store.transaction import Transaction

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process's write before an embedded store counts as unavailable."""


CONNECTIONS = 10
"""Connections of a process to a server at most; each is taken for milliseconds."""


async def open_store(
    url: str,
    *,
    create: bool = False,
    busy_timeout: float = BUSY_TIMEOUT,
    durable: bool = True,
    connections: int = CONNECTIONS,
    unfinished: str | None = None,
) -> Store:
    """Open a store, bring its schema up to date, and check it cheaply.

    `sqlite:///ABSOLUTE/PATH` is a file of this machine; `postgresql://USER@HOST,HOST/DATABASE` lies on
    a server. With `create` a new store is made, whole or not at all, and none may be there before:
    on a server the database is there, and holds none yet. Only such a new one may be not `durable`:
    it is for throwing away, and a power cut may spoil it. `connections` is the most to a server.
    `unfinished` is the mark of a store that is still being filled (`store.unfinished`): a new one gets
    it together with its schema, and one that is there must bear it; without it a marked one is refused.
    Raises UnsupportedUrl, Missing, Duplicate, BadPermissions, ReadOnly, Full, Corrupt, NewerSchema,
    Unfinished, Stale or Unavailable.
    """
    if not durable and not create:
        raise ValueError("only a new store may be one to throw away")
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        from store.sqlite.store import open_sqlite

        return await open_sqlite(
            url, create=create, busy_timeout=busy_timeout, durable=durable, mark=unfinished
        )
    if scheme in ("postgresql", "postgres"):
        from store.postgresql.store import open_postgresql

        return await open_postgresql(
            url, create=create, durable=durable, connections=connections, mark=unfinished
        )
    raise UnsupportedUrl("A store is named sqlite:///ABSOLUTE/PATH or postgresql://USER@HOST/DATABASE.")


class Store(ABC):
    """An open store. One per process; every person's flows share it."""

    def __init__(self, url: str, place: str, version: int) -> None:
        """Name the store, and the schema that the program knows of it; use `open_store`."""
        self.url = url
        """The URL it was opened by. It may hold a password, so it is never shown."""
        self.place = place
        """Where it is, as people are told."""
        self.known = Known(place, version)
        """What refuses every transaction, with NewerSchema, once a newer program has migrated the store."""

    @abstractmethod
    def write(
        self, act_id: str, at: datetime, *, hold: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[Transaction]:
        """Open the one transaction of an act, which commits at the end of the `async with`.

        Any exception, a cancellation included, rolls all of it back. A commit under way is seen
        through, and then `is_committed` of the transaction is true although the task is cancelled.
        On a server others write at the same moment: whoever decides by what it has read has to
        hold it first, by `hold` where it is known by now: that costs no trip of its own.
        Raises Duplicate where the act took place before, NewerSchema where the store was migrated by a
        newer program since it was opened, InDoubt where a commit was cut off and nothing can be found
        out, and every other StoreError.
        """

    @abstractmethod
    def read(self, *, alone: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Open one snapshot: every statement inside sees the same moment, and none may write.

        The moment is that of the first statement. Tasks that ask at once may share it; one that reads
        for long stays `alone`, so that no other waits for its statements.
        """

    @abstractmethod
    def look(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a snapshot for a single statement, which a server answers in one trip; a second is refused."""

    @abstractmethod
    def follow(
        self, after: int | None = None, *, begun: Callable[[], object] | None = None
    ) -> AsyncGenerator[ChangeRecord, None]:
        """Give every change after a place in the feed as it comes; None begins with the first step.

        To miss nothing, read `changes.last_seq` in the snapshot that was shown and follow from there.
        `begun` is called once everything that comes is heard. Ends when the store is closed.
        Raises Forgotten where the feed does not reach back to the place, or the store is an older one:
        then read everything anew and follow from there. Raises any other StoreError where nothing can
        be heard any more; follow again from the last `seq`, and nothing is missed or given twice.
        """

    async def time(self) -> datetime | None:
        """Tell the time by the clock of the store's server; None where only this machine has one."""
        return None

    @abstractmethod
    async def check(self, *, full: bool = False) -> None:
        """Check the store: the ends of the audit chains, or with `full` all there is.

        Raises Corrupt.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let what is under way finish, end every follower, and close the connections; again is harmless."""
