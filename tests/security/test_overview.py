"""The Overview's rules: five minutes from high to negligible."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from security.facts import SessionView, TwoFactorView
from security.overview import MINUTES, measures, risk
from security.safe_text import sanitise
from security.vocabulary import BreachOutcome, Measure, RiskLevel, SignInMethod

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

OFF = TwoFactorView(
    is_on=False, enrolled_at=None, codes_left=0, codes_in_batch=0, codes_acknowledged=False, is_enforced=False
)


def on(*, left: int = 8, acknowledged: bool = True) -> TwoFactorView:
    """Two-factor authentication with so many codes left."""
    return TwoFactorView(True, NOW, left, 8, acknowledged, False)


def a_session(*, is_new: bool = False, is_current: bool = False, days: float = 0) -> SessionView:
    """A session that began so many days ago."""
    at = NOW - timedelta(days=days)
    safe = sanitise("x")
    return SessionView(
        id="id",
        client=safe,
        device_name=None,
        source_ip=safe,
        is_this_network=False,
        city=None,
        country=None,
        created_at=at,
        authenticated_at=at,
        methods=(SignInMethod.PASSWORD,),
        last_active_at=at,
        expires_at=at,
        is_current=is_current,
        is_new_device=is_new,
        is_new_network=is_new,
        is_new_country=False,
        is_kept=False,
        is_locked=False,
    )


def test_all_measures_take_five_minutes() -> None:
    assert sum(MINUTES.values()) == 5


@pytest.mark.parametrize(
    ("breach", "two_factor", "sessions", "level"),
    [
        (BreachOutcome.FOUND_ONLINE, OFF, [a_session(is_new=True)], RiskLevel.HIGH),
        (BreachOutcome.CLEAR_ONLINE, OFF, [], RiskLevel.HIGH),
        (BreachOutcome.NOT_CHECKED, on(left=3), [], RiskLevel.ELEVATED),
        (BreachOutcome.NOT_CHECKED, on(), [], RiskLevel.MEDIUM),
        (BreachOutcome.CLEAR_ONLINE, on(acknowledged=False), [a_session(is_new=True)], RiskLevel.MEDIUM),
        (BreachOutcome.CLEAR_EMBEDDED, on(left=3), [], RiskLevel.LOW),
        (BreachOutcome.CLEAR_ONLINE, on(), [a_session(is_new=True)], RiskLevel.LOW),
        (BreachOutcome.CLEAR_ONLINE, on(left=4), [], RiskLevel.NEGLIGIBLE),
    ],
)
def test_the_risk_follows_from_the_measures_that_are_off(
    breach: BreachOutcome, two_factor: TwoFactorView, sessions: list[SessionView], level: RiskLevel
) -> None:
    assert risk(measures(breach, two_factor, sessions, NOW)) is level


def test_a_measure_that_is_on_takes_no_minutes_and_one_that_is_off_its_own() -> None:
    states = measures(BreachOutcome.CLEAR_ONLINE, OFF, [], NOW)
    assert [(state.measure, state.is_on, state.minutes) for state in states] == [
        (Measure.PASSWORD, True, 0),
        (Measure.TWO_FACTOR, False, 2),
        (Measure.RECOVERY_CODES, False, 1),
        (Measure.SESSIONS, True, 0),
    ]


@pytest.mark.parametrize(
    ("session", "is_well"),
    [
        (a_session(is_new=True), False),
        (replace(a_session(), is_new_country=True), False),
        (replace(a_session(), is_new_device=True), False),
        (replace(a_session(), is_new_network=True), False),
        (a_session(is_new=True, is_current=True), True),
        (a_session(is_new=True, days=7), True),
        (a_session(), True),
    ],
)
def test_only_another_new_session_of_this_week_asks_to_be_looked_at(
    session: SessionView, is_well: bool
) -> None:
    states = {
        state.measure: state.is_on for state in measures(BreachOutcome.CLEAR_ONLINE, on(), [session], NOW)
    }
    assert states[Measure.SESSIONS] is is_well
