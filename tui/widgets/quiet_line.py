"""One muted line that follows a cursor; only the cells that differ are drawn again, to cost few bytes."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class QuietLine(Widget):
    """Words in one style, cut at the edge; foreign text in them must be `SafeText`."""

    DEFAULT_CSS = """
    QuietLine {
        height: 1;
        width: 1fr;
        color: $muted;
    }
    """

    words: reactive[str] = reactive("", repaint=False)
    """What is said."""

    def render_line(self, y: int) -> Strip:
        """Draw the words, and blanks after them."""
        return Strip([Segment(self._drawn(self.words), self.visual_style.rich_style)], self.size.width)

    def watch_words(self, before: str, words: str) -> None:
        """Draw what differs between the first and the last cell that do."""
        old, new = self._drawn(before), self._drawn(words)
        if len(old) != cell_len(old) or len(new) != cell_len(new):
            self.refresh()
            return
        different = [place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other]
        if different:
            self.refresh(Region(different[0], 0, different[-1] - different[0] + 1, 1))

    def _drawn(self, words: str) -> str:
        """The words at exactly the width of the line."""
        width = self.size.width
        if cell_len(words) > width > 0:
            words = set_cell_size(words, width - 1) + "…"
        return set_cell_size(words, width)
