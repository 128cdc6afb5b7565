"""The live worker of an app: follows what others change, keeps the session fresh, and notices its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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
            async for change in services.changes.follow(None):
                if change.account_id == account_id:
                    wake.set()
                    tell(AccountChanged(change.kind))
        except StoreTrouble:
            await asyncio.sleep(RETRY_SECONDS)


async def _touch(services: Services, visit: Visit) -> str | None:
    """Keep the session fresh and read the account again; returns the reason where the session is over."""
    token = visit.token
    try:
        account = await services.sessions.touch(token)
    except SessionOver as over:
        return over.reason if visit.token.reveal == token.reveal else None
    except (SessionLocked, StoreTrouble):
        return None
    visit.renew_account(account)
    return None


async def _wait(wake: asyncio.Event) -> None:
    """Wait for a change or for the next heartbeat, whichever is first."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await wake.wait()
    except TimeoutError:
        return
