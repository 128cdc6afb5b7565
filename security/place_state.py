"""How a city file stands, in words: what it is, and what mends it where it is of no use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from security.safe_text import SafeText, sanitise

MAX_CELLS = 1000
"""A sentence with a long path in it is still shown whole."""


class PlaceFileState(StrEnum):
    """What can be said of a city file."""

    NOT_SET = "not_set"
    """No file is named, so every place is unknown."""
    READY = "ready"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not_a_file"
    """A directory, a pipe or a device stands in its place."""
    DAMAGED = "damaged"
    """It is in no MaxMind format, was cut short, or holds data that make no sense."""
    OTHER_KIND = "other_kind"
    """It is a database in this format that knows no places."""


@dataclass(frozen=True, slots=True)
class PlaceFileReport:
    """The state of a city file, and the same in a sentence."""

    state: PlaceFileState
    sentence: SafeText
    mends: SafeText
    """What mends it, for the operator; empty where nothing is amiss."""

    @property
    def is_usable(self) -> bool:
        """Whether places are known."""
        return self.state is PlaceFileState.READY


_TO_GET_ONE = (
    "To have places, get a city file in MaxMind's format (GeoLite2 City of MaxMind, with a free account; "
    "City Lite of DB-IP, without one), unpack it, and name it with the setting place_file."
)

_MENDS = {
    PlaceFileState.NOT_SET: _TO_GET_ONE,
    PlaceFileState.ABSENT: f"Put it there, or take the setting place_file away. {_TO_GET_ONE}",
    PlaceFileState.UNREADABLE: "See that it may be read and that its disk answers.",
    PlaceFileState.NOT_A_FILE: "Name the file itself, which ends in .mmdb, with the setting place_file.",
    PlaceFileState.DAMAGED: "Get it again; one that ends in .gz or .zip has to be unpacked.",
    PlaceFileState.OTHER_KIND: "Get the City edition.",
}
"""What an operator can do about each state."""

NOT_SET = PlaceFileReport(
    PlaceFileState.NOT_SET,
    SafeText("No city file is set, so places are unknown."),
    SafeText(_TO_GET_ONE),
)
"""The report where no file is named."""


def report(state: PlaceFileState, path: Path, words: str) -> PlaceFileReport:
    """A report on one file; the words go on a sentence that began with its name."""
    sentence = sanitise(f"The city file {path} {words}.", max_cells=MAX_CELLS)
    return PlaceFileReport(state, sentence, SafeText(_MENDS.get(state, "")))
