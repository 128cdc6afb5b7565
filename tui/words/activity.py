"""The words for a person's own activity: kinds, events, their details, a month's figures, and searches."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

from security.activity_facts import ActivityDays, ActivityEvent, ActivityTerm
from security.facts import EventView
from security.safe_text import SafeText, sanitise
from security.vocabulary import ActivityKind, BreachOutcome, EventName, SignInMethod
from tui.words.events import event_words
from tui.words.moments import exact
from tui.words.refusals import breach_words, counted
from tui.words.sessions import LOCAL, THIS_MACHINE, lifetime_words, source_words

KINDS: dict[ActivityKind | None, str] = {
    None: "Everything",
    ActivityKind.SIGN_INS: "Sign-ins",
    ActivityKind.SESSIONS: "Sessions and devices",
    ActivityKind.PASSWORD: "Password",
    ActivityKind.TWO_FACTOR: "Two-factor",
    ActivityKind.ACCOUNT: "Account",
    ActivityKind.FAILURES: "Refused or failed",
}
"""The kinds in the order in which they are offered."""

REFUSED = "refused"
"""What is said of an event that did not come to pass, where its own words do not."""

_SPEAK_OF_FAILURE = ("failed", REFUSED, "not made")

_DETAILS = {
    "appearance": "Appearance",
    "breach": "Breach check",
    "breach_file": "Breach file",
    "cause": "Cause",
    "codes": "Recovery codes made",
    "codes_left": "Recovery codes left",
    "device_id": "Device's id",
    "kept": "Kept signed in",
    "keys": "Keys",
    "incident": "Incident",
    "method": "Proven by",
    "methods": "Proven by",
    "name": "Device's name",
    "new_country": "Country, never seen before",
    "online": "Asked online",
    "role": "Role",
    "seconds": "Longest lifetime",
    "session_id": "Session's id",
    "sessions_ended": "Other sessions ended",
}


_PROOFS = {
    SignInMethod.PASSWORD.value: "password",
    SignInMethod.TOTP.value: "code",
    SignInMethod.RECOVERY_CODE.value: "backup code",
}

_ANSWERS = {"true": "yes", "false": "no"}


def happening_words(event: ActivityEvent | EventView) -> str:
    """What happened, and that it was refused where it was: "Name changed: refused"."""
    words = event_words(event.name)
    if event.was_success or any(said in words for said in _SPEAK_OF_FAILURE):
        return words
    return f"{words}: {REFUSED}"


def reason_words(event: ActivityEvent) -> SafeText:
    """Why, in words: a tag of the rules with blanks in it; empty where there is no reason."""
    return _spoken(event.reason)


def detail_words(name: SafeText, value: SafeText) -> tuple[SafeText, SafeText]:
    """One further fact of an event: what it is called and what it says."""
    return sanitise(_DETAILS.get(name) or _spoken(name).capitalize()), sanitise(_value_words(name, value))


def _value_words(name: SafeText, value: SafeText) -> str:
    """What a fact says: tags of the rules in words, everything else as it stands."""
    match name:
        case "method" | "methods":
            return " and ".join(_PROOFS.get(part, part) for part in value.split())
        case "seconds" if value.isascii() and value.isdecimal():
            return lifetime_words(timedelta(seconds=int(value[:12])))
        case "seconds":
            return "as the organisation sets it"
        case "breach":
            with suppress(ValueError):
                return breach_words(BreachOutcome(value)).sentence
        case "name" if not value:
            return "none: it was taken away"
        case "cause" | "role" | "appearance" | "online" | "breach_file":
            return _spoken(value)
    return _ANSWERS.get(value, value)


def facts_of(event: ActivityEvent, zone: tzinfo | None) -> list[tuple[str, str]]:
    """Everything that is known of an event: what it is called and what it says."""
    local = [] if zone is UTC else [("Local time", exact(event.at, zone))]
    found = [
        ("Event", event.name.value),
        *local,
        ("UTC" if local else "Time", exact(event.at, UTC)),
        ("Outcome", "It was done" if event.was_success else "It was refused or failed"),
        ("Reason", reason_words(event)),
        ("Done by", "somebody else: an administrator" if event.is_by_other else ""),
        ("Device", event.client),
        ("IP", source_words(event.source_ip)),
        ("Session", event.session or "none"),
        *(detail_words(name, value) for name, value in event.details),
        ("Written by", event.node),
        ("Event's id", event.id),
    ]
    return [(label, words) for label, words in found if words]


def days_words(days: ActivityDays, zone: tzinfo | None = UTC) -> str:
    """A month's figures: "212 events in 30 days, most on 3 March (41)".

    The days are those of UTC; where the person's `zone` has other ones, that is said.
    """
    span = counted(len(days.counts), "day")
    if not days.total:
        return f"No events in {span}"
    most = max(days.counts)
    last = len(days.counts) - 1 - days.counts[::-1].index(most)
    busiest = _date_words(days.first + timedelta(days=last), zone)
    if days.total == 1:
        return f"1 event in {span}, on {busiest}"
    return f"{counted(days.total, 'event')} in {span}, most on {busiest} ({most})"


def terms_of(text: str) -> tuple[ActivityTerm, ...]:
    """What a person types into the filter, word by word, with the events whose own words hold it."""
    stored = re.sub(THIS_MACHINE, LOCAL, " ".join(text.split()), flags=re.IGNORECASE)
    return tuple(_term(word) for word in stored.split())


def _term(word: str) -> ActivityTerm:
    """One word, with every event that a person would call by it."""
    wanted = word.casefold()
    names = frozenset(name for name in EventName if wanted in event_words(name).casefold())
    return ActivityTerm(word, names, failures=wanted in REFUSED)


def _spoken(tag: SafeText) -> SafeText:
    """A tag with blanks in place of its underscores."""
    return sanitise(tag.replace("_", " "))


def _date_words(day: date, zone: tzinfo | None) -> str:
    """A day of UTC, of this year or the last: "3 March", or "3 March UTC" where a zone has other days."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC).astimezone(zone)
    return f"{day.day} {day:%B}{' UTC' if begin.utcoffset() else ''}"
