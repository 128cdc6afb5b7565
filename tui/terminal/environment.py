"""Removes the variables that change what Textual does, before Textual is imported (R086)."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

FRAMES_PER_SECOND = "240"
"""A key is painted within about 4 ms instead of 17; a screen that nobody touches still sends nothing."""


OTHERS = ("ESCDELAY", "UNICODE_VERSION", "PYTHONASYNCIODEBUG")
"""What else changes a screen: how long a lone Escape waits, how wide Rich takes characters to be, and
whether asyncio writes what it calls, with arguments, into the midst of it."""


def scrub(environ: MutableMapping[str, str] = os.environ) -> None:
    """Remove TEXTUAL, all of TEXTUAL_* and a few others: they name modules to import and files to write.

    Textual reads them once, while it is imported, so this is the first thing that a door does.

    Raises:
        RuntimeError: where Textual was imported with such a variable already.
    """
    found = [name for name in environ if name == "TEXTUAL" or name.startswith("TEXTUAL_")]
    if "textual.constants" in sys.modules and set(found) - {"TEXTUAL_FPS"}:
        raise RuntimeError(f"Textual was imported before {', '.join(sorted(found))} could be removed")
    for name in (*found, *(other for other in OTHERS if other in environ)):
        del environ[name]
    environ["TEXTUAL_FPS"] = FRAMES_PER_SECOND
