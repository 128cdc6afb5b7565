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

UNKNOWN = "unknown"
"""The reason for a token that no session has."""


async def follow(visit: Visit, tell: Callable[[Message], object]) -> None:
    """Follow a visit's account until its session is over; tells AccountChanged and at last SignedOut."""
    services = await visit.ready()
    account_id = visit.account.id
    wake = asyncio.Event()
    feed = asyncio.create_task(_feed(services, account_id, wake, tell), name="change feed")
    try:
        while True:
            wake.clear()
            reason = await _touch(services, visit)
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


async def _touch(services: Services, visit: Visit) -> str | None:
    """Keep the session fresh and read the account again; returns the reason where the session is over."""
    for attempt in range(2):
        token = visit.token
        try:
            visit.renew_account(await services.sessions.touch(token))
        except SessionOver as over:
            if over.reason != UNKNOWN or attempt == 1:
                return over.reason if visit.token == token else None
            await asyncio.sleep(RETRY_SECONDS)  # an act of this visit may just have changed the token
        except (SessionLocked, StoreTrouble):
            return None
        else:
            return None
    return None


async def _wait(wake: asyncio.Event) -> None:
    """Wait for a change or for the next heartbeat, whichever is first."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await wake.wait()
    except TimeoutError:
        return
