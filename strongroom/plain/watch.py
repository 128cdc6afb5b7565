"""What goes on beside the questions: the feed of changes made elsewhere, and the idle lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from strongroom.plain.talk import Talk
from strongroom.plain.turns import Ended, Faulty, Locked
from tui import live
from tui.messages import SignedOut

if TYPE_CHECKING:
    from textual.message import Message


@asynccontextmanager
async def standing(talk: Talk) -> AsyncIterator[None]:
    """Stand at the door for as long as anything can be done there; its closing breaks the question off."""

    def report(task: asyncio.Task[None]) -> None:
        """Hand the reason to whoever talks."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            talk.console.break_off(fault)

    task = asyncio.create_task(_stand(talk), name="door")
    task.add_done_callback(report)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _stand(talk: Talk) -> None:
    """Wait for the door's closing."""
    await talk.visit.door.stand()


@asynccontextmanager
async def watched(talk: Talk) -> AsyncIterator[None]:
    """Follow the session while somebody is inside; its end and its lock break the question off."""

    def report(task: asyncio.Task[None]) -> None:
        """Hand a fault to whoever talks."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            talk.console.break_off(Faulty(fault))

    tasks = [
        asyncio.create_task(_follow(talk), name="live"),
        asyncio.create_task(_look_for_idleness(talk), name="idle"),
    ]
    for task in tasks:
        task.add_done_callback(report)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _follow(talk: Talk) -> None:
    """Notice within a moment when the session is ended elsewhere."""

    def tell(message: Message) -> None:
        """Break the question off where the session is over; all else is read anew when it is asked for."""
        if isinstance(message, SignedOut):
            talk.console.break_off(Ended(message.reason))

    await live.follow(talk.visit, tell, lambda: talk.is_acting)


async def _look_for_idleness(talk: Talk) -> None:
    """Lock where nobody answered for too long."""
    while not talk.idle.never_locks:
        await asyncio.sleep(talk.idle.seconds_to_look())
        if not talk.is_lock_due:
            continue
        try:
            await talk.lock()
        except Ended as ended:
            talk.console.break_off(ended)
        else:
            talk.console.break_off(Locked())
