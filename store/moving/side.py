"""One side of a move: what is asked of an engine, once from where a store is and once where it goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from store.errors import Duplicate, StoreError
from store.frozen import ARRIVED, ARRIVING, MOVING, Arrival, Departure
from store.moving.tables import Cells, Layout
from store.statements import Statement
from store.unfinished import TABLE


class Taken(StoreError):
    """Another move is under way from or to the same store."""


class Elsewhere(Duplicate):
    """The store is being moved to another place than the one that was named."""


class Side(ABC):
    """A connection of its own to one store, beside those of the open store; it waits as long as it must."""

    def __init__(self, place: str) -> None:
        """Name the store; `sides.side_of` opens one."""
        self.place = place
        """Where it is, for people."""

    @property
    @abstractmethod
    def lock_place(self) -> object:
        """What is locked: two sides with the same one are locked together."""

    @abstractmethod
    async def lock(self) -> None:
        """Keep every other move away until this side is closed, also by being killed. Raises Taken."""

    @abstractmethod
    async def freeze(self, departure: Departure) -> None:
        """Let every act that is under way finish, and take no further one."""

    @abstractmethod
    async def begin_reading(self) -> None:
        """Begin one snapshot, which every reading is of until `end_reading`."""

    @abstractmethod
    async def end_reading(self) -> None:
        """End the snapshot."""

    @abstractmethod
    async def columns(self) -> Sequence[tuple[str, str]]:
        """List the tables and their columns that are moved, in their order."""

    @abstractmethod
    async def page(self, layout: Layout, after: Cells | None, limit: int) -> Sequence[Cells]:
        """Read rows in the order of their key, from after a key or from the first.

        Raises Unfit where a text is not UTF-8.
        """

    @abstractmethod
    async def add(self, layout: Layout, rows: Sequence[Cells]) -> None:
        """Add rows in one transaction: all of them or none.

        Raises Unfit where the engine cannot hold a value.
        """

    @abstractmethod
    async def feed_place(self) -> int:
        """Give the highest place that the feed ever gave; 0 where it gave none."""

    @abstractmethod
    async def set_feed_place(self, place: int) -> None:
        """Let the feed go on after a place."""

    @abstractmethod
    async def settle_down(self) -> None:
        """Let the engine learn how many rows there are now."""

    @abstractmethod
    async def unmake(self) -> None:
        """Take the store away, of which nothing is used yet."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connection and let go of the lock."""

    @abstractmethod
    async def ask(self, statement: Statement) -> Sequence[Cells]:
        """Run one statement, in a transaction of its own where no snapshot was begun, and give its rows."""

    async def count(self, layout: Layout) -> int:
        """Count the rows of a table, but for those that are left out."""
        sql = f"SELECT count(*) FROM {layout.table.name}{kept_rows(layout)}"  # noqa: S608
        return int(str((await self.ask(Statement(sql, {}, gives_rows=True)))[0][0]))

    async def last_key(self, layout: Layout) -> Cells | None:
        """Give the highest key of a table, but for the rows that are left out."""
        key = ", ".join(layout.table.key)
        down = ", ".join(f"{name} DESC" for name in layout.table.key)
        sql = f"SELECT {key} FROM {layout.table.name}{kept_rows(layout)} ORDER BY {down} LIMIT 1"  # noqa: S608
        rows = await self.ask(Statement(sql, {}, gives_rows=True))
        return rows[0] if rows else None

    async def mark(self) -> str | None:
        """Read the mark of what is not finished, which may have come since the store was opened."""
        if all(table != TABLE for table, _ in await self.columns()):
            return None
        rows = await self.ask(Statement(f"SELECT what FROM {TABLE}", {}, gives_rows=True))  # noqa: S608
        return str(rows[0][0]) if rows else None

    async def departure(self) -> Departure | None:
        """Read where the store is moved to."""
        return Departure.of(await self._fact(MOVING))

    async def arriving(self) -> Arrival | None:
        """Read which move the store comes by."""
        return Arrival.of(await self._fact(ARRIVING))

    async def arrived(self) -> Arrival | None:
        """Read which move the store came by."""
        return Arrival.of(await self._fact(ARRIVED))

    async def note(self, name: str, value: str | None) -> None:
        """Write one fact, or take it away."""
        if value is None:
            await self.ask(Statement("DELETE FROM store_facts WHERE name = :name", {"name": name}))
        else:
            await self.ask(Statement(PUT, {"name": name, "value": value}))

    async def _fact(self, name: str) -> str | None:
        """Read one fact."""
        sql = "SELECT value FROM store_facts WHERE name = :name"
        rows = await self.ask(Statement(sql, {"name": name}, gives_rows=True))
        return str(rows[0][0]) if rows else None


PUT = (
    "INSERT INTO store_facts (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
"""Writes one fact over what was there."""


def page_statement(layout: Layout, after: Cells | None, limit: int) -> Statement:
    """What reads a page in the order of the key."""
    key = ", ".join(layout.table.key)
    values = ", ".join(f":k{place}" for place in range(len(layout.table.key)))
    sql = f"SELECT {', '.join(layout.columns)} FROM {layout.table.name}{kept_rows(layout)}"  # noqa: S608
    if after is not None:
        sql += f" {'AND' if layout.table.left_out else 'WHERE'} ({key}) > ({values})"
    params = {f"k{place}": value for place, value in enumerate(after or ())}
    return Statement(f"{sql} ORDER BY {key} LIMIT :rows", {**params, "rows": limit}, gives_rows=True)


def kept_rows(layout: Layout) -> str:
    """What leaves out the rows that are of one side alone."""
    if not layout.table.left_out:
        return ""
    names = ", ".join(f"'{name}'" for name in layout.table.left_out)
    return f" WHERE {layout.table.key[0]} NOT IN ({names})"
