"""The QR code of the wizard: blocks that a camera reads in any colour depth.

The pattern stands in half blocks, or in whole cells where the font has none (`tui.qr_matrix`), light modules
as ink. Colour says the same once more,
white ink on black and white on white under `█`, so that

- with colours the terminal's own colours play no part, and a font whose `█` leaves a gap shows no seam;
- without them (NO_COLOR, stripped on the way) light ink on a dark ground still has light modules light, as
  readers want it; on a light ground it comes out inverted, and F3 puts that right: it turns each module over;
- where a palette has black and white the wrong way round, F3 puts that right as well.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.palettes import CODE_DARK, CODE_LIGHT
from tui.qr_matrix import MARGINS, Form, Matrix, cells_of, lines_of

LARGER_MARGINS = (*reversed(MARGINS), 8)
"""Every quiet zone that a person can ask for, smallest first."""

_FULL = Style(color=CODE_LIGHT, bgcolor=CODE_LIGHT)
_PART = Style(color=CODE_LIGHT, bgcolor=CODE_DARK)


def size_of(modules: int, margin: int, form: Form = "halves") -> Size:
    """Tell the cells that a pattern of so many modules takes with its quiet zone."""
    return Size(*cells_of(modules, margin, form))


def best_margin(modules: int, room: Size, form: Form = "halves") -> int | None:
    """Choose the widest quiet zone of the standard that the room has, None where not even one module fits."""
    return next((margin for margin in MARGINS if _fits(modules, margin, room, form)), None)


def next_margin(modules: int, room: Size, margin: int, form: Form = "halves") -> int | None:
    """Choose the next larger quiet zone that the room has, None where there is no larger one."""
    return next((wide for wide in LARGER_MARGINS if wide > margin and _fits(modules, wide, room, form)), None)


def _fits(modules: int, margin: int, room: Size, form: Form) -> bool:
    size = size_of(modules, margin, form)
    return size.width <= room.width and size.height <= room.height


def strip_of(line: str) -> Strip:
    """Colour a line of half blocks, one segment for each run of whole or of other cells."""
    segments: list[Segment] = []
    start = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or (line[place] == "█") is not (line[start] == "█"):
            segments.append(Segment(line[start:place], _FULL if line[start] == "█" else _PART))
            start = place
    return Strip(segments, len(line))


class QrCode(Widget):
    """One QR code at its own size; the screen that holds it says how wide a margin there is room for."""

    # A selection would recolour cells, and the text of a QR code is of no use to anyone.
    ALLOW_SELECT = False

    DEFAULT_CSS = """
    QrCode {
        width: auto;
        height: auto;
    }
    """

    is_inverted: reactive[bool] = reactive(False)
    """Every module is turned over."""

    margin: reactive[int] = reactive(2, layout=True)
    """The quiet zone, in modules."""

    form: reactive[Form] = reactive[Form]("halves", layout=True)
    """How modules become cells."""

    matrix: reactive[Matrix] = reactive((), layout=True, repaint=True)
    """The pattern; empty before it is shown and after it was dropped."""

    def __init__(self) -> None:
        """Begin without a pattern."""
        super().__init__()
        self._lines: list[str] = []

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Be as wide as the pattern with its quiet zone."""
        return size_of(len(self.matrix), self.margin, self.form).width if self.matrix else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Be as high as the pattern with its quiet zone."""
        return size_of(len(self.matrix), self.margin, self.form).height if self.matrix else 0

    def watch_matrix(self) -> None:
        """Draw the new pattern, or forget the one that was dropped."""
        self._draw()

    def watch_margin(self) -> None:
        """Draw the pattern with its new quiet zone."""
        self._draw()

    def watch_form(self) -> None:
        """Draw the pattern in the other form."""
        self._draw()

    def watch_is_inverted(self) -> None:
        """Draw the pattern turned over."""
        self._draw()

    def render_line(self, y: int) -> Strip:
        """Draw one row of cells."""
        return strip_of(self._lines[y]) if y < len(self._lines) else Strip.blank(self.size.width)

    def _draw(self) -> None:
        self._lines = []
        if self.matrix:
            self._lines = lines_of(self.matrix, self.margin, form=self.form, is_inverted=self.is_inverted)
