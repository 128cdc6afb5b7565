"""One key after the other: each finds the focus where the key before it has put it.

Textual hands every key on at once to the widget that has the focus, while Tab and Enter are only handled
once they have come up to the app again. What a password manager types in one burst, "email Tab password",
would all land in the email's field, in the clear.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual.app import App
from textual.events import Event, Key
from textual.message_pump import MessagePump

LAPS = 2
"""From the focus up to the app: once for the key, once for the messages that it caused."""

AT_ONCE = frozenset({"ctrl+q"})
"""Keys that mean the same wherever the focus is; nobody waits for the end of a flood to leave."""

MOST_WAITING = 500
"""Keys that may wait; more are dropped, and that is told."""

PATIENCE_SECONDS = 0.5
"""How long one key may hold up the next, where a widget is busy."""


class KeyOrder:
    """Holds keys and pastes back until the one before is finished."""

    def __init__(
        self, app: App[int], take: Callable[[Event], Awaitable[None]], dropped: Callable[[], None]
    ) -> None:
        """Hold for an app; `take` handles an event as Textual does, `dropped` tells of one too many."""
        self._app = app
        self._take = take
        self._dropped = dropped
        self._waiting: deque[Event] = deque()
        self._turn = 0
        self._is_busy = False

    async def offer(self, event: Event) -> None:
        """Take an event now, or after those before it."""
        if isinstance(event, Key) and event.key in AT_ONCE:
            await self._take(event)
        elif not self._is_busy:
            await self._begin(event)
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append(event)
        else:
            self._dropped()

    def wait_for(self, node: MessagePump) -> None:
        """Hold back what comes until a new screen is there and has its focus."""
        self._is_busy = True
        self._follow(node)

    async def _begin(self, event: Event) -> None:
        """Take an event and follow it up."""
        self._is_busy = True
        node = self._focus
        await self._take(event)
        self._follow(node)

    def _follow(self, node: MessagePump) -> None:
        """Follow from a node to the app, behind whatever is on its way there."""
        self._turn += 1
        asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._finish, self._turn)
        self._step(self._turn, node, LAPS)

    def _step(self, turn: int, node: MessagePump, laps: int) -> None:
        """Wait until a node has handled what it has, then go on with its parent."""
        if turn == self._turn and not node.call_later(self._passed, turn, node, laps):
            self._finish(turn)

    def _passed(self, turn: int, node: MessagePump, laps: int) -> None:
        """Go on: to the parent, to the next lap, or to the next key."""
        if node is not self._app and node._parent is not None:
            self._step(turn, node._parent, laps)
        elif laps > 1:
            self._step(turn, self._focus, laps - 1)
        else:
            self._finish(turn)

    def _finish(self, turn: int) -> None:
        """Let the next one in, once for each turn."""
        if turn == self._turn:
            self._turn += 1
            if not self._app.call_later(self._next):
                self._is_busy = False

    async def _next(self) -> None:
        """Take the next one, or be ready for it."""
        self._is_busy = False
        if self._waiting:
            await self._begin(self._waiting.popleft())

    @property
    def _focus(self) -> MessagePump:
        """Where a key would go now."""
        return self._app.focused or self._app.screen
