"""The mark of a store that is not finished: being moved into, being restored, or lying in a backup.

It is a table of its own and no row among others: it can be asked before anything is migrated, and
stand there before the rest has come. Whoever opens a store for use is refused while it stands.
"""

from __future__ import annotations

from enum import StrEnum

from store.errors import Stale, Unfinished
from store.rows import text
from store.transaction import Transaction

TABLE = "unfinished"
"""The table whose one row says what was begun; it is there as long as the store is not finished."""

CREATE = f"CREATE TABLE {TABLE} (what TEXT NOT NULL)"
"""Makes the mark; the same on every engine."""


class Cut(StrEnum):
    """What was begun."""

    MOVE = "move"
    RESTORE = "restore"
    BACKUP = "backup"
    """The file is a backup: its codes and sessions may have been used since."""


_SENTENCES = {
    Cut.MOVE: (
        "A move into the store {place} was cut off, or is under way, so nobody can use it."
        " Finish it by the same strongroom admin move, or give it up with --cancel."
    ),
    Cut.RESTORE: (
        "A restore of the store {place} was cut off, or is under way, so nobody can use it."
        " To finish it: strongroom admin restore --in-place"
    ),
    Cut.BACKUP: (
        "The store {place} is a backup that was put in place by hand, so nobody can use it yet:"
        " codes that were used since would work again. Move it elsewhere and restore it from there:"
        " strongroom admin restore FILE"
    ),
}


def require(place: str, found: str | None, wanted: str | None) -> None:
    """Refuse a store with another mark than the one that is wanted, None being that of a finished one.

    Raises Unfinished where it is not finished, and Stale where it was to be finished and is already.
    """
    if found == wanted:
        return
    if found is None:
        raise Stale(f"The store {place} is finished already. It was left as it is.")
    known = found if found in set(Cut) else Cut.RESTORE
    raise Unfinished(_SENTENCES[Cut(known)].format(place=place))


async def begin(tx: Transaction, what: Cut) -> None:
    """Put the mark on a store, in the transaction that begins."""
    await tx.execute(CREATE)
    await tx.execute(f"INSERT INTO {TABLE} (what) VALUES (:what)", what=what)  # noqa: S608 - a name of ours


async def read(tx: Transaction) -> str | None:
    """Read what was begun of a store that bears the mark; None where the row was taken away."""
    row = await tx.fetch_one(f"SELECT what FROM {TABLE}")  # noqa: S608 - a name of ours
    return None if row is None else text(row, "what")


async def finish(tx: Transaction) -> None:
    """Take the mark away, in the last transaction of what was begun."""
    await tx.execute(f"DROP TABLE {TABLE}")
