"""The tabs of a room: names on one row, a line below that is heavy under the present one."""

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
class Tab:
    """One tab."""

    id: str
    """What `TabStrip.Activated` names."""
    label: str
    """Its name; our own words."""
    mark: str = ""
    """A sign or number after the name ("✓", "3")."""


class TabStrip(Widget, can_focus=True):
    """Tabs of a room; arrows move while it has the focus, the screen's `[` and `]` always."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("tabs")

    DEFAULT_CSS = """
    TabStrip {
        height: 2;
        width: 1fr;
        color: $ink;
    }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    """The tabs, from left to right."""
    active: reactive[str] = reactive("")
    """The id of the tab that is shown."""

    class Activated(Message):
        """The person went to another tab."""

        def __init__(self, tab: str) -> None:
            """Keep the tab's id."""
            super().__init__()
            self.tab = tab
            """The id of a `Tab`."""

    def __init__(self, *tabs: Tab, active: str = "", id: str | None = None) -> None:
        """Build the strip; the first tab is shown where none is named."""
        super().__init__(id=id)
        self.set_reactive(TabStrip.tabs, tabs)
        self.set_reactive(TabStrip.active, active or tabs[0].id)

    def render(self) -> Content:
        """Draw names and line."""
        names: list[Content] = []
        rule: list[Content] = []
        used = 0
        for tab in self.tabs:
            text = _words(tab)
            is_here = tab.id == self.active
            gap = " " * self._gap if names else ""
            weight = ("bold $ink" + (" underline" if self.has_focus else "")) if is_here else "$muted"
            names.append(Content.assemble(gap, (text, weight)))
            rule.append(Content.styled("─" * len(gap), "$line"))
            rule.append(Content.styled("━" * len(text), "$accent") if is_here else _thin(len(text)))
            used += len(gap) + len(text)
        rule.append(_thin(max(0, self.size.width - used)))
        return Content("\n").join([Content("").join(names), Content("").join(rule)])

    @property
    def _gap(self) -> int:
        """Cells between two names: three, or as many as there is room for."""
        room = self.size.width - sum(len(_words(tab)) for tab in self.tabs)
        return min(3, max(1, room // max(1, len(self.tabs) - 1)))

    def show(self, tab: str) -> None:
        """Go to a tab and tell of it, where it is not shown already."""
        if tab != self.active:
            self.active = tab
            self.post_message(self.Activated(tab))

    def beside(self, by: int) -> str:
        """The id of the tab so many to the right of the one that is shown, around the end."""
        ids = [tab.id for tab in self.tabs]
        return ids[(ids.index(self.active) + by) % len(ids)]

    def on_click(self, event: events.Click) -> None:
        """Go to the tab under the pointer."""
        event.stop()
        end = 0
        for tab in self.tabs:
            end += len(_words(tab)) + self._gap
            if event.x < end - 1:
                self.show(tab.id)
                return

    def action_previous(self) -> None:
        """Go to the tab on the left."""
        self.show(self.beside(-1))

    def action_next(self) -> None:
        """Go to the tab on the right."""
        self.show(self.beside(1))


def _words(tab: Tab) -> str:
    """The name of a tab with its mark."""
    return f"{tab.label} {tab.mark}".rstrip()


def _thin(cells: int) -> Content:
    """Draw a piece of the quiet part of the line."""
    return Content.styled("─" * cells, "$line")
