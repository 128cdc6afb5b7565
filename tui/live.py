"""The live worker of an app: follows what others change, keeps the session fresh, and notices its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual.message import Message

from security.refusals import SessionLocked, SessionOver
from security.trouble import StoreTrouble
from tui.door import Door, DoorClosed
from tui.messages import AccountChanged, LiveChanged, SignedOut
from tui.visit import NotSignedIn, Visit

if TYPE_CHECKING:
    from security.services import Services

HEARTBEAT_SECONDS = 20.0
"""How often the session is touched while nothing changes."""

RETRY_SECONDS = 1.0
"""How long to wait before following again after the store failed."""

STANDS_SECONDS = 1.0
"""How long a feed that broke must be followed again before it counts as mended."""

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
    link = Link(visit, services, tell)
    feed = asyncio.create_task(_feed(services, account_id, wake, link), name="change feed")
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


async def stand(door: Door, may_go: Callable[[], bool]) -> None:
    """Wait until nothing more can be done at a door, and until nothing is open that would be lost.

    Raises:
        DoorClosed: with the reason; the visit is over.
    """
    try:
        await door.stand()
    except DoorClosed:
        while not may_go():  # noqa: ASYNC110 - screens come and go by many ways
            await asyncio.sleep(SETTLE_SECONDS)
        raise


class Link:
    """Whether a visit follows the feed of changes: its screens say so where it does not."""

    def __init__(self, visit: Visit, services: Services, tell: Callable[[Message], object]) -> None:
        """Begin as followed."""
        self.tell = tell
        """Hands a message to the app or its screens."""
        self._visit = visit
        self._services = services
        self._mending: asyncio.TimerHandle | None = None

    def begun(self) -> None:
        """Count a feed that broke before as followed again, once it has stood for a moment."""
        if self._visit.not_live_since is not None:
            self._mending = asyncio.get_running_loop().call_later(STANDS_SECONDS, self._mended)

    def broken(self) -> None:
        """Remember since when, and let the screens say so."""
        self.closed()
        if self._visit.not_live_since is None:
            self._visit.not_live_since = self._services.clock.now()
            self.tell(LiveChanged())

    def closed(self) -> None:
        """Wait for nothing any more."""
        if self._mending is not None:
            self._mending.cancel()
            self._mending = None

    def _mended(self) -> None:
        """Let the screens read what they missed."""
        self._visit.not_live_since = None
        self.tell(LiveChanged())


async def _feed(services: Services, account_id: str, wake: asyncio.Event, link: Link) -> None:
    """Wake the heartbeat and tell the screen at each change of this account, for as long as it takes."""
    try:
        while True:
            try:
                async with aclosing(
                    services.changes.follow(None, account_id=account_id, begun=link.begun)
                ) as changes:
                    async for change in changes:
                        wake.set()
                        link.tell(AccountChanged(change.kind))
                return  # the store was closed: nothing will be heard any more
            except StoreTrouble:
                link.broken()
                await asyncio.sleep(RETRY_SECONDS)
                wake.set()  # what happened meanwhile is not told again
    finally:
        link.closed()


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
