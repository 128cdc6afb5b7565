"""Recovery codes, numbered, in two columns."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from security.facts import Secret

COLUMNS = 2
"""How many codes stand beside each other."""


class CodeGrid(Static):
    """Shows codes column by column; `drop` leaves none behind."""

    DEFAULT_CSS = """
    CodeGrid {
        height: auto;
        width: auto;
    }
    """

    def __init__(self, codes: Sequence[Secret]) -> None:
        """Build the grid."""
        super().__init__(_grid([code.reveal for code in codes]))

    def drop(self) -> None:
        """Forget the codes."""
        self.update("")


def _grid(codes: Sequence[str]) -> Content:
    """Lay codes out in two columns, the first half on the left."""
    rows = -(-len(codes) // COLUMNS)
    lines = []
    for row in range(rows):
        cells = [
            Content.assemble((f"{place + 1:2}  ", "$muted"), (codes[place], "bold $ink"))
            for place in range(row, len(codes), rows)
        ]
        lines.append(Content("     ").join(cells))
    return Content("\n").join(lines)
