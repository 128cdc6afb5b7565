"""Times in a person's words: relative, counted down, and as stamps in local time or UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_UNITS = {"min": "minute", "h": "hour", "d": "day", "wk": "week"}
"""What the short units stand for."""


def relative(at: datetime, now: datetime) -> str:
    """How long ago, short: "now", "12 min", "5 h", "3 d", "14 wk"."""
    seconds = int((now - at).total_seconds())
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h"
    if seconds < 60 * _DAY:
        return f"{seconds // _DAY} d"
    return f"{seconds // (7 * _DAY)} wk"


def ago_words(at: datetime, now: datetime) -> str:
    """The same to be heard: "just now", "1 minute ago", "5 hours ago", "14 weeks ago"."""
    number, _, unit = relative(at, now).partition(" ")
    if not unit:
        return "just now"
    return f"{number} {_UNITS[unit]}{'' if number == '1' else 's'} ago"


def until_relative_changes(at: datetime, now: datetime) -> float:
    """Seconds until `relative` would say something else of a moment, counted from now."""
    passed = max(0.0, (now - at).total_seconds())
    if passed < _HOUR:
        unit = _MINUTE
    elif passed < _DAY:
        unit = _HOUR
    else:
        unit = _DAY if passed < 60 * _DAY else 7 * _DAY
    return unit - passed % unit


def countdown(until: datetime, now: datetime) -> str:
    """What is left until a moment, rounded up so that 0:00 means it has come: "4:59", "1:02:03"."""
    left = max(0, -(-(until - now) // timedelta(seconds=1)))
    hours, rest = divmod(left, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"


def countdown_words(until: datetime, now: datetime) -> str:
    """The same to be heard: "4 minutes 59 seconds", "1 hour 2 minutes"; seconds are left out of hours."""
    left = max(0, -(-(until - now) // timedelta(seconds=1)))
    hours, rest = divmod(left, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    parts = ((hours, "hour"), (minutes, "minute"), (0 if hours else seconds, "second"))
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said) or "0 seconds"


def drift_words(seconds: int) -> str:
    """How far a clock is off: "about 2 minutes ahead", "about 45 seconds behind"."""
    size = abs(seconds)
    side = "ahead" if seconds > 0 else "behind"
    if size < 90:
        return f"about {size} seconds {side}"
    return f"about {round(size / _MINUTE)} minutes {side}"


def stamp(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A moment as narrow as it can be told: "14:05" today, "Mon" this week, "2 Mar", "2 Mar 2025".

    A `zone` of None is the machine's local time.
    """
    then, today = at.astimezone(zone), now.astimezone(zone)
    days = (today.date() - then.date()).days
    if days <= 0:
        return f"{then:%H:%M}"
    if days < 7:
        return f"{then:%a}"
    if days < 300:
        return f"{then.day} {then:%b}"
    return f"{then.day} {then:%b %Y}"


def row_stamp(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A moment in a column of a long list: "Today 14:05", " 2 Mar 14:05", " 2 Mar 2025"."""
    then, today = at.astimezone(zone), now.astimezone(zone)
    if then.date() == today.date():
        return f" Today {then:%H:%M}"
    if abs((today.date() - then.date()).days) < 300:
        return f"{then.day:2} {then:%b %H:%M}"
    return f"{then.day:2} {then:%b %Y}"


def day(at: datetime, zone: tzinfo | None = None) -> str:
    """A date in full: "2 March 2026"."""
    then = at.astimezone(zone)
    return f"{then.day} {then:%B %Y}"


def moment(at: datetime, zone: tzinfo | None = None) -> str:
    """A date and its time: "2 March 2026, 14:05", followed by UTC where that is the zone."""
    suffix = " UTC" if zone is UTC else ""
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M}{suffix}"


def exact(at: datetime, zone: tzinfo | None = None) -> str:
    """A moment to the second: "2 March 2026, 14:05:09", followed by UTC where that is the zone."""
    suffix = " UTC" if zone is UTC else ""
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M:%S}{suffix}"


def minutes_words(minutes: int) -> str:
    """A length in minutes: "1 minute", "5 minutes"."""
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
