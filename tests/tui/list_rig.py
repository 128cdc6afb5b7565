"""A page that is one list, on our driver, for tests that count bytes: -m tests.tui.list_rig KIND COUNT."""

from __future__ import annotations

from tui.terminal.environment import scrub

if __name__ == "__main__":
    scrub()

import asyncio
import os
import sys

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from security.facts import Secret
from security.origin import Origin
from tests.tui.list_rows import Row, Table, key_of
from tui import screen_list
from tui.app import StrongroomApp
from tui.door import Door
from tui.keys import keymap
from tui.terminal.run import run_guarded
from tui.widgets.badge import badge
from tui.widgets.page_frame import PageFrame
from tui.widgets.row_list import RowList
from tui.widgets.row_paint import Column, ColumnPainter, LinesPainter, RowLine
from tui.widgets.tone import Tone

CLIENTS = ("OpenSSH, kitty 0.35.2", "Firefox 131 on Linux", "Safari 18 on iPhone", "unknown client")
PLACES = ("Oslo, Norway", "Bergen, Norway", "place unknown", "Zürich, Schweiz")


def client(row: Row) -> str:
    """A device."""
    return CLIENTS[row.id // 10 % 4]


def columns() -> ColumnPainter[Row]:
    """As the sessions are told where there is room."""
    return ColumnPainter(
        Column("Device", client, least=12, most=32),
        Column("IP", lambda row: f"203.0.113.{row.id // 10 % 250}", least=9, style="$muted"),
        Column("Place", lambda row: PLACES[row.id // 10 % 4], least=8, style="$muted", rank=2),
        Column("Number", lambda row: str(row.id // 10), is_right=True, rank=1),
    )


def two_lines(row: Row, width: int) -> tuple[RowLine, RowLine]:
    """As the sessions are told where there is little room."""
    mark = ("● ", "$well") if row.id == 0 else ("! ", "$attention") if row.id % 40 == 20 else "  "
    title = Content.assemble(mark, (client(row), "bold"))
    note = badge("Current", Tone.WELL) if row.id == 0 else ""
    below = Content.styled(f"  203.0.113.{row.id // 10 % 250} · {PLACES[row.id // 10 % 4]}", "$muted")
    return (
        RowLine(title, Content.assemble("  ", note) if note else "", Content.styled("12 min", "bold")),
        RowLine("", below),
    )


class ListRig(Screen[None]):
    """A frame with a list."""

    BINDINGS = keymap.bindings("page", "scroll")

    def compose(self) -> ComposeResult:
        """Build the page."""
        kind = sys.argv[1] if len(sys.argv) > 1 else "columns"
        painter = LinesPainter(two_lines, 2) if kind == "lines" else columns()
        with PageFrame("Rig › List", room="security"):
            yield Static(Content("A list of the rig"))
            yield RowList(painter, key=key_of, empty="No rows yet. They come with the first sign-in.")

    def on_mount(self) -> None:
        """Show the rows."""
        count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
        table = Table.of(count)
        kind = sys.argv[1] if len(sys.argv) > 1 else "columns"
        if kind == "search":
            table.step, table.wants, table.is_counted = 50, lambda row: row.id % 3000 == 0, False
            table.gate = asyncio.Event()
            self.set_interval(0.05, self._open_gate)
        self.table = table
        rows = self.query_one(RowList)
        rows.show(table)
        rows.focus()

    def _open_gate(self) -> None:
        """Let one reading through."""
        if self.table.gate is not None:
            self.table.gate.set()
            self.call_later(self.table.gate.clear)

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        """Say what was opened."""
        self.query_one(PageFrame).notice.say(f"opened {event.row.id // 10}.", Tone.WELL)

    def action_refresh(self) -> None:
        """Read again."""
        self.query_one(RowList).renew()


async def _connect() -> object:
    """Open nothing, ever."""
    await asyncio.sleep(3600)
    raise AssertionError


def main() -> int:
    """Run the rig and end with its code."""
    screen_list.SCREENS["sign_in"] = ("tests.tui.list_rig", "ListRig")
    door = Door(
        connect=_connect,  # type: ignore[arg-type]
        origin=Origin(Secret("connection"), "local", "rig", "rig"),
        color=os.environ.get("RIG_COLOR", "auto"),  # type: ignore[arg-type]
        environment=dict(os.environ),
    )
    app = StrongroomApp(door)
    if os.environ.get("RIG_THEME"):
        app.theme = os.environ["RIG_THEME"]
    return run_guarded(app)


if __name__ == "__main__":
    sys.exit(main())
