"""A secret on its way: readable where it is used, and nowhere by accident. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that may cross a wall but never reaches a repr, a log or a message."""

    reveal: str = field(repr=False)
    """The plain text, to be read only where it is used."""
