"""Recovery codes as text: sixteen characters of Crockford's base32, 80 bits (R041, R046)."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U."""

LENGTH = 16
"""Characters of a code, five bits each."""

GREATEST_TYPED_BYTES = 64
"""A longer entry is an ordinary failure."""

_LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code of 80 random bits, without dashes."""
    bits = secrets.randbits(LENGTH * 5)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(0, LENGTH * 5, 5))


def show(code: str) -> str:
    """A code as it is shown: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def parse(typed: str) -> str | None:
    """The code that was typed, or None; case, blanks and dashes do not matter, O is 0, I and L are 1."""
    if len(typed) > GREATEST_TYPED_BYTES or not typed.isascii():
        return None
    compact = re.sub("[- \t\r\n]", "", typed).upper().translate(_LOOKALIKES)
    return compact if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", compact) else None
