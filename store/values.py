"""Values as every engine keeps them: times and truth values are whole numbers."""

from __future__ import annotations

from datetime import datetime

from store.rows import Value
from store.times import to_micros

Kept = str | bytes | int | None
"""What a column holds."""


def kept(value: Value) -> Kept:
    """Turn a parameter into what a column holds."""
    if isinstance(value, datetime):
        return to_micros(value)
    return int(value) if isinstance(value, bool) else value
