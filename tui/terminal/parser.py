"""Textual's parser of keys without what an unfriendly terminal could do with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

_NUMBERED = re.compile(r"\x1b\[([0-9]+)(;[0-9]+)?~")
"""A key by the VT220's number, with modifiers or without."""

_AS_ELSEWHERE = {
    **{f"{held}+{key}": key for held in ("shift", "ctrl", "ctrl+shift") for key in ("enter", "escape")},
    **{"shift+backspace": "backspace", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape"},
    **{"ctrl+i": "tab", "ctrl+m": "enter"},
}
"""What kitty's keys tell from one another and other terminals do not: fingers mean the same on each."""


class KeyParser(XTermParser):
    """Keeps no app alive, believes no unasked-for size, survives numbers that are no characters.

    The stock method for kitty's sequences is cached with the parser in its key: the cache of the class then
    holds every parser and app that ever saw a key. `chr` of a number from the terminal raises out of the
    generator and ends the input thread.
    """

    @property
    def mouse_pixels(self) -> bool:
        """False: positions are in cells; a report of a size of zero would divide by it."""
        return False

    @mouse_pixels.setter
    def mouse_pixels(self, _value: bool) -> None:
        """Stay with cells."""

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        """Parse one of kitty's sequences, or none where its numbers are out of range.

        The stock method takes a number before `~` that it does not know for a character: shift+F6 of the
        Linux console, 32, pressed the button that has the focus as space does.
        """
        numbered = _NUMBERED.fullmatch(sequence)
        if numbered and f"{numbered[1]}~" not in FUNCTIONAL_KEYS:
            return None if sequence in ANSI_SEQUENCES_KEYS else [events.Key(Keys.Ignore, sequence)]
        try:
            keys: list[events.Key] | None = XTermParser._parse_extended_key.__wrapped__(self, sequence)
        except (ValueError, OverflowError):
            return None
        return keys and [_as_elsewhere(key) for key in keys]

    def expire(self) -> Iterable[Message]:
        """End the sequence that has begun, as if nothing had followed for long."""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
        return list(self.tick())


def _as_elsewhere(key: events.Key) -> events.Key:
    """Return the key that other terminals send in its place: shift+Backspace deletes on them."""
    same = _AS_ELSEWHERE.get(key.key)
    return key if same is None else events.Key(same, None)
