"""The rooms on the left, or on one line where the terminal is narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.keys.keymap import bindings


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation."""

    id: str
    """What `Navigation.Chosen` names."""
    label: str
    """The room's name, at most 13 characters."""
    group: str
    """The heading that it stands under."""


GENERAL = Room("general", "General", "Profile")
"""The person: name and sessions."""

SECURITY = Room("security", "Security", "Profile")
"""Password, two-factor, overview."""

ROOMS = (GENERAL, SECURITY)
"""The rooms that exist."""


class Navigation(Widget, can_focus=True):
    """The rooms that the person may enter, the present one marked."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("rooms")

    DEFAULT_CSS = """
    Navigation {
        width: 17;
        height: 1fr;
        padding: 1 0 0 0;
        border-right: vkey $line;
        color: $ink;
        background: $ground;
    }
    Navigation.-line {
        width: 1fr;
        height: 2;
        padding: 0;
        border-right: none;
        border-bottom: hkey $line;
    }
    """

    room: reactive[str] = reactive("")
    """The id of the room that is shown."""
    pointed: reactive[int] = reactive(0)
    """The entry that enter would open while the navigation has the focus."""
    is_line: reactive[bool] = reactive(False, toggle_class="-line")
    """Whether the rooms stand on one line."""

    class Chosen(Message):
        """The person wants to go to a room."""

        def __init__(self, room: str) -> None:
            """Keep the room's id."""
            super().__init__()
            self.room = room
            """The id of a `Room`."""

    def __init__(self, room: str, rooms: tuple[Room, ...] = ROOMS) -> None:
        """Build the navigation with one room marked."""
        super().__init__()
        self._rooms = rooms
        self.set_reactive(Navigation.room, room)
        self.set_reactive(Navigation.pointed, self._index(room))

    def render(self) -> Content:
        """Draw the rooms under their headings, or side by side."""
        return self._as_line() if self.is_line else Content("\n").join(self._as_column())

    def _as_column(self) -> list[Content]:
        """Return one line for each heading and each room."""
        lines: list[Content] = []
        group = ""
        for index, entry in enumerate(self._rooms):
            if entry.group != group:
                if lines:
                    lines.append(Content(""))
                lines.append(Content.styled(f" {entry.group}", "bold $muted"))
                group = entry.group
            lines.append(self._entry(index, entry, width=16))
        return lines

    def _as_line(self) -> Content:
        """Return all rooms in one line."""
        return Content(" ").join(
            [self._entry(index, entry, width=0) for index, entry in enumerate(self._rooms)]
        )

    def _entry(self, index: int, entry: Room, width: int) -> Content:
        """Draw one room: a bar and weight for the present one, an underline where enter would go."""
        is_here = entry.id == self.room
        is_pointed = self.has_focus and index == self.pointed
        bar = "▌" if is_here else " "
        pad = " " * max(1, width - 2 - len(entry.label))
        back = " on $chosen" if is_here else ""
        style = ("bold $accent" if is_here else "$ink") + (" underline" if is_pointed else "")
        return Content.assemble(
            (bar, f"$accent{back}"), (" ", f"$ink{back}"), (entry.label, style + back), (pad, f"$ink{back}")
        )

    def _index(self, room: str) -> int:
        """Return where a room stands in the list, 0 where it does not."""
        return next((index for index, entry in enumerate(self._rooms) if entry.id == room), 0)

    def watch_room(self, room: str) -> None:
        """Point at the room that is shown."""
        self.pointed = self._index(room)

    def on_click(self, event: events.Click) -> None:
        """Open the room under the pointer."""
        event.stop()
        if self.is_line:
            end = 0
            for entry in self._rooms:
                end += len(entry.label) + 4
                if event.x < end:
                    self.post_message(self.Chosen(entry.id))
                    return
            return
        plain = [line.plain.strip("▌ ") for line in self._as_column()]
        row = event.y - 1
        if 0 <= row < len(plain):
            for entry in self._rooms:
                if entry.label == plain[row]:
                    self.post_message(self.Chosen(entry.id))

    def action_previous(self) -> None:
        """Point at the room before."""
        self.pointed = max(0, self.pointed - 1)

    def action_next(self) -> None:
        """Point at the room after."""
        self.pointed = min(len(self._rooms) - 1, self.pointed + 1)

    def action_choose(self) -> None:
        """Open the room that is pointed at."""
        self.post_message(self.Chosen(self._rooms[self.pointed].id))
