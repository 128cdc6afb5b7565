"""Asks a Linux console which signs its font has: 256 or 512, and fonts differ in which."""

from __future__ import annotations

import array
import fcntl
import struct

GIO_UNIMAP = 0x4B66
"""The request for pairs of a code point and a place in the font (linux/kd.h)."""

MOST_PAIRS = 0x7FFF
"""More than any font names; the kernel refuses where there are more."""

_DESCRIPTION = struct.Struct("@HP")
"""`struct unimapdesc`: how many pairs there is room for, and where."""


def signs_of_font(handle: int) -> frozenset[str] | None:
    """The signs that the console's font has; None where the terminal is no console of this machine."""
    room = array.array("H", bytes(4 * MOST_PAIRS))
    asked = bytearray(_DESCRIPTION.pack(MOST_PAIRS, room.buffer_info()[0]))
    try:
        fcntl.ioctl(handle, GIO_UNIMAP, asked)
    except OSError:
        return None
    return signs_of_pairs(room[: 2 * _DESCRIPTION.unpack(asked)[0]])


def signs_of_pairs(pairs: array.array[int]) -> frozenset[str] | None:
    """The code points of pairs as signs; None for a font that came without a table."""
    return frozenset(map(chr, pairs[::2])) or None
