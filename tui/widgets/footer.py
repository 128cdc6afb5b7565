"""The last row: the keys that act now, help first and never cut."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.keys.names import character_of, written

HELP = "app.help"
"""The binding that always comes first."""

PALETTE = "app.palette"
"""The binding that stands on the right where there is room."""

LAST = ("app.quit", "app.toggle_mouse")
"""Bindings that come after those of the screen."""


Entry = tuple[str, str, str]
"""Key, word and action."""


class Footer(Widget):
    """One row of keys and words; an entry that does not fit is left out whole."""

    DEFAULT_CSS = """
    Footer {
        height: 1;
        background: $panel;
        color: $muted;
    }
    """

    entries: reactive[tuple[Entry, ...]] = reactive(())
    """What is shown: key, word and action, in order."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        """Read the bindings that act now."""
        if screen is self.screen and self.is_attached:
            self.entries = tuple(self._collect())

    def _collect(self) -> list[Entry]:
        """Return what is to be shown, help first and each word once; in a field no bare letter is offered.

        Where a key changes between two ways, the screen has its word of the moment in `key_words`, by id.
        """
        first: list[Entry] = []
        middle: list[Entry] = []
        last: list[Entry] = []
        palette: list[Entry] = []
        seen: set[str] = set()
        others: Mapping[str, str] = getattr(self.screen, "key_words", {})
        for active in self.screen.active_bindings.values():
            binding = active.binding
            name = binding.id or f"{binding.action}"
            if not (active.enabled and (binding.show or name == HELP)) or name in seen:
                continue
            key = self._key_for(binding)
            if not key:
                continue
            seen.add(name)
            entry = (key, others.get(name, binding.description), binding.action)
            group = (
                first if name == HELP else palette if name == PALETTE else last if name in LAST else middle
            )
            group.append(entry)
        by_word: dict[str, Entry] = {}
        for entry in (*first, *middle, *last, *palette):
            by_word.setdefault(entry[1], entry)  # a second key for the same thing is told by help
        return [*by_word.values()]

    def _key_for(self, binding: Binding) -> str:
        """Return how to write the first key that would act now, or nothing where none would."""
        same = [a.binding for a in self.screen.active_bindings.values() if a.binding.id == binding.id]
        focused = self.screen.focused
        for each in same if binding.id else [binding]:
            if focused is None or not focused.check_consume_key(each.key, character_of(each.key)):
                return written(each.key, each.key_display)
        return ""

    def render(self) -> Content:
        """Draw as many entries as there is room for."""
        width = self.size.width
        parts: list[Content] = []
        used = 1
        *entries, tail = self.entries or (("", "", ""),)
        is_palette = tail[2].endswith("palette")
        for key, word, _ in entries if is_palette else self.entries:
            entry = _entry(key, word)
            if used + entry.cell_length + 1 > width and parts:
                break
            parts.append(entry)
            used += entry.cell_length + 2
        row = Content.assemble(" ", Content("  ").join(parts))
        if is_palette:
            palette = _entry(tail[0], tail[1])
            room = width - row.cell_length - palette.cell_length - 1
            if room >= 2:
                return Content.assemble(row, " " * room, palette)
        return row

    async def on_click(self, event: events.Click) -> None:
        """Run the action under the pointer."""
        event.stop()
        end = 1
        for key, word, action in self.entries:
            start, end = end, end + _entry(key, word).cell_length + 2
            if start <= event.x < end - 2:
                for active in self.screen.active_bindings.values():
                    if active.binding.action == action:
                        await self.app.run_action(action, active.node)
                        return


def _entry(key: str, word: str) -> Content:
    """Draw one key and its word."""
    return Content.assemble((key, "bold $accent"), " ", (word, "$muted"))
