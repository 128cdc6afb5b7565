"""Whether the keys of the settings can be, and which line brought one that cannot."""

from __future__ import annotations

import re
from pathlib import Path

from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from tui.keys.keymap import KeysNow, KeysRefused


def require_usable(settings: Settings) -> None:
    """Refuse keys that the screen would refuse.

    Raises:
        Stopped: they cannot be; with what is wrong and the line that brought it.
    """
    try:
        KeysNow(settings.keymap_preset, settings.keymap)
    except KeysRefused as wrong:
        raise told(settings, wrong) from wrong


def told(settings: Settings, wrong: KeysRefused) -> Stopped:
    """What is said of keys that cannot be."""
    sentence = f"The keys of the settings cannot be used: {wrong}."
    return Stopped(sentence, ExitCode.USAGE, hint=brought_by(settings, wrong.brought_by))


def brought_by(settings: Settings, binding_id: str) -> str:
    """Say in which line of which file a binding has its key, or that the preset brought it."""
    if not binding_id:
        place = settings.places.get("keymap_preset", "")
        where = f" of {place}" if place else ""
        return f'It comes with keymap_preset = "{settings.keymap_preset}"{where}.'
    place = settings.places["keymap"]
    written = f'"{binding_id}" = "{settings.keymap[binding_id]}"'
    number = _line_of(Path(place), binding_id)
    return (
        f"It comes from {written} in line {number} of {place}."
        if number
        else f"It comes from {written} in {place}."
    )


def _line_of(path: Path, binding_id: str) -> int:
    """Return the number of the line that gives a binding its key, or 0 where it cannot be told."""
    given = re.compile(rf"""^\s*(?:keymap\s*=.*)?["']?{re.escape(binding_id)}["']?\s*=""")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return 0
    return next((number for number, line in enumerate(lines, 1) if given.search(line)), 0)
