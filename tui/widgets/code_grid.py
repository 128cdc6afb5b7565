"""Recovery codes, numbered, in two columns."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from security.facts import Secret
from tui.words.two_factor import code_rows


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
    lines = [
        Content("     ").join(
            Content.assemble((f"{number:2}  ", "$muted"), (code, "bold $ink")) for number, code in row
        )
        for row in code_rows(codes)
    ]
    return Content("\n").join(lines)
