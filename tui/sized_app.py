"""What is painted: below the size that the pages need a sentence, and a new screen once it is whole."""

from __future__ import annotations

from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from tui.screens.too_small import TooSmallScreen, is_too_small
from tui.terminal.guarded_app import GuardedApp

LONGEST_HOLD_SECONDS = 0.5
"""A screen that takes longer to build is painted as far as it is."""


class SizedApp(GuardedApp):
    """An app whose top screen tells the size that is needed, wherever there is too little room."""

    _room: Size | None = None

    def on_resize(self, event: Resize) -> None:
        """Cover what is open, or show it again."""
        self._room = event.size
        self.image.forget()  # terminals do not agree on what they do with their lines
        self.screen.refresh()
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

    def hold_painting(self) -> None:
        """Paint nothing until `paint_when_there`; half of a screen over the one before would be a muddle."""
        self._begin_batch()

    def paint_when_there(self, screen: Screen[object]) -> None:
        """Paint again once a screen has its widgets."""
        held = [True]

        def paint() -> None:
            """Let the screen be seen, once."""
            while held:
                held.pop()
                self._end_batch()
                self.screen.refresh()

        screen.call_later(paint)
        self.set_timer(LONGEST_HOLD_SECONDS, paint)
