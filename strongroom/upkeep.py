"""Upkeep: what a process does in the background while its services are open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from security.audit import Event
from security.clock import GREATEST_FORWARD_STEP, Clock, SystemClock
from security.facts import Secret
from security.key_file import KeysFault
from security.lanes import act_in
from security.origin import Origin
from security.trouble import StoreTrouble
from security.vocabulary import EventName
from strongroom.wiring import Wired

HOUSEKEEPING = timedelta(minutes=10)
"""Between two rounds of expiring and purging."""

LOOK_AT_CLOCK = timedelta(seconds=15)
"""Between two looks at whether somebody set the clock."""


async def keep_up(wired: Wired, clock: Clock, node: str, *, every: timedelta = LOOK_AT_CLOCK) -> None:
    """Keep house at the start and every ten minutes, and audit steps of the clock (R119), until cancelled.

    On a store that many machines share, one with a wrong clock would end sessions, open locks and erase
    events of all the others before their time. It keeps no house until its clock is right, and says so once.

    What the store or the keys refuse now is tried again the next time; the flow that meets the same says
    so to a person.
    """
    due_at, is_told = clock.now(), False
    stepped: Callable[[], timedelta | None] = (
        clock.stepped if isinstance(clock, SystemClock) else lambda: None
    )
    while True:
        with suppress(StoreTrouble, KeysFault):
            if (step := stepped()) is not None:
                due_at = clock.now()
                await _tell_step(wired, clock, node, step)
            if clock.now() >= due_at:
                ahead = await _ahead(wired, clock)
                if abs(ahead) <= GREATEST_FORWARD_STEP:
                    due_at, is_told = clock.now() + HOUSEKEEPING, False
                    await wired.services.housekeeping.run()
                elif not is_told:
                    await _tell_step(wired, clock, node, ahead, of_server=True)
                    is_told = True
        await asyncio.sleep(every.total_seconds())


async def _ahead(wired: Wired, clock: Clock) -> timedelta:
    """How far the machine's clock is ahead of that of the store's server, at the least."""
    before = clock.now()
    there = await wired.store.time() if isinstance(clock, SystemClock) else None
    if there is None:
        return timedelta(0)
    return before - there if before > there else min(clock.now() - there, timedelta(0))


async def _tell_step(
    wired: Wired, clock: Clock, node: str, step: timedelta, *, of_server: bool = False
) -> None:
    """Write the event of a clock that was set, or differs from the server's, and by how much."""
    at = clock.now()
    event = Event(
        EventName.CLOCK_STEPPED,
        org_id=None,
        actor_id=None,
        subject_id=None,
        session=None,
        origin=Origin(connection=Secret(""), source_ip="local", client="strongroom", node=node),
        was_success=True,
        details={"seconds": round(step.total_seconds()), **({"against": "server"} if of_server else {})},
    )
    async with act_in(wired.store, at, None) as tx:
        await wired.services.audit.append(tx, event)
