"""What can be begun from every page inside, whichever page it belongs to.

The palette goes there first and begins it by the page's own action, which still asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.messages import GoTo, Place

if TYPE_CHECKING:
    from security.facts import AccountView


@dataclass(frozen=True, slots=True)
class Act:
    """Something that belongs to one page and can be asked for from every other."""

    binding_id: str
    """The binding that does it there; empty where the page has none."""
    label: str
    """Its name."""
    sentence: str
    """What it does."""
    place: Place
    """Where to go for it."""
    begin: str = ""
    """The action of that place that begins it; empty where going there is all."""
    otherwise: str = ""
    """What is said where the place does not offer that action."""
    advice: str = ""
    """What is said on arrival."""
    words: str = ""
    """What else people call it."""
    offered: Callable[[AccountView], bool] = lambda _account: True
    """Whether there is anything to do for an account."""


def _is_on(account: AccountView) -> bool:
    """Two-factor is on."""
    return account.has_two_factor


def _is_off(account: AccountView) -> bool:
    """Two-factor is off."""
    return not account.has_two_factor


ENFORCED = "Your organisation requires two-factor authentication: it cannot be disabled."
"""Why two-factor stays on."""

ONLY_ONE = "There is no other session: nobody else is signed in as you."
"""Why nobody is signed out."""

ACTS = (
    Act(
        "",
        "Change the password",
        "Asks for the current one; signs out your other sessions",
        Place.PASSWORD,
        words="passphrase passwd new update",
    ),
    Act(
        "two_factor.enable",
        "Set up two-factor",
        "With an authenticator app, in about two minutes",
        Place.TWO_FACTOR,
        begin="enable",
        offered=_is_off,
    ),
    Act(
        "two_factor.regenerate",
        "Regenerate recovery codes",
        "Makes new ones; the old ones stop working; asks first",
        Place.TWO_FACTOR,
        begin="regenerate",
        offered=_is_on,
    ),
    Act(
        "two_factor.disable",
        "Disable two-factor",
        "Asks for the password and a code",
        Place.TWO_FACTOR,
        begin="disable",
        otherwise=ENFORCED,
        offered=_is_on,
    ),
    Act(
        "sessions.revoke",
        "Revoke a session",
        "Ends the chosen one at once; asks first",
        Place.SESSIONS,
        advice="Choose a session; {sessions.revoke} revokes it.",
    ),
    Act(
        "sessions.others",
        "Sign out everywhere else",
        "Only this session stays; asks first",
        Place.SESSIONS,
        begin="others",
        otherwise=ONLY_ONE,
    ),
    Act(
        "sessions.name",
        "Name a device",
        "Gives the chosen session's device a name",
        Place.SESSIONS,
        advice="Choose a session; {sessions.name} names its device.",
    ),
    Act(
        "sessions.lifetime",
        "Session lifetime",
        "How long your sessions live at most",
        Place.SESSIONS,
        begin="lifetime",
    ),
    Act(
        "sessions.filter",
        "Filter sessions",
        "Only those with some words",
        Place.SESSIONS,
        begin="filter",
    ),
    Act(
        "activity.filter",
        "Search the activity",
        "Only the events with some words",
        Place.ACTIVITY,
        begin="filter",
    ),
    Act(
        "activity.export",
        "Export the activity",
        "Writes your events to a file; asks where",
        Place.ACTIVITY,
        begin="export",
    ),
    Act(
        "",
        "Change your name",
        "How others see you",
        Place.GENERAL,
        "rename",
        words="rename profile edit display",
    ),
)
"""What can be begun from every page inside."""


def errand_of(number: str) -> GoTo:
    """Return the way to what belongs to another page."""
    act = ACTS[int(number)]
    return GoTo(act.place, begin=act.begin, otherwise=act.otherwise, advice=act.advice)
