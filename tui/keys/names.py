"""How keys are written on screens, and which keys there are."""

from __future__ import annotations

from collections.abc import Iterable

from textual.keys import _character_to_key, key_to_character

_NAMES = {
    "slash": "/",
    "backslash": "\\",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "at": "@",
    "escape": "esc",
    "enter": "enter",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "delete": "del",
    "insert": "ins",
}

_WORDS = "escape enter tab space backspace delete insert home end pageup pagedown up down left right"
_NAMED = frozenset([*_WORDS.split(), *(f"f{number}" for number in range(1, 13))])
"""Keys with a name of their own."""

_MARKS = frozenset(_character_to_key(mark) for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
"""What the marks of a keyboard are called."""

_MEANT = {
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "prior": "pageup",
    "next": "pagedown",
    "del": "delete",
    "ins": "insert",
    "esc": "escape",
    "return": "enter",
    "cr": "enter",
    "bs": "backspace",
    "spacebar": "space",
    "control": "ctrl",
    "c": "ctrl",
    "meta": "alt",
    "option": "alt",
    "m": "alt",
}
"""What people call keys, and their names here."""

_THE_SAME = {"h": "backspace", "i": "tab", "j": "enter", "m": "enter", "left_square_bracket": "escape"}
"""What with ctrl are, to a terminal, another key."""

_WITH_CTRL = frozenset(["backslash", "right_square_bracket", "circumflex_accent", "underscore"])
"""The marks that a keyboard sends with ctrl; of other marks and of digits nearly no terminal tells it."""

_ALONE = frozenset(["enter", "space", "backspace", "escape", "tab"])
"""Keys that nearly every terminal sends alike with ctrl or shift and without."""

_ARRIVING = "letters, arrows, home, end, pageup, pagedown, insert, delete and function keys"
"""What terminals do send with ctrl or alt."""

_MODIFIERS = ("alt", "ctrl", "shift")
"""In the order in which Textual names them; a key in another order would never act."""


def shown_key(key: str) -> str:
    """Return a key as the footer and help write it: "^p" for ctrl+p, "F3", "esc", "?"."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last) or (character_of(last) if types_text(last) else last) or last
    if _is_function_key(last):
        name = last.upper()
    if modifiers == ["ctrl"]:
        return f"^{name}"
    return "+".join([*modifiers, name])


def character_of(key: str) -> str | None:
    """Return the character that a key types, or None; Textual does not know it for a few, such as "slash"."""
    name = _NAMES.get(key, "")
    return name if len(name) == 1 else key_to_character(key)


def types_text(key: str) -> bool:
    """Tell whether a field would take a key as text."""
    if key == "space":
        return True
    character = character_of(key)
    return character is not None and character.isprintable()


def written(key: str, display: str | None) -> str:
    """Return a key as a binding wants it written, unless that is another of its keys or it was remapped."""
    shown = shown_key(key)
    return display if display and display.startswith(shown) else shown


def read_key(given: str) -> str:
    """Return a key of the settings as Textual names it; a mark may stand for itself, as "?".

    Raises:
        ValueError: no terminal sends it; the text names the nearest one that is sent.
    """
    if not given:
        raise ValueError('there is nothing between two commas; a comma itself is called "comma"')
    if len(given) == 1 and given.isprintable():
        return "space" if given == " " else _character_to_key(given)
    *modifiers, last = given.split("+")
    if len(last) == 1 and not last.isalnum():
        last = _character_to_key(last)
    is_known = last in _NAMED or last in _MARKS or (len(last) == 1 and last.isalnum())
    in_order = [one for one in _MODIFIERS if one in modifiers]
    if not is_known or len(in_order) != len(modifiers):
        near = _nearest_key(given)
        raise ValueError(f'no key is called "{given}"' + (f'; did you mean "{near}"?' if near else ""))
    if modifiers and len(last) == 1 and last != last.lower():
        shift = [] if "ctrl" in modifiers or "shift" in modifiers else ["shift"]
        raise ValueError(f'"{given}" is written "{"+".join([*in_order, *shift, last.lower()])}"')
    if modifiers == ["shift"] and (len(last) == 1 or last in _MARKS):
        meant = f'"{last.upper()}"' if last.isalpha() else "the mark that it types"
        raise ValueError(f'"{given}" is written as {meant}')
    if why := _never_arrives(modifiers, last):
        raise ValueError(why.format(given=given))
    return "+".join([*in_order, last])


def _never_arrives(modifiers: list[str], last: str) -> str:
    """Return why a key would reach the program as another one or not at all, or nothing."""
    if "ctrl" in modifiers:
        if last in _THE_SAME:
            return f'to a terminal "{{given}}" is {_THE_SAME[last]}'
        if "shift" in modifiers and (last in _WITH_CTRL or (len(last) == 1 and last.isalpha())):
            return f'to a terminal "{{given}}" is ctrl+{last}'
        is_mute = len(last) == 1 and not "a" <= last <= "z"
        if is_mute or last in _ALONE or last in _MARKS - _WITH_CTRL:
            return f'nearly no terminal sends "{{given}}"; with ctrl they send {_ARRIVING}'
        if "alt" in modifiers and (len(last) == 1 or last in _MARKS):
            return f'to nearly every terminal "{{given}}" is ctrl+{last}'
    elif "alt" in modifiers and (last in _ALONE or last in _MARKS):
        return f'nearly no terminal tells "{{given}}" from another key; with alt they send {_ARRIVING}'
    if "shift" in modifiers and last in _ALONE and last != "tab":
        return f'to nearly every terminal "{{given}}" is {last}'
    return ""


def nearest(given: str, known: Iterable[str]) -> str:
    """Return the known name that is most like what was given, or nothing."""
    import difflib

    return next(iter(difflib.get_close_matches(given, list(known), n=1, cutoff=0.5)), "")


def _nearest_key(given: str) -> str:
    """Return the key that was probably meant, or nothing."""
    bare = given.replace("^", "ctrl+").lower()
    parts = bare.split("+" if "+" in bare else "-") if bare not in _NAMED else [bare]
    *modifiers, last = [part for part in parts if part] or [""]
    modifiers = [_MEANT.get(one, one) for one in modifiers]
    modifiers = [one if one in _MODIFIERS else nearest(one, _MODIFIERS) for one in modifiers]
    last = last if len(last) == 1 else _MEANT.get(last) or nearest(last, sorted(_NAMED | _MARKS))
    if not last or not all(modifiers):
        return ""
    return "+".join([*(one for one in _MODIFIERS if one in modifiers), last])


def _is_function_key(key: str) -> bool:
    """Tell f1 to f12 from the letter f."""
    return len(key) > 1 and key[0] == "f" and key[1:].isdecimal()
