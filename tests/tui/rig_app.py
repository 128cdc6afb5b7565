"""A small app on our driver or Textual's own, for tests that look at bytes: -m tests.tui.rig_app KIND."""

from __future__ import annotations

from tui.terminal.environment import scrub

if __name__ == "__main__":
    import sys

    if sys.argv[1] != "stock":
        scrub()

import asyncio
import os
import sys
import time
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input, Static

from security.facts import Secret
from security.origin import Origin
from security.safe_text import SafeText
from tui import screen_list
from tui.app import StrongroomApp
from tui.door import Door, DoorClosed
from tui.keyed_app import KeyedApp
from tui.terminal.run import run_guarded
from tui.visit import send_to_clipboard
from tui.widgets.labelled_field import LabelledField
from tui.widgets.page_frame import PageFrame
from tui.widgets.text_field import TextField

CANARY = "hunter2-canary-local"
"""Must never be on the terminal."""

HOSTILE = "evil\x1b[31mred\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://x\x07link\x1bPdcs\x1b\\\x9b1mc1\u202ebidi\x00nul[/red]"
"""Everything that a name from elsewhere could hold."""


class RigScreen(Screen[None]):
    """Two fields, a hostile name and some keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "crash", "Crash"),
        Binding("f8", "copy_all", "Copy"),
        Binding("f7", "stall", "Stall"),
        Binding("f6", "crash_worker", "Crash"),
        Binding("x", "bare", "Bare"),
    ]

    def __init__(self) -> None:
        """Begin without a size."""
        super().__init__()
        self.shown_size = Size()
        self.layouts = 0

    def compose(self) -> ComposeResult:
        """Build a page."""
        with PageFrame("Rig", room="security"):
            yield LabelledField("Password", TextField(password=True, id="secret"))
            yield LabelledField("Name", TextField(id="name"))
            yield Static(Content(HOSTILE))
            yield Static("size", id="size")
            yield Static("", id="said")

    def on_mount(self) -> None:
        """Begin in the password."""
        self.query_one("#secret").focus()

    def on_resize(self) -> None:
        """Show how large the screen is, and how often that changed."""
        if self.size != self.shown_size:
            self.shown_size, self.layouts = self.size, self.layouts + 1
        size = Content(f"size {self.size.width}x{self.size.height} layouts {self.layouts}.")
        self.query_one("#size", Static).update(size)

    @on(Input.Changed)
    def _changed(self) -> None:
        """Say how long the values are, in one word, which is always written as a whole."""
        lengths = "-".join(str(len(self.query_one(f"#{name}", Input).value)) for name in ("secret", "name"))
        self._say(f"lengths-{lengths}.")

    def _say(self, words: str) -> None:
        """Show words."""
        self.query_one("#said", Static).update(Content(words))

    def action_crash(self) -> None:
        """Fail with a secret in a local variable and in the message."""
        password = CANARY
        raise RuntimeError(f"failed with {password}")

    def action_crash_worker(self) -> None:
        """Fail in a worker."""

        async def fail() -> None:
            password = CANARY
            raise LookupError(password)

        self.run_worker(fail(), description="fail")

    def action_stall(self) -> None:
        """Block the loop for long."""
        time.sleep(30)

    def action_copy_all(self) -> None:
        """Copy a code, at somebody's wish."""
        self._say(send_to_clipboard(self, "ABCD-EFGH"))

    def action_bare(self) -> None:
        """Say that a bare letter acted."""
        self._say("bare acted.")


class StockScreen(RigScreen):
    """The same as Textual has it."""

    def compose(self) -> ComposeResult:
        """Build stock widgets."""
        yield Input(password=True, id="secret")
        yield Input(id="name")
        yield Static(Content(HOSTILE))
        yield Static("size", id="size")
        yield Static("", id="said")

    def _changed(self) -> None:
        """Say nothing."""


class StockApp(App[int]):
    """Textual's own app."""

    def on_mount(self) -> None:
        """Show the screen."""
        self.push_screen(StockScreen())


async def _connect() -> object:
    """Open nothing, ever; or be closed."""
    if "closed" in sys.argv:
        raise DoorClosed(SafeText("The store is closed."), 69)
    await asyncio.sleep(3600)
    raise AssertionError


def _crashed(incident_id: str, type_name: str) -> None:
    """Tell the test of a crash."""
    if path := os.environ.get("RIG_CRASH_FILE"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{incident_id} {type_name}\n")


async def _close() -> None:
    """Tell the test that the door was closed."""
    if path := os.environ.get("RIG_CLOSE_FILE"):
        with open(path, "a", encoding="utf-8") as file:
            file.write("closed\n")


def door() -> Door:
    """Build a door for the rig."""
    return Door(
        connect=_connect,  # type: ignore[arg-type]
        origin=Origin(Secret("connection"), "local", "rig", "rig"),
        color=os.environ.get("RIG_COLOR", "auto"),  # type: ignore[arg-type]
        environment=dict(os.environ),
        on_crash=_crashed,
        close=_close,
    )


def main() -> int:
    """Run the app that was asked for and end with its code."""
    if sys.argv[1] == "stock":
        app = StockApp()
        app.run()
        return app.return_code or 0
    screen_list.SCREENS["sign_in"] = ("tests.tui.rig_app", "RigScreen")
    guarded: KeyedApp = StrongroomApp(door())
    return run_guarded(guarded)


if __name__ == "__main__":
    sys.exit(main())
