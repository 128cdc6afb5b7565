"""Times are kept to the microsecond and never without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.times import EPOCH, from_micros, span_to_micros, to_micros


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_to_the_microsecond(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at


def test_the_epoch_is_zero() -> None:
    assert to_micros(EPOCH) == 0


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    there = EPOCH.astimezone(timezone(timedelta(hours=5)))
    assert to_micros(there) == 0


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_span_is_counted_in_microseconds() -> None:
    assert span_to_micros(timedelta(minutes=5)) == 300_000_000
