"""The last thirty days in thirty cells, with their figures in words."""

from __future__ import annotations

from datetime import UTC, tzinfo

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from security.activity_facts import ActivityDays
from tui.words.activity import days_words

LEVELS = "▁▂▃▄▅▆▇█"
"""The bars of a day with events, by how many there were."""

EMPTY = "·"
"""A day without."""

GAP = "  "

BESIDE = 90
"""From so many cells on, a month's bars and its words stand on one line."""


def bars(counts: tuple[int, ...]) -> str:
    """One cell a day; the busiest is full, and a day with any event at all has a bar."""
    most = max(counts, default=0)
    return "".join(LEVELS[-(-count * len(LEVELS) // most) - 1] if count else EMPTY for count in counts)


class ActivityChart(Widget):
    """Bars and words on one line, or the words below where they have no room beside.

    Its height follows from its width alone, so that nothing moves when the figures come.
    """

    DEFAULT_CSS = """
    ActivityChart {
        height: auto;
        width: 1fr;
    }
    """

    days: reactive[ActivityDays | None] = reactive(None)
    """What is drawn; None before it was read."""
    zone: reactive[tzinfo | None] = reactive(UTC)
    """Where times are told: None is local time."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line or two."""
        return 1 if width >= BESIDE else 2

    def render(self) -> Content:
        """The bars, and what they add up to."""
        if self.days is None:
            return Content("")
        drawn = bars(self.days.counts)
        between = GAP if self.content_size.width >= BESIDE else "\n"
        pieces = [(piece, "$muted" if piece[0] == EMPTY else "$accent") for piece in _runs(drawn)]
        return Content.assemble(*pieces, between, (days_words(self.days, self.zone), "$muted"))


def _runs(drawn: str) -> list[str]:
    """The bars in pieces that are all empty days, or none."""
    pieces: list[str] = []
    for cell in drawn:
        if pieces and (pieces[-1][0] == EMPTY) == (cell == EMPTY):
            pieces[-1] += cell
        else:
            pieces.append(cell)
    return pieces
