"""How keys are written on screens."""

from __future__ import annotations

from textual.keys import key_to_character

_NAMES = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "enter": "enter",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "delete": "del",
}


def shown_key(key: str) -> str:
    """Return a key as the footer and help write it: "^p" for ctrl+p, "F3", "esc", "?"."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last.upper() if _is_function_key(last) else last)
    if modifiers == ["ctrl"]:
        return f"^{name}"
    return "+".join([*modifiers, name])


def character_of(key: str) -> str | None:
    """Return the character that a key types, or None; Textual does not know it for a few, such as "slash"."""
    name = _NAMES.get(key, "")
    return name if len(name) == 1 else key_to_character(key)


def written(key: str, display: str | None) -> str:
    """Return a key as a binding wants it written, unless that is another of its keys or it was remapped."""
    shown = shown_key(key)
    return display if display and display.startswith(shown) else shown


def _is_function_key(key: str) -> bool:
    """Tell f1 to f12 from the letter f."""
    return len(key) > 1 and key[0] == "f" and key[1:].isdecimal()
