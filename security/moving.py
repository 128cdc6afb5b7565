"""Moving a store elsewhere: the operator's act, told in the audit of the store that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from security.audit import Audit, Event
from security.lanes import act_in
from security.vocabulary import EventName
from store import audit as audit_rows
from store import organisations as organisation_rows
from store.errors import Corrupt
from store.ids import new_id
from store.moving.copying import Compared, Differs, Step
from store.moving.fitness import Unfit
from store.moving.moves import Cancelled, Move, cancel, is_under_way, moving
from store.moving.side import Elsewhere, Taken
from store.store import open_store
from store.unfinished import Cut

if TYPE_CHECKING:
    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from store.store import Store

__all__ = [
    "Cancelled",
    "Compared",
    "Differs",
    "Elsewhere",
    "Progress",
    "StoreMoved",
    "StoreMoving",
    "Taken",
    "Unfit",
    "Work",
    "is_under_way",
]


class Work(StrEnum):
    """What a move is doing."""

    COPY = "copy"
    COMPARE = "compare"
    AUDIT = "audit"
    """The chains of the audit are checked, event by event."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a move is."""

    work: Work
    """What it is doing."""
    table: str
    """The table it is at, where it is at one."""
    done: int
    """Rows that are done, or chains of the audit."""
    total: int
    """How many there are."""


Hearing = Callable[[Progress], None]
"""Hears of the progress; it must not take long."""


@dataclass(frozen=True, slots=True)
class StoreMoved:
    """A store is whole at another place, and the one it was is frozen."""

    tables: Sequence[Compared]
    """What was compared, with a digest each; nothing where an earlier start had finished the move."""
    chains: int
    """Chains of the audit that are whole."""
    events: int
    """Events in them."""


class StoreMoving:
    """Moves a store, with the keys that go with it."""

    def __init__(self, keys: KeyRing, clock: Clock) -> None:
        """Keep the keys, which check and sign the audit on the other side."""
        self._keys = keys
        self._clock = clock

    async def move(
        self, source_url: str, target_url: str, target_place: str, origin: Origin, hear: Hearing
    ) -> StoreMoved:
        """Move a store, or go on with the move that was begun; cut off at any moment, it can go on.

        Raises:
            StoreError: the sentence says which side it is about; nothing of the source is lost.
        """
        move_id = new_id(self._clock.now())
        async with moving(source_url, target_url, target_place, move_id) as move:
            moved = StoreMoved((), 0, 0)
            if not move.is_finished:
                tables = await move.fill(lambda step: hear(_progress(step)))
                moved = await self._finish(move, target_url, origin, tables, hear)
            await move.leave()
        return moved

    async def cancel(self, source_url: str, target_url: str | None, target_place: str) -> Cancelled:
        """Give up a move that is not finished: the source is open again.

        Raises:
            StoreError: there is none, it is finished, or nobody can say.
        """
        return await cancel(source_url, target_url, target_place)

    async def _finish(
        self, move: Move, target_url: str, origin: Origin, tables: Sequence[Compared], hear: Hearing
    ) -> StoreMoved:
        """Check the target's audit, then tell its audit and let it into use in one transaction."""
        target = await open_store(target_url, unfinished=Cut.MOVE)
        try:
            await target.check()
            audit = Audit(target, self._keys, self._clock)
            chains, events = await self._verify(target, audit, hear)
            await move.prepare_to_leave()
            async with act_in(target, self._clock.now(), None) as tx:
                await audit.append(
                    tx,
                    Event(
                        EventName.STORE_MOVED,
                        None,
                        None,
                        None,
                        None,
                        origin,
                        True,
                        details={
                            "from": move.source.place,
                            "to": move.target.place,
                            "rows": sum(table.rows for table in tables),
                        },
                    ),
                )
                await move.let_in(tx)
        finally:
            await target.close()
        return StoreMoved(tables, chains, events)

    async def _verify(self, target: Store, audit: Audit, hear: Hearing) -> tuple[int, int]:
        """Verify every chain with its signed checkpoints; how many there are, and their events."""
        async with target.read() as tx:
            heads = [head.org_id for head in await audit_rows.heads(tx)]
            organisations = [organisation.id for organisation in await organisation_rows.list_all(tx)]
        chains = tuple(dict.fromkeys([*organisations, *heads]))
        events = 0
        for number, chain in enumerate(chains):
            hear(Progress(Work.AUDIT, "", number, len(chains)))
            verdict = await audit.verify(chain)
            if not verdict.is_whole:
                raise Corrupt(
                    f"The audit of organisation {chain} does not verify at event {verdict.bad_seq}"
                    f" ({verdict.tampering}), here as where it came from, so the move was not finished."
                )
            events += verdict.events
        hear(Progress(Work.AUDIT, "", len(chains), len(chains)))
        return len(chains), events


def _progress(step: Step) -> Progress:
    """What a step of the store's is to whoever hears of it."""
    return Progress(Work(step.work.value), step.table, step.rows, step.total)
