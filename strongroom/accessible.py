"""What a machine's user asks of every program: lines in place of a screen."""

from __future__ import annotations

from collections.abc import Mapping


def wants_lines(environment: Mapping[str, str]) -> bool:
    """Whether ACCESSIBLE is set, to anything but 0."""
    return environment.get("ACCESSIBLE", "") not in ("", "0")
