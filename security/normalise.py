"""The one normalisation of passwords, at every entry point (R002-R004)."""

from __future__ import annotations

import unicodedata

from security.refusals import UnusableInput

GREATEST_RAW_BYTES = 4_096
"""More than this is refused unread: normalising long runs of marks takes seconds (R003)."""

GREATEST_BYTES = 1_024
"""UTF-8 bytes of a normalised password."""

GREATEST_LENGTH = 128
"""Code points of a normalised password."""

_REFUSED = frozenset(["Cc", "Cs", "Cn"])


def normalise_password(typed: str) -> str:
    """The form in which a password is measured, hashed and compared: NFKC, nothing trimmed, nothing cut.

    Raises:
        UnusableInput: empty, too long before or after, or with control, surrogate or unassigned characters.
    """
    if not typed or len(typed) > GREATEST_RAW_BYTES:
        raise UnusableInput
    try:
        raw = typed.encode("utf-8")
    except UnicodeEncodeError:
        raise UnusableInput from None
    if len(raw) > GREATEST_RAW_BYTES:
        raise UnusableInput
    password = unicodedata.normalize("NFKC", typed)
    if any(unicodedata.category(char) in _REFUSED for char in password):
        raise UnusableInput
    if not password or len(password) > GREATEST_LENGTH or len(password.encode("utf-8")) > GREATEST_BYTES:
        raise UnusableInput
    return password
