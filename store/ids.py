"""Ids for rows: UUIDv7, sorted by time, unguessable within a millisecond."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from store.times import to_micros

NIL_ID = str(UUID(int=0))
"""The id that stands for "no organisation" where a column needs one."""


def new_id(at: datetime) -> str:
    """Make a UUIDv7 in text form (RFC 9562 §5.7).

    The twelve bits after the milliseconds hold their fraction (§6.2, method 3), so ids sort by
    time to a quarter of a microsecond; the other 62 bits are random.
    """
    milliseconds, micros = divmod(to_micros(at), 1000)
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= (micros * 4096 // 1000) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return str(UUID(int=value))
