"""The Overview's measures and its risk in a person's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from security.facts import MeasureState, Overview, TwoFactorView
from security.vocabulary import BreachOutcome, Measure
from tui.words.moments import day, minutes_words
from tui.words.refusals import codes_left_words, counted

OFF_BANNER = "Two-factor authentication significantly reduces the risk of unauthorized access"
"""What stands above everything while two-factor is off."""

OFF_HINT = (
    "First for owners, managers and whoever touches money. "
    "An app works offline and apart from the carrier; SMS does not resist a SIM swap."
)
"""Why it should be on, in short."""

ROTATION_BANNER = "It is time for a new password, as your organisation suggests."
"""The reminder that nobody has to follow."""

UNSAVED_BANNER = "Your recovery codes were never confirmed as saved. Regenerate them while you can."
"""After codes were shown and the program ended before they were acknowledged."""

CODELESS_BANNER = "You have no recovery codes. Regenerate them now: they are the way in without your phone."
"""After a restore from a backup, whose codes may have been used since."""

_TITLES = {
    Measure.PASSWORD: "Password",
    Measure.TWO_FACTOR: "Two-factor",
    Measure.RECOVERY_CODES: "Recovery codes",
    Measure.SESSIONS: "Sessions",
}

_BREACH_STATES = {
    BreachOutcome.CLEAR_ONLINE: "in no known breach",
    BreachOutcome.CLEAR_OFFLINE: "in no known breach (offline)",
    BreachOutcome.CLEAR_EMBEDDED: "not common; breaches not asked",
    BreachOutcome.FOUND_ONLINE: "stands in a known breach",
    BreachOutcome.FOUND_OFFLINE: "stands in a known breach",
    BreachOutcome.FOUND_EMBEDDED: "on the list of common passwords",
    BreachOutcome.NOT_CHECKED: "not checked against breaches",
}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure as it is shown."""

    measure: Measure
    title: str
    state: str
    """Its state in words."""
    is_on: bool
    minutes: int
    """What it takes to put right; 0 where it is on."""


def measure_lines(overview: Overview, zone: tzinfo | None = None) -> tuple[MeasureLine, ...]:
    """The measures of an overview in words."""
    return tuple(
        MeasureLine(
            state.measure, _TITLES[state.measure], _state(state, overview, zone), state.is_on, state.minutes
        )
        for state in overview.measures
    )


def _state(state: MeasureState, overview: Overview, zone: tzinfo | None) -> str:
    """One measure's state in words."""
    match state.measure:
        case Measure.PASSWORD:
            return _BREACH_STATES[overview.breach]
        case Measure.TWO_FACTOR:
            enrolled_at = overview.two_factor.enrolled_at
            return f"on since {day(enrolled_at, zone)}" if enrolled_at else "off"
        case Measure.RECOVERY_CODES:
            return _codes_state(overview.two_factor)
        case Measure.SESSIONS:
            return _sessions_state(overview)


def _codes_state(view: TwoFactorView) -> str:
    """How the recovery codes stand."""
    if not view.is_on:
        return "come with two-factor"
    if not view.codes_in_batch:
        return "none"
    if not view.codes_acknowledged:
        return "never confirmed as saved"
    return codes_left_words(view.codes_left, view.codes_in_batch).replace("backup codes ", "")


def _sessions_state(overview: Overview) -> str:
    """How many sessions are alive, and whether one of them looks strange."""
    count = len(overview.sessions)
    others = [one for one in overview.sessions if not one.is_current]
    kinds = (
        ("country", "countries", sum(one.is_new_country for one in others)),
        ("device", "devices", sum(one.is_new_device for one in others)),
        ("network", "networks", sum(one.is_new_network for one in others)),
    )
    for one_kind, many, strange in kinds:  # the gravest first
        if strange:
            return f"{count}, {strange} from " + (f"a new {one_kind}" if strange == 1 else f"new {many}")
    return "this one only" if count <= 1 else f"{count}, all from places you know"


def way_left(overview: Overview) -> str:
    """How far it is to the best level: "3 minutes and 2 measures to ", or that nothing is left."""
    off = [state for state in overview.measures if not state.is_on]
    if not off:
        return "Every measure is on"
    minutes = sum(state.minutes for state in off)
    return f"{minutes_words(minutes)} and {counted(len(off), 'measure')} to "
