"""Percent-escapes in the URL of a store, and how it is refused: never with a part of it in the sentence."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from store.errors import UnsupportedUrl


def refused(what: str) -> UnsupportedUrl:
    """Say what is wrong with a URL."""
    return UnsupportedUrl(f"The store's URL {what}.")


def decoded(text: str) -> str:
    """Undo the percent-encoding."""
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise refused("has a % that is not followed by two hexadecimal digits; % itself is written %25")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise refused("has a %-escape that spells no UTF-8 text") from None
