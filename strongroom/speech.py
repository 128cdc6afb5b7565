"""What commands say: people's words to stdout, messages to stderr, no control character in either."""

from __future__ import annotations

import sys

from security.safe_text import sanitise

_MAX_CELLS = 600


def say(line: str = "") -> None:
    """One line of the answer, to stdout."""
    sys.stdout.write(sanitise(line, max_cells=_MAX_CELLS) + "\n")


def warn(line: str) -> None:
    """One line about the command itself, to stderr."""
    sys.stderr.write(sanitise(line, max_cells=_MAX_CELLS) + "\n")
