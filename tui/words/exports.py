"""The words of an export: what is taken away, how far that has come, and where it lies."""

from __future__ import annotations

from datetime import datetime, tzinfo

from security.safe_text import SafeText
from security.vocabulary import ExportForm

NOTHING = "Nothing matches, so there is nothing to export."
"""A filter or a kind that lets nothing through."""

COUNTING = "Counting the events that match…"
"""A filter over many events takes a while."""

STOPPED = "Stopped. Nothing was kept."
"""An export that its person ended."""

FORMS = "CSV opens in a spreadsheet, JSON Lines is for programs; both hold all that is known."
"""What the two forms are for."""


def file_name(now: datetime, zone: tzinfo | None) -> str:
    """The name that a file is offered under, without its ending."""
    return f"strongroom-activity-{now.astimezone(zone):%Y-%m-%d}"


def ending(form: ExportForm) -> str:
    """How the name of a file ends."""
    return f".{form.value}"


def selection_words(total: int, *, is_all: bool) -> str:
    """What is exported: "All 1,381 events", "The 12 events that match"."""
    if is_all:
        return "The one event there is" if total == 1 else f"All {total:,} events"
    return "The one event that matches" if total == 1 else f"The {total:,} events that match"


def progress_words(done: int, total: int) -> str:
    """How far it has come."""
    return f"{done:,} of {total:,} events written…"


def counted_events(total: int) -> str:
    """So many events."""
    return f"{total:,} event{'' if total == 1 else 's'}"


def saved_words(total: int, machine: SafeText, path: SafeText) -> str:
    """Where the file is now, and for whom."""
    return f"Saved {counted_events(total)} on {machine} as {path}, for you alone (0600)."
