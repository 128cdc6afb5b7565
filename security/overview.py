"""The Overview's rules: which measures are on, how long the others take, and the risk that is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from security.facts import MeasureState, SessionView, TwoFactorView
from security.vocabulary import BreachOutcome, Measure, RiskLevel

FEW_CODES = 3
"""With this many recovery codes left, or fewer, it is time for new ones."""

UNFAMILIAR_FOR = timedelta(days=7)
"""How long a session on a new device or network asks to be looked at."""

MINUTES = {
    Measure.PASSWORD: 1,
    Measure.TWO_FACTOR: 2,
    Measure.RECOVERY_CODES: 1,
    Measure.SESSIONS: 1,
}
"""How long each measure takes to put right: five minutes in all."""

WEIGHTS = {
    Measure.PASSWORD: 2,
    Measure.TWO_FACTOR: 3,
    Measure.RECOVERY_CODES: 1,
    Measure.SESSIONS: 1,
}
"""What each measure that is off adds to the risk."""

_LEVELS = (RiskLevel.NEGLIGIBLE, RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.ELEVATED, RiskLevel.HIGH)


def measures(
    breach: BreachOutcome, two_factor: TwoFactorView, sessions: Sequence[SessionView], now: datetime
) -> tuple[MeasureState, ...]:
    """Each measure in the order in which it is shown.

    The password is well where the last check found it in no known breach; the recovery codes
    where two-factor authentication is on, they were saved and more than three are left; the
    sessions where no other one began within a week on a device, network or country never seen before.
    """
    has_codes = two_factor.is_on and two_factor.codes_acknowledged and two_factor.codes_left > FEW_CODES
    states = (
        (Measure.PASSWORD, breach.is_clear),
        (Measure.TWO_FACTOR, two_factor.is_on),
        (Measure.RECOVERY_CODES, has_codes),
        (Measure.SESSIONS, not any(is_unfamiliar(session, now) for session in sessions)),
    )
    return tuple(MeasureState(measure, is_on, 0 if is_on else MINUTES[measure]) for measure, is_on in states)


def is_unfamiliar(session: SessionView, now: datetime) -> bool:
    """Whether another session began lately on a device or from a place that the account never had before."""
    is_new = session.is_new_device or session.is_new_network or session.is_new_country
    return is_new and not session.is_current and now - session.created_at < UNFAMILIAR_FOR


def risk(states: Sequence[MeasureState]) -> RiskLevel:
    """The level that is left: `high` without two-factor authentication, `negligible` with every measure."""
    weight = sum(WEIGHTS[state.measure] for state in states if not state.is_on)
    return _LEVELS[min(weight, len(_LEVELS) - 1)]
