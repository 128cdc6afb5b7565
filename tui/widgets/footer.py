"""The last row: the keys that act now, help first and never cut."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.key_names import shown_key

HELP = "app.help"
"""The binding that always comes first."""

PALETTE = "app.palette"
"""The binding that stands on the right where there is room."""

LAST = ("app.quit",)
"""Bindings that come after those of the screen."""


class Footer(Widget):
    """One row of keys and words; an entry that does not fit is left out whole."""

    DEFAULT_CSS = """
    Footer {
        height: 1;
        background: $panel;
        color: $muted;
    }
    """

    entries: reactive[tuple[tuple[str, str, str], ...]] = reactive(())
    """What is shown: key, word and action, in order."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        """Read the bindings that act now."""
        if screen is self.screen and self.is_attached:
            self.entries = tuple(self._collect())

    def _collect(self) -> list[tuple[str, str, str]]:
        """Return what is to be shown, help first; while a field has the focus no bare letter is offered."""
        focused = self.screen.focused
        in_field = focused is not None and focused.check_consume_key("a", "a")
        first, middle, last, palette = [], [], [], []
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            name = binding.id or f"{binding.action}"
            if not (active.enabled and (binding.show or name == HELP)) or name in seen:
                continue
            key = self._key_for(binding, in_field=in_field)
            if not key:
                continue
            seen.add(name)
            entry = (key, binding.description, binding.action)
            group = first if name == HELP else palette if name == PALETTE else last if name in LAST else middle
            group.append(entry)
        return [*first, *middle, *last, *palette]

    def _key_for(self, binding: Binding, *, in_field: bool) -> str:
        """Return how to write the key that acts now, or nothing where none does."""
        bare = binding.key_display or shown_key(binding.key)
        if not in_field or len(bare) > 1:
            return bare
        rest = [
            active.binding.key
            for active in self.screen.active_bindings.values()
            if active.binding.id == binding.id and len(shown_key(active.binding.key)) > 1
        ]
        return shown_key(rest[0]) if rest else ""

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
                await self.screen.run_action(action)
                return


def _entry(key: str, word: str) -> Content:
    """Draw one key and its word."""
    return Content.assemble((key, "bold $accent"), " ", (word, "$muted"))
