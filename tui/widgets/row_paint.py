"""How a row is drawn: its lines, or cells in columns whose widths follow what is loaded.

What the cursor lights up is the title alone. A line costs the terminal some forty bytes for each change of
colour, so that lighting up whole rows would cost an arrow key more than all that it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content

R = TypeVar("R")
"""The type of a row."""

R_contra = TypeVar("R_contra", contravariant=True)
"""The type of a row that a painter draws."""

Words = str | Content
"""Plain text, foreign only as `SafeText`; or text with styles. Never markup."""

GAP = "  "
"""Between two columns."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """One line of a row: what the cursor lights up, what follows, and what stands at the right edge."""

    title: Words
    """On a row's first line the cursor lights it up; keep it short (24 cells cost an arrow key 300 bytes)."""
    rest: Words = ""
    """Follows the title at once; cut with an ellipsis where there is no room."""
    edge: Words = ""
    """At the right edge, never cut; a blank is kept before it."""


class Painter(Protocol[R_contra]):
    """Draws rows for a list; the list itself draws the cursor's mark in two cells before each line."""

    @property
    def lines(self) -> int:
        """How many lines every row has."""

    def fit(self, rows: Iterable[R_contra], width: int) -> bool:
        """Learn what is loaded and how wide a line may be; True where what was drawn must be drawn anew."""

    def forget(self) -> None:
        """Forget what was learnt: other rows come in place of these."""

    def header(self) -> Content | None:
        """The line of titles that stays above the rows, None where there is none."""

    def paint(self, row: R_contra) -> Sequence[RowLine]:
        """Draw a row; exactly `lines` of them."""


class LinesPainter(Generic[R]):
    """A painter of `lines` lines a row, drawn by a function of the row and the width of a line."""

    def __init__(self, paint: Callable[[R, int], Sequence[RowLine]], lines: int = 2) -> None:
        """Keep the function."""
        self.lines = lines
        """How many lines every row has."""
        self._paint = paint
        self._width = 0

    def fit(self, rows: Iterable[R], width: int) -> bool:
        """Keep the width."""
        is_new, self._width = width != self._width, width
        return is_new

    def forget(self) -> None:
        """Nothing was learnt."""

    def header(self) -> Content | None:
        """No titles."""
        return None

    def paint(self, row: R) -> Sequence[RowLine]:
        """Draw a row."""
        return self._paint(row, self._width)


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its title, what it says of a row, and how wide it may be."""

    title: str
    """Above the column; our own words."""
    cell: Callable[[R], Words] = field(repr=False)
    """What it says of a row, on one line."""
    least: int = 4
    """The fewest cells that make sense."""
    most: int = 40
    """The widest that it is drawn, whatever it holds."""
    style: str = ""
    """How its text looks ("$muted"); styles within the cell's Content go before it."""
    is_right: bool = False
    """Whether text stands at the right edge of the column, as numbers do."""
    rank: int = 0
    """Where there is no room for all, those with the greatest rank are cut and left out first; 0 never."""


class ColumnPainter(Generic[R]):
    """A painter of one line a row in columns; the cursor lights up the first column.

    A column is as wide as the widest of what was loaded so far, within its bounds: it may grow while the
    person reads on and never shrinks before other rows come, so that nothing jumps about.
    """

    lines = 1
    """One line a row."""

    def __init__(self, *columns: Column[R]) -> None:
        """Keep the columns, from left to right."""
        self._columns = columns
        self._widest = [self._own(column) for column in columns]
        self._width = 0
        self._widths = tuple(self._widest)

    def fit(self, rows: Iterable[R], width: int) -> bool:
        """Measure what is loaded, and share the width out."""
        for row in rows:
            for number, column in enumerate(self._columns):
                if self._widest[number] < column.most:
                    words = column.cell(row)
                    cells = cell_len(words) if isinstance(words, str) else words.cell_length
                    if cells > self._widest[number]:
                        self._widest[number] = min(cells, column.most)
        before = self._width, self._widths
        self._width, self._widths = width, self._shared_out(width)
        return before != (self._width, self._widths)

    def forget(self) -> None:
        """Let columns begin anew at the width of their titles."""
        self._widest = [self._own(column) for column in self._columns]

    def header(self) -> Content | None:
        """The titles of the columns that are drawn."""
        titles = self._drawn(lambda column: column.title)
        return Content(GAP).join([Content(title.plain) for title in titles]).stylize("$muted")

    def paint(self, row: R) -> Sequence[RowLine]:
        """Draw a row: the first column is the title."""
        title, *rest = self._drawn(lambda column: column.cell(row))
        return (RowLine(title, Content.assemble(*[part for cell in rest for part in (GAP, cell)])),)

    def _own(self, column: Column[R]) -> int:
        """What a column takes before any row was seen."""
        return min(max(column.least, cell_len(column.title)), column.most)

    def _shared_out(self, width: int) -> tuple[int, ...]:
        """Widths that fit, 0 for a column that is left out."""
        shown = list(range(len(self._columns)))

        def missing(widths: Sequence[int]) -> int:
            """How many cells there are too few."""
            return sum(widths[number] for number in shown) + len(GAP) * (len(shown) - 1) - width

        least = [column.least for column in self._columns]
        while missing(least) > 0 and (rank := max(self._columns[number].rank for number in shown)) > 0:
            shown.remove(next(number for number in reversed(shown) if self._columns[number].rank == rank))
        widths = list(self._widest)
        while (lacking := missing(widths)) > 0:
            loose = [number for number in shown if widths[number] > least[number]]
            if not loose:
                break
            wide = max(
                loose, key=lambda number: (self._columns[number].rank, widths[number] - least[number], number)
            )
            widths[wide] = max(least[wide], widths[wide] - max(1, lacking // len(shown)))
        return tuple(widths[number] if number in shown else 0 for number in range(len(widths)))

    def _drawn(self, words: Callable[[Column[R]], Words]) -> list[Content]:
        """Something of every column that is drawn, at the column's width."""
        return [
            _fitted(words(column), width, column.style, is_right=column.is_right)
            for column, width in zip(self._columns, self._widths, strict=True)
            if width
        ]


def _fitted(words: Words, width: int, style: str, *, is_right: bool) -> Content:
    """A cell at the width of its column."""
    if isinstance(words, str):
        cells = cell_len(words)
        text = set_cell_size(words, width - 1) + "…" if cells > width else words
        blanks = " " * (width - cells)
        return Content.styled(blanks + text if is_right else text + blanks, style)
    content = words.truncate(width, ellipsis=True)
    blanks_left = width - content.cell_length
    content = content.pad_left(blanks_left) if is_right else content.pad_right(blanks_left)
    return content.stylize_before(style)
