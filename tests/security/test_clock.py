"""Clocks: the system's notices when it is set, the moved one stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from security.clock import MovedClock, SystemClock

SECOND = timedelta(seconds=1)


class SetClock(SystemClock):
    """The system's clock on a machine whose two clocks a test sets."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self.ticks = 1_000_000_000
        super().__init__()

    def run(self, span: timedelta) -> None:
        """Let time pass on both clocks."""
        self.wall += span
        self.ticks += int(span.total_seconds() * 1e9)

    def _wall(self) -> datetime:
        return self.wall

    def _ticks(self) -> int:
        return self.ticks


def test_the_system_clock_tells_aware_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < SECOND


def test_a_clock_that_only_runs_has_not_stepped() -> None:
    clock = SetClock()
    clock.run(timedelta(days=3))
    assert clock.stepped() is None
    assert SystemClock().stepped() is None


@pytest.mark.parametrize(
    ("step", "is_told"),
    [(-2 * SECOND, False), (-2.001 * SECOND, True), (60 * SECOND, False), (60.001 * SECOND, True)],
)
def test_more_than_two_seconds_back_or_sixty_ahead_is_a_step(step: timedelta, is_told: bool) -> None:
    clock = SetClock()
    clock.run(timedelta(hours=1))
    clock.wall += step
    assert clock.stepped() == (step if is_told else None)


def test_one_step_is_told_once() -> None:
    clock = SetClock()
    clock.wall -= 5 * SECOND
    assert clock.stepped() == -5 * SECOND
    clock.run(SECOND)
    assert clock.stepped() is None


def test_small_steps_add_up_until_they_are_told() -> None:
    clock = SetClock()
    clock.wall -= 1.5 * SECOND
    assert clock.stepped() is None
    clock.wall -= 1.5 * SECOND
    assert clock.stepped() == -3 * SECOND


def test_a_moved_clock_stands_still_until_it_is_moved() -> None:
    clock = MovedClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(SECOND) == datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_not_taken() -> None:
    with pytest.raises(ValueError, match="aware"):
        MovedClock(datetime(2026, 1, 1))  # noqa: DTZ001
