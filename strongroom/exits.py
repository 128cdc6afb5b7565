"""How a command ends: its exit code, and the sentence for a person when it cannot go on."""

from __future__ import annotations

from enum import IntEnum

from security.safe_text import SafeText, sanitise


class ExitCode(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    AUTHENTICATION = 4
    CONFIRMATION_NEEDED = 5
    FORBIDDEN = 6
    NOT_FOUND = 7
    CONFLICT = 8
    UNAVAILABLE = 69
    INTERRUPTED = 130
    TERMINATED = 143


class Stopped(Exception):
    """A command cannot go on, and nothing was changed unless the sentence says so."""

    def __init__(self, sentence: str, code: ExitCode, *, hint: str = "", tag: str = "") -> None:
        """Keep the sentence, the exit code and the line that mends it; foreign text in both is made safe.

        `tag` names the refusal for programs; without one it is that of the exit code.
        """
        super().__init__(sentence)
        self.sentence: SafeText = sanitise(sentence, max_cells=_MAX_CELLS)
        self.hint: SafeText = sanitise(hint, max_cells=_MAX_CELLS)
        self.code: ExitCode = code
        self.tag: str = tag or code.name.lower()


_MAX_CELLS = 600
"""A sentence with a long path in it is still shown whole."""
