"""A move from its beginning to its end, each step of which may be the last one before a crash.

The source is frozen first and knows the move by its id; then the target is made, marked as unfinished.
Rows are copied and compared. Before the target is let into use the source says that it may be: from
then on the move is given up only where the target itself can be asked. One transaction in the target
finishes it, and the source is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto

from store import facts, unfinished
from store.errors import Duplicate, Missing, Stale, StoreError
from store.frozen import ARRIVED, ARRIVING, MOVING, Arrival, Departure, Stage
from store.moving.copying import Compared, Telling, compare, copy
from store.moving.fitness import Unfit
from store.moving.side import Elsewhere, Side
from store.moving.sides import Target, common_layouts, look_at_target, make_target, side_of
from store.moving.tables import layouts
from store.store import Store
from store.transaction import Transaction


class Cancelled(Enum):
    """What became of a move that was given up."""

    OPEN = auto()
    """The source is open again, and nothing is left of the target."""
    OPEN_TARGET_LEFT = auto()
    """The source is open again; what was copied still lies at the target, and nobody can use it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A move under way, both sides locked."""

    source: Side
    target: Side
    departure: Departure
    """What the source says of it."""
    is_finished: bool
    """The target is whole already, and the source alone does not know."""

    @property
    def arrival(self) -> Arrival:
        """What the target says of it."""
        return Arrival(self.departure.move_id, self.source.place)

    async def fill(self, tell: Telling) -> Sequence[Compared]:
        """Copy what is not there yet and compare all of it; the tables with their digests.

        Raises Differs where the copy is not the same. Where a row cannot be moved at all the move is
        given up, and Unfit names the row.
        """
        tables = await common_layouts(self.source, self.target)
        try:
            await copy(self.source, self.target, tables, tell)
        except Unfit:
            await self.target.unmake()
            await self.source.note(MOVING, None)
            raise
        await self.target.settle_down()
        return await compare(self.source, self.target, tables, tell)

    async def prepare_to_leave(self) -> None:
        """Let the source say that the target may be in use, just before it is."""
        await self._tell_source(Stage.FINISHING)

    async def let_in(self, tx: Transaction) -> None:
        """Let the target into use, in the transaction that also tells its audit."""
        await unfinished.finish(tx)
        await tx.execute("DELETE FROM store_facts WHERE name = :name", name=ARRIVING)
        await facts.put(tx, ARRIVED, self.arrival.value)

    async def leave(self) -> None:
        """Let the source say where it went; it stays as it is."""
        await self._tell_source(Stage.DONE)

    async def _tell_source(self, stage: Stage) -> None:
        """Write into the source how far the move is."""
        await self.source.note(MOVING, replace(self.departure, stage=stage).value)


@asynccontextmanager
async def moving(source_url: str, target_url: str, target_place: str, move_id: str) -> AsyncIterator[Move]:
    """Begin a move, or go on with the one that was begun, and hold both sides until its end.

    The source is an opened store; `move_id` is for a new move. Raises Taken where another move runs,
    Duplicate where the target holds something else, Stale where the source has gone elsewhere, and
    every other StoreError; nothing was changed then.
    """
    async with _side(source_url) as source:
        await source.lock()
        departure = await source.departure()
        if departure is not None and departure.stage is Stage.DONE:
            raise Stale(f"The store {source.place} has moved to {departure.to} already.")
        there = await look_at_target(target_url)
        if departure is None:
            departure = Departure(move_id, target_place, Stage.COPYING)
            await _begin(source, departure, target_url, there)
        elif there is Target.NOTHING:
            _require_same_target(source, departure, target_place)
            await make_target(target_url)
        async with _side(target_url) as target:
            if target.lock_place != source.lock_place:
                await target.lock()
            is_finished = await _recognise(source, target, departure, target_place, there)
            yield Move(source, target, departure, is_finished)


async def cancel(source_url: str, target_url: str | None, target_place: str) -> Cancelled:
    """Give up a move that was not finished, and open the source again.

    Without a URL a target on a server is left as it is. Raises Stale where no move was begun, or where it was
    finished; Missing where only the target can tell that.
    """
    async with _side(source_url) as source:
        await source.lock()
        departure = await source.departure()
        if departure is None:
            raise Stale(f"The store {source.place} is not being moved. Nothing was changed.")
        if departure.stage is Stage.DONE:
            raise Stale(_gone(source, departure))
        if target_url is None and departure.to.startswith("/"):
            is_left = await _try_to_remove(source, departure)
        elif target_url is not None:
            is_left = not await _remove_target(source, target_url, target_place, departure)
        elif departure.stage is Stage.FINISHING:
            raise Missing(
                f"Whether the store {departure.to} is in use already can only be told there."
                " Name it with --to. Nothing was changed."
            )
        else:
            is_left = True
        await source.note(MOVING, None)
        return Cancelled.OPEN_TARGET_LEFT if is_left else Cancelled.OPEN


async def is_under_way(store: Store) -> bool:
    """Whether a store is frozen by a move that is not finished; also where that cannot be read."""
    try:
        async with store.look() as tx:
            departure = Departure.of(await facts.get(tx, MOVING))
    except StoreError:
        return True
    return departure is not None and departure.stage is not Stage.DONE


async def _try_to_remove(source: Side, departure: Departure) -> bool:
    """Take away a file that was copied to; whether something is left.

    What cannot be reached, or is of another move, is left where the file was surely not let into use.
    """
    try:
        return not await _remove_target(source, f"sqlite://{departure.to}", departure.to, departure)
    except StoreError:
        if departure.stage is not Stage.COPYING:
            raise
        return True


async def _remove_target(source: Side, target_url: str, target_place: str, departure: Departure) -> bool:
    """Take away what was copied, which nobody has used; whether there is nothing left of it."""
    there = await look_at_target(target_url)
    if there is Target.NOTHING:
        _require_same_target(source, departure, target_place)
        return True
    async with _side(target_url) as target:
        arrived = await target.arrived()
        if there is Target.STORE and arrived is not None and arrived.move_id == departure.move_id:
            raise Stale(_gone(source, departure))
        if target.lock_place != source.lock_place:
            await target.lock()
        arriving = await target.arriving()
        if there is Target.STORE or (arriving is not None and arriving.move_id != departure.move_id):
            raise Duplicate(f"The store {target.place} is not the one that {source.place} is moved to.")
        if arriving is None:
            _require_same_target(source, departure, target_place)
        await target.unmake()
    return True


async def _begin(source: Side, departure: Departure, target_url: str, there: Target) -> None:
    """Freeze the source and make the target; where that fails the source is open again."""
    if there is Target.HALF:
        async with _side(target_url) as target:
            if await target.arriving() is not None:
                raise Duplicate(
                    f"There is an unfinished store at {target.place}, of another move that was given up."
                    " Remove it first. Nothing was changed."
                )
    elif there is Target.STORE:
        raise Duplicate(f"There is a store at {departure.to} already. Nothing was changed.")
    layouts(source.place, await source.columns())
    await source.freeze(departure)
    try:
        unfinished.require(source.place, await source.mark(), None)
        if there is Target.NOTHING:
            await make_target(target_url)
    except StoreError:
        await source.note(MOVING, None)
        raise


async def _recognise(
    source: Side, target: Side, departure: Departure, target_place: str, there: Target
) -> bool:
    """Make sure that the target is the one of this move; whether it is finished already."""
    arriving, arrived = await target.arriving(), await target.arrived()
    if arriving is not None and arriving.move_id == departure.move_id:
        return False
    if arrived is not None and arrived.move_id == departure.move_id:
        return True
    if arriving is None and there is not Target.STORE:
        # Made, and cut off before it was told which move it is of: nothing else can be in it.
        _require_same_target(source, departure, target_place)
        await target.note(ARRIVING, Arrival(departure.move_id, source.place).value)
        return False
    raise Elsewhere(
        f"The store {source.place} is being moved to {departure.to},"
        f" and the store {target.place} is not that one. Nothing was changed."
    )


def _require_same_target(source: Side, departure: Departure, place: str) -> None:
    """Refuse to make a second target."""
    if place != departure.to:
        raise Elsewhere(
            f"The store {source.place} is being moved to {departure.to} already."
            " Go on with that, or give it up with --cancel."
        )


def _gone(source: Side, departure: Departure) -> str:
    return f"The store {source.place} has moved to {departure.to}, so it stays as it is. Use the store there."


@asynccontextmanager
async def _side(url: str) -> AsyncIterator[Side]:
    """Connect, and hang up at the end."""
    side = await side_of(url)
    try:
        yield side
    finally:
        await side.close()
