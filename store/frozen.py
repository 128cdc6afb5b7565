"""Stores that are moved: the one that is left is frozen, and each side knows the other.

Each says so by one fact, which holds the id of the move and where the other side is, for people: never
a URL that a password could stand in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from store import facts
from store.errors import Corrupt, Frozen, StoreError

if TYPE_CHECKING:
    from store.store import Store

MOVING = "moving"
"""The fact that freezes a store; the schema's guard on acts looks at it."""
ARRIVING = "arriving"
"""The fact of a store that a move has not finished; beside it stands the mark of `store.unfinished`."""
ARRIVED = "arrived"
"""The fact of a store that came by a move and is whole."""
MARKS = (MOVING, ARRIVING, ARRIVED)
"""The facts that are of one side alone."""


class Stage(StrEnum):
    """How far a store is on its way elsewhere."""

    COPYING = "copying"
    """It is copied and compared; it can be given up."""
    FINISHING = "finishing"
    """All was the same: from here on the other side may be in use, whatever this one knows of it."""
    DONE = "done"
    """The other side is whole."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a store is moved to."""

    move_id: str
    """The id of the move, which both sides know."""
    to: str
    """Where to, for people."""
    stage: Stage
    """How far it is."""

    @property
    def value(self) -> str:
        """What the fact holds."""
        return json.dumps({"id": self.move_id, "to": self.to, "stage": self.stage.value})

    @classmethod
    def of(cls, value: str | None) -> Departure | None:
        """Read the fact; None where the store is not moved. Raises Corrupt."""
        if value is None:
            return None
        held = _held(value)
        try:
            return cls(held["id"], held["to"], Stage(held["stage"]))
        except (KeyError, ValueError) as error:
            raise _odd() from error

    def sentence(self, place: str) -> str:
        """Say why nothing is written to the store at a place."""
        if self.stage is Stage.DONE:
            return f"The store {place} has moved to {self.to}, so nothing was changed. Use the store there."
        return (
            f"The store {place} is being moved to {self.to}, so nothing was changed."
            " Wait until that is done, and use the store there."
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a store came from."""

    move_id: str
    """The id of the move, which both sides know."""
    source: str
    """Where from, for people."""

    @property
    def value(self) -> str:
        """What the fact holds."""
        return json.dumps({"id": self.move_id, "from": self.source})

    @classmethod
    def of(cls, value: str | None) -> Arrival | None:
        """Read the fact; None where there is none. Raises Corrupt."""
        if value is None:
            return None
        held = _held(value)
        try:
            return cls(held["id"], held["from"])
        except KeyError as error:
            raise _odd() from error


async def require_open(store: Store) -> None:
    """Refuse a store that is moved, before anything is done outside of it. Raises Frozen."""
    async with store.look() as tx:
        departure = Departure.of(await facts.get(tx, MOVING))
    if departure is not None:
        raise Frozen(departure.sentence(store.place))


async def told(store: Store) -> Frozen:
    """Say of a frozen store where it went."""
    try:
        async with store.look() as tx:
            departure = Departure.of(await facts.get(tx, MOVING))
    except StoreError:
        departure = None
    if departure is None:
        return Frozen(
            f"The store {store.place} is being moved, so nothing was changed. Try again in a moment."
        )
    return Frozen(departure.sentence(store.place))


def _held(value: str) -> dict[str, str]:
    """Read what a fact holds."""
    try:
        held = json.loads(value)
    except ValueError as error:
        raise _odd() from error
    if not isinstance(held, dict) or not all(isinstance(each, str) for each in held.values()):
        raise _odd()
    return held


def _odd() -> Corrupt:
    return Corrupt("What the store says of its move cannot be read.")
