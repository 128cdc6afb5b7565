"""How a breach file stands, in words: what it is, and what mends it where it is of no use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from shlex import quote

from security.breach.format import Head
from security.safe_text import SafeText, sanitise

IMPORT = "strongroom admin breach import FILE"
"""The command that makes a breach file."""


class Standing(StrEnum):
    """What stands under the breach file's name."""

    READY = "ready"
    ABSENT = "absent"
    NO_FILE = "no_file"
    """A directory, a pipe, a device."""
    UNREADABLE = "unreadable"
    UNSAFE = "unsafe"
    """Other users may change it, and with it what passes for breached."""
    OTHER_KIND = "other_kind"
    NEWER = "newer"
    """A later version of the program wrote it."""
    CUT_SHORT = "cut_short"
    DAMAGED = "damaged"


_AGAIN = f"Copy it again, or make it again: {IMPORT}"

_FAULTS = {
    Standing.ABSENT: (
        "There is no breach file at {path}.",
        f"To have one: {IMPORT}, with the list of SHA-1 hashes of Have I Been Pwned, ordered by hash.",
    ),
    Standing.NO_FILE: ("{path}, where the breach file belongs, is not a file.", "Take it away."),
    Standing.UNREADABLE: (
        "The breach file {path} cannot be read{why}.",
        "See that it may be read and that its disk answers.",
    ),
    Standing.UNSAFE: (
        "The breach file {path} can be changed by other users.",
        "It must be yours or root's, and closed to others: chmod go-w {quoted}",
    ),
    Standing.OTHER_KIND: (
        "{path} is no breach file.",
        f"A list of hashes becomes one by an import: {IMPORT}",
    ),
    Standing.NEWER: ("The breach file {path} was made by a later Strongroom.", "Update this one."),
    Standing.CUT_SHORT: ("The breach file {path} is cut short.", _AGAIN),
    Standing.DAMAGED: ("The breach file {path} is damaged.", _AGAIN),
}

_MAX_CELLS = 600
"""A sentence with a long path in it is still shown whole."""


@dataclass(frozen=True, slots=True)
class BreachFileState:
    """What a look at a breach file showed."""

    standing: Standing
    """What it is."""
    sentence: SafeText
    """The same in words."""
    mends: SafeText
    """What mends it; empty where nothing is amiss."""
    hashes: int = 0
    """How many digests it holds."""
    imported_at: datetime | None = None
    """When it was made."""

    @property
    def is_usable(self) -> bool:
        """Whether look-ups get an answer."""
        return self.standing is Standing.READY

    @classmethod
    def ready(cls, head: Head) -> BreachFileState:
        """The state of a file that answers."""
        on = f"{head.imported_at.day} {head.imported_at:%B %Y}"
        sentence = sanitise(f"{head.hashes:,} {'hash' if head.hashes == 1 else 'hashes'}, imported on {on}.")
        return cls(Standing.READY, sentence, sanitise(""), head.hashes, head.imported_at)


class Unusable(Exception):
    """A breach file that cannot answer; that is never "not breached"."""

    def __init__(self, standing: Standing, path: Path, why: str = "") -> None:
        """Put it into words; `why` is the system's."""
        sentence, mends = _FAULTS[standing]
        told = sentence.format(path=path, why=f": {why}" if why else "")
        super().__init__(told)
        mends = mends.format(quoted=quote(str(path)))
        self.state: BreachFileState = BreachFileState(
            standing, sanitise(told, max_cells=_MAX_CELLS), sanitise(mends, max_cells=_MAX_CELLS)
        )
        """The same, as a look at the file would show it."""
