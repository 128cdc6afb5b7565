"""When the screen locks: nobody touched the terminal for too long while somebody is inside."""

from __future__ import annotations

from textual.events import Event, InputEvent, Paste

from tui import messages
from tui.door import Door
from tui.idle import IdleWatch
from tui.keyed_app import KeyedApp
from tui.screen_list import SCREENS


class LockingApp(KeyedApp):
    """An app that notes when the person did something, and asks for the lock where that was long ago."""

    def __init__(self, door: Door) -> None:
        """Begin to count."""
        super().__init__(door)
        self.idle = IdleWatch(door.idle_lock_seconds)
        """When the person last did something."""

    async def on_event(self, event: Event) -> None:
        """Note when the person did something, then go on as usual.

        What comes first after too long a time, as when a laptop is opened again, only locks the screen.
        """
        if isinstance(event, (InputEvent, Paste)):
            if self._is_lock_due:
                self.post_message(messages.IdleReached())
                return
            self.idle.touched()
        await super().on_event(event)

    @property
    def is_locked(self) -> bool:
        """Whether the idle lock is shown."""
        return any(type(screen).__name__ == SCREENS["idle_lock"][1] for screen in self.screen_stack)

    @property
    def _is_lock_due(self) -> bool:
        """Whether nobody touched the terminal for too long while somebody is inside."""
        is_inside = self.visit.signed_in is not None and not self.is_locked
        return is_inside and not self.is_saving and self.idle.seconds_left() <= 0

    def _look_for_idleness(self) -> None:
        """Lock where nobody touched the terminal, and look again when that could next be so."""
        if self._is_lock_due:
            self.post_message(messages.IdleReached())
        self.watch_idleness()

    def watch_idleness(self) -> None:
        """Set the timer for the moment when the lock could next be due."""
        if not self.idle.never_locks:
            self.set_timer(self.idle.seconds_to_look(), self._look_for_idleness)
