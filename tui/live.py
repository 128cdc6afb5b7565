"""The live worker of an app: follows what others change, keeps the session fresh, and notices its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual.message import Message

from security.refusals import SessionLocked, SessionOver
from security.trouble import StoreTrouble
from tui.messages import AccountChanged, SignedOut
from tui.visit import NotSignedIn, Visit

if TYPE_CHECKING:
    from security.services import Services

HEARTBEAT_SECONDS = 20.0
"""How often the session is touched while nothing changes."""

RETRY_SECONDS = 1.0
"""How long to wait before following again after the store failed."""

SETTLE_SECONDS = 0.05
"""How often to look whether an act that is under way has ended."""

LONGEST_ACT_SECONDS = 60.0
"""An act that takes longer than this is not waited for."""

UNKNOWN = "unknown"
"""The reason for a token that no session has."""


async def follow(visit: Visit, tell: Callable[[Message], object], is_acting: Callable[[], bool]) -> None:
    """Follow a visit's account until its session is over; tells AccountChanged and at last SignedOut.

    `is_acting` says whether an act of this visit is under way, which may be about to change the token.
    """
    services = await visit.ready()
    account_id = visit.account.id
    wake = asyncio.Event()
    feed = asyncio.create_task(_feed(services, account_id, wake, tell), name="change feed")
    try:
        while True:
            wake.clear()
            reason = await end_of(services, visit, is_acting)
            if reason is not None:
                tell(SignedOut(reason))
                return
            await _wait(wake)
    except NotSignedIn:
        return
    finally:
        feed.cancel()


async def _feed(
    services: Services, account_id: str, wake: asyncio.Event, tell: Callable[[Message], object]
) -> None:
    """Wake the heartbeat and tell the screen at each change of this account, for as long as it takes."""
    while True:
        try:
            async with aclosing(services.changes.follow(None, account_id=account_id)) as changes:
                async for change in changes:
                    wake.set()
                    tell(AccountChanged(change.kind))
        except StoreTrouble:
            await asyncio.sleep(RETRY_SECONDS)
            wake.set()  # what happened meanwhile is not told again


async def end_of(services: Services, visit: Visit, is_acting: Callable[[], bool]) -> str | None:
    """Keep the session fresh and read the account again; returns the reason where the session is over.

    A token that no session has may be the one that an act of this visit has just replaced: the answer
    counts only once no act is under way and the visit still holds that token.
    """
    while True:
        token = visit.token
        try:
            visit.renew_account(await services.sessions.touch(token))
        except SessionOver as over:
            if over.reason != UNKNOWN:
                return over.reason if visit.token == token else None
            await _settled(is_acting)
            if visit.token == token:
                return UNKNOWN
        except (SessionLocked, StoreTrouble):
            return None
        else:
            return None


async def _settled(is_acting: Callable[[], bool]) -> None:
    """Wait until no act is under way, and a moment more for its token to be taken over."""
    turns = int(LONGEST_ACT_SECONDS / SETTLE_SECONDS)
    while is_acting() and turns > 0:
        turns -= 1
        await asyncio.sleep(SETTLE_SECONDS)
    await asyncio.sleep(SETTLE_SECONDS)


async def _wait(wake: asyncio.Event) -> None:
    """Wait for a change or for the next heartbeat, whichever is first."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await wake.wait()
    except TimeoutError:
        return
