"""Text that every store can look up: neither a NUL nor half a pair of surrogates, which a server refuses."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

SUBSTITUTE = "\x1a"
"""Stands for what cannot be kept; no name, id or text of ours holds it, so that nothing is found by it."""


def storable(text: str) -> str:
    """The text as it can be looked up, one character for each of its characters."""
    return _UNSTORABLE.sub(SUBSTITUTE, text)
