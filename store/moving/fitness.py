"""Values that an engine cannot hold: found in a page that was refused, and named by table and key."""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import StoreError
from store.moving.tables import Cells, Layout


class Unfit(StoreError):
    """A row holds what cannot be kept on the other side."""


def unfit_row(layout: Layout, rows: Sequence[Cells], *, may_hold_nul: bool) -> Unfit | None:
    """Find the first row with a text that cannot be moved, and say which and why."""
    for row in rows:
        for column, value in zip(layout.columns, row, strict=True):
            reason = _fault(value, may_hold_nul=may_hold_nul)
            if reason:
                return Unfit(
                    f"A row cannot be moved ({layout.named(layout.key_of(row))}): its {column} {reason}."
                )
    return None


def _fault(value: object, *, may_hold_nul: bool) -> str:
    """Say what is wrong with a value."""
    if not isinstance(value, str):
        return ""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        return "is no text in UTF-8"
    if "\0" in value and not may_hold_nul:
        return "holds a NUL character, which PostgreSQL cannot keep"
    return ""
