"""The size that the pages need: below it a sentence covers whatever is open, which waits underneath."""

from __future__ import annotations

from textual.events import Resize
from textual.geometry import Size

from tui.screens.too_small import TooSmallScreen, is_too_small
from tui.terminal.guarded_app import GuardedApp


class SizedApp(GuardedApp):
    """An app whose top screen tells the size that is needed, wherever there is too little room."""

    _room: Size | None = None

    def on_resize(self, event: Resize) -> None:
        """Cover what is open, or show it again."""
        self._room = event.size
        self.cover()

    def cover(self) -> None:
        """Say which size is needed on top of everything where there is too little room, and nowhere else."""
        is_small, stack = is_too_small(self._room or self.size), self._screen_stack
        for left in [screen for screen in stack[:-1] if isinstance(screen, TooSmallScreen)]:
            stack.remove(left)
            self.call_later(self._replace_screen, left)
        if is_small and not isinstance(self.screen, TooSmallScreen):
            command = getattr(self.screen, "COMMAND", f"{self.door.command} --help")
            self.push_screen(TooSmallScreen(command, self.cover))
        elif not is_small and isinstance(self.screen, TooSmallScreen):
            self.pop_screen()
