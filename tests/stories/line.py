"""A terminal that is a bare pseudo-terminal: a story sees every byte, every mode, and how it is left."""

from __future__ import annotations

import re
import termios
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tests.stories.glass import Glass
from tests.stories.terminal import PATIENCE
from tests.tui.pty_rig import Rig

KEYS = {
    **{"Enter": "\r", "Escape": "\x1b", "Tab": "\t", "BTab": "\x1b[Z", "BSpace": "\x7f"},
    **{"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D"},
    **{"F1": "\x1bOP", "F2": "\x1bOQ", "F5": "\x1b[15~", "F7": "\x1b[18~"},
    **{"C-NPage": "\x1b[6;5~", "C-q": "\x11", "C-z": "\x1a", "C-l": "\x0c"},
}
"""What keys send, by tmux's names for them."""


class Line:
    """One program on a pty of its own; a Visitor can sit down at it as at a tmux. A context manager."""

    def __init__(
        self, *words: str, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        """Start `python -m` with some words."""
        self.rig = Rig(*words, size=size, environment=env)
        self.glass = Glass(*size)
        self._fed = 0

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(self.text())
        self.rig.__exit__(kind, error, trace)

    @property
    def seen(self) -> bytes:
        """Every byte that came."""
        return self.rig.seen

    def modes(self) -> list[Any]:
        """How the line is set now: echo, editing, signals."""
        return termios.tcgetattr(self.rig.tty)

    def type(self, text: str) -> None:
        """Type a text."""
        self.rig.send(text)

    def press(self, *keys: str) -> None:
        """Press keys, by name or by character."""
        for key in keys:
            self.rig.send(KEYS.get(key, key))
            self.read(0.05)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size."""
        self._feed()
        self.glass.resize(columns, rows)
        self.rig.resize(columns, rows)

    def read(self, seconds: float) -> None:
        """Take what comes for so long."""
        self.rig.read(seconds)
        self._feed()

    def text(self) -> str:
        """The screen as plain text."""
        self.read(0)
        return self.glass.text()

    def wait(self, pattern: str, *, seconds: float = PATIENCE) -> str:
        """Wait until the screen matches; return the screen."""
        return self._wait(pattern, True, seconds)

    def gone(self, pattern: str, *, seconds: float = PATIENCE) -> str:
        """Wait until the screen matches no more; return the screen."""
        return self._wait(pattern, False, seconds)

    def ended(self, *, seconds: float = PATIENCE) -> int:
        """Wait until the program has ended; return its status as a shell says it."""
        code = self.rig.exits(seconds)
        self._feed()
        return 128 - code if code < 0 else code

    def _feed(self) -> None:
        """Show what came."""
        self.glass.feed(self.rig.seen[self._fed :])
        self._fed = len(self.rig.seen)

    def _wait(self, pattern: str, present: bool, seconds: float) -> str:
        """Wait for a screen that stands still."""
        end, before = time.monotonic() + seconds, ""
        while True:
            screen = self.text()
            if bool(re.search(pattern, screen)) == present and screen == before:
                return screen
            before = screen
            if time.monotonic() > end:
                state = "never came" if present else "never went"
                raise AssertionError(f"{pattern!r} {state} within {seconds:g} s; the screen:\n{screen}")
            self.read(0.05)
