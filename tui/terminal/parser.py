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
        return keys

    def expire(self) -> Iterable[Message]:
        """End the sequence that has begun, as if nothing had followed for long."""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
        return list(self.tick())
