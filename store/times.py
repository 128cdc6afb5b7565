"""Times as the store keeps them: whole microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment that is kept as 0."""

_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Turn an aware time into microseconds, exactly.

    Raises ValueError where the time is naive, because it could be any of 40 moments.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be kept")
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Turn microseconds back into an aware UTC time, exactly."""
    return EPOCH + timedelta(microseconds=micros)


def span_to_micros(span: timedelta) -> int:
    """Turn a length of time into microseconds, exactly."""
    return span // _MICROSECOND
