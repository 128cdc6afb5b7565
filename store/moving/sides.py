"""Opening the two sides of a move, whatever engines keep them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from store.errors import Missing, NewerSchema, Stale, Unfinished
from store.moving.side import Side
from store.moving.tables import Layout, layouts
from store.store import open_store
from store.unfinished import Cut


class Target(Enum):
    """What there is where a store is moved to."""

    NOTHING = auto()
    """No store."""
    HALF = auto()
    """One that a move has not finished."""
    STORE = auto()
    """One that is whole, or that something else has not finished."""


async def side_of(url: str) -> Side:
    """Connect to a store once more, to move it."""
    if url.startswith("sqlite:"):
        from store.moving.sqlite_side import SqliteSide

        return await SqliteSide.open(url)
    from store.moving.postgresql_side import PostgresqlSide

    return await PostgresqlSide.open(url)


async def look_at_target(url: str) -> Target:
    """Find out what there is, and bring the schema of what a move has begun up to date.

    Raises StoreError where nobody can say.
    """
    try:
        store = await open_store(url, unfinished=Cut.MOVE)
    except Missing:
        return Target.NOTHING
    except (Stale, Unfinished):
        return Target.STORE
    await store.close()
    return Target.HALF


async def make_target(url: str) -> None:
    """Make the store that is moved into, marked as unfinished from its first moment.

    Raises Duplicate where something is there already.
    """
    store = await open_store(url, create=True, unfinished=Cut.MOVE)
    await store.close()


async def common_layouts(source: Side, target: Side) -> Sequence[Layout]:
    """Lay out the tables, which have to be the same on both sides.

    Raises NewerSchema.
    """
    found = layouts(source.place, await source.columns())
    if list(found) != list(layouts(target.place, await target.columns())):
        raise NewerSchema(
            f"The stores {source.place} and {target.place} have different schemas, so nothing was moved."
        )
    return found
