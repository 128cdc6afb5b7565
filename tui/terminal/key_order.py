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

from tui.terminal.input_budget import TOO_FAST

LAPS = 2
"""From the focus up to the app: once for the key, once for the messages that it caused."""

MOST_WAITING = 500
"""Keys that may wait; more are dropped, and that is told."""

PATIENCE_SECONDS = 0.5
"""How long one key may hold up the next, where a widget is busy."""


PAUSE_SECONDS = 1.0
"""Whoever types on without such a pause has not seen yet that another screen has come."""

FOR_ANOTHER = "What you typed for the page before was dropped. Pause for a second, then go on."
"""What is said to them."""


class KeyOrder:
    """Holds keys and pastes back until the one before is finished."""

    def __init__(
        self, app: App[int], take: Callable[[Event], Awaitable[None]], dropped: Callable[[str], None]
    ) -> None:
        """Hold for an app; `take` handles an event as Textual does, `dropped` says why one was not taken."""
        self._app = app
        self._take = take
        self._dropped = dropped
        self.at_once = frozenset({"ctrl+q"})
        """Keys that mean the same wherever the focus is; nobody waits for the end of a flood to leave."""
        self._waiting: deque[Event] = deque()
        self._turn = 0
        self._is_busy = False
        self._last_at = float("-inf")
        self._is_stale = False

    async def offer(self, event: Event) -> None:
        """Take an event now, or after those before it; what is typed for a screen that is gone is dropped."""
        if isinstance(event, Key) and event.key in self.at_once:
            await self._take(event)
        elif self._is_for_another_screen():
            self._dropped(FOR_ANOTHER)
        elif not self._is_busy:
            await self._begin(event)
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append(event)
        else:
            self._dropped(TOO_FAST)

    def drop_typed(self) -> None:
        """Drop what was typed for a screen that went away by itself, and what is typed on without a pause.

        A password that is being typed would land in the first field of the screen that comes, in the clear.
        """
        self._waiting.clear()
        self._is_stale = True

    def _is_for_another_screen(self) -> bool:
        """Whether an event that comes now still belongs to what was typed for the screen before."""
        now = asyncio.get_running_loop().time()
        has_paused = now - self._last_at >= PAUSE_SECONDS
        self._last_at = now
        self._is_stale = self._is_stale and not has_paused
        return self._is_stale

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
