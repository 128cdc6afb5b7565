"""A fault that nobody caught: one line with a number, never a traceback, never a local variable (R085)."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from textual.worker import WorkerFailed

from tui.door import Door


@dataclass(frozen=True, slots=True)
class Incident:
    """What is kept of a fault."""

    id: str
    """Eight hexadecimal digits, the same on the screen and in the audit log."""
    type_name: str
    """The exception's type; its text may hold what was typed and is not kept."""

    @property
    def line(self) -> str:
        """The one line for the person."""
        return f"Strongroom stopped by a fault: incident {self.id} ({self.type_name}). You are signed out."


def incident_of(error: BaseException) -> Incident:
    """Give a fault its number; a worker's failure stands for what made it fail."""
    cause = error.error if isinstance(error, WorkerFailed) else error
    return Incident(os.urandom(4).hex(), type(cause).__name__)


def report(door: Door, incident: Incident) -> None:
    """Tell the door, which writes the event and closes the session; its own fault changes nothing here."""
    with suppress(Exception):
        door.on_crash(incident.id, incident.type_name)
