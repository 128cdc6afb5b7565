"""The newest events of the account: when, what, and from where."""

from __future__ import annotations

from datetime import datetime, tzinfo

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from security.facts import EventView
from tui.words.events import event_words
from tui.words.moments import stamp
from tui.words.sessions import source_words


class LatelyList(Widget):
    """A few events, newest first, one row each; nothing to choose."""

    DEFAULT_CSS = """
    LatelyList {
        height: auto;
    }
    """

    happenings: reactive[tuple[EventView, ...]] = reactive((), layout=True)
    """What is shown, newest first."""
    now: reactive[datetime | None] = reactive(None)
    """The moment from which times are told."""
    zone: reactive[tzinfo | None] = reactive(None)
    """Where times are told: None is local time."""

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """One row an event, and one for saying that there is none."""
        return max(1, len(self.happenings))

    def render(self) -> Content:
        """The events, or why there are none."""
        now = self.now
        if now is None:
            return Content("")
        if not self.happenings:
            return Content.styled("Nothing yet: what you do here will be listed.", "$muted")
        whens = [stamp(event.at, now, self.zone) for event in self.happenings]
        whats = [event_words(event.name) for event in self.happenings]
        columns = max(map(len, whens)) + 2, max(map(len, whats)) + 2
        return Content("\n").join(
            self._row(event, when, what, columns)
            for event, when, what in zip(self.happenings, whens, whats, strict=True)
        )

    def _row(self, event: EventView, when: str, what: str, columns: tuple[int, int]) -> Content:
        """One event in aligned columns; a failure wears a mark and says so in its words."""
        row = Content.assemble(
            (f"{when:<{columns[0]}}", "$muted"),
            ("  " if event.was_success else "! ", "$attention"),
            (f"{what:<{columns[1]}}", "" if event.was_success else "$attention"),
        )
        room = max(0, self.content_size.width - row.cell_length)
        whole = f"{event.client} · {source_words(event.source_ip)}"
        where = whole if cell_len(whole) <= room else event.client  # of two halves none is told by half
        return row + Content.styled(where, "$muted").truncate(room, ellipsis=True)
