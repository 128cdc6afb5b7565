"""How events stand in a list: their columns, and the line below it about the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from security.activity_facts import ActivityEvent
from tui.widgets.row_paint import Column, ColumnPainter
from tui.words.activity import happening_words, reason_words
from tui.words.sessions import short_address, source_words

ADDRESS_CELLS = 15
"""The widest that an address is told in a row: any of four bytes whole."""


def painter(stamp: Callable[[ActivityEvent], str]) -> ColumnPainter[ActivityEvent]:
    """The columns, the most telling first; `stamp` tells when an event was.

    Device and name stand where nearly every one is whole; the line below the list tells the chosen row's.
    """
    return ColumnPainter(
        Column("Time", stamp, least=12, most=12),
        Column("  Event", _event_cell, least=22, most=36),
        Column("Device", lambda event: event.client, least=20, most=34, style="$muted", rank=2),
        Column("IP", _address_cell, least=ADDRESS_CELLS, most=ADDRESS_CELLS, style="$muted", rank=1),
        Column("Name", lambda event: event.name.value, least=28, most=40, style="$muted", rank=3),
    )


def under_words(event: ActivityEvent) -> str:
    """The event's name, why it failed, who else did it, device and address: what columns may leave out."""
    by = "by an administrator" if event.is_by_other else ""
    parts = (event.name.value, reason_words(event), by, event.client, source_words(event.source_ip))
    return " · ".join(part for part in parts if part)


def _address_cell(event: ActivityEvent) -> str:
    """Where it came from; of a long address the middle is left out, the details have all of it."""
    return short_address(source_words(event.source_ip), ADDRESS_CELLS)


def _event_cell(event: ActivityEvent) -> Content:
    """What happened; a failure wears a mark and says so in its words."""
    words = happening_words(event)
    if event.was_success:
        return Content(f"  {words}")
    return Content.styled(f"! {words}", "$attention")
