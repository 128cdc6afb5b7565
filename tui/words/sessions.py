"""Sessions in a person's words: which device, from where, how signed in, what is strange, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from rich.cells import cell_len, set_cell_size

from security.facts import SessionView
from security.vocabulary import EndReason, SignInMethod
from tui.words.moments import moment, relative
from tui.words.refusals import counted

LOCAL = "local"
"""What stands for the address of a terminal on the machine of the program."""

THIS_MACHINE = "this machine"
"""What a person reads in its place."""

UNKNOWN_ADDRESS = "unknown"
"""What stands for an address that could not be read."""

MISSING_HINT = (
    "Missing a device? Sign out and in on it. Each is told apart by a secret that its terminal keeps."
)
"""How devices are told apart, for whoever looks for one."""

ONLY_ONE = "You are signed in nowhere else."
"""For somebody who has one session."""

_METHODS = {
    SignInMethod.PASSWORD: "password",
    SignInMethod.TOTP: "code",
    SignInMethod.RECOVERY_CODE: "backup code",
}

_ENDED = {
    EndReason.SIGNED_OUT: ("signed out", "Signed out there."),
    EndReason.EXPIRED: ("expired", "It reached its longest lifetime."),
    EndReason.IDLE: ("expired", "It was without activity for too long."),
    EndReason.REVOKED: ("revoked", "Revoked. Its terminal is back at sign-in."),
    EndReason.PASSWORD_CHANGED: ("signed out", "Signed out by the change of the password."),
    EndReason.TWO_FACTOR_CHANGED: ("signed out", "Signed out by a change of two-factor authentication."),
    EndReason.LIMIT: ("signed out", "Signed out: newer sessions reached the limit."),
    EndReason.ACCOUNT_CLOSED: ("ended", "The account was closed."),
    EndReason.CRASHED: ("ended", "Its program ended unexpectedly."),
    EndReason.RESTORED: ("ended", "Ended when the store was restored from a backup."),
}


@dataclass(frozen=True, slots=True)
class Strange:
    """Why a session looks abnormal."""

    badge: str
    """Two words for its row."""
    short: str
    """What is new, in few cells: a line that follows the cursor costs a byte for each."""
    sentence: str
    """What was never seen before."""


def missing_words(alive: int) -> str:
    """What is said to whoever looks for a session, by how many there are."""
    return f"{ONLY_ONE} {MISSING_HINT}" if alive == 1 else MISSING_HINT


def device_words(session: SessionView) -> str:
    """What the person calls the device, or what it says of itself."""
    return session.device_name or session.client


def address_words(session: SessionView) -> str:
    """Where it comes from, as an address or in words."""
    return source_words(session.source_ip)


def source_words(source_ip: str) -> str:
    """An address as it is stored, or the words for what stands in place of one."""
    if source_ip == LOCAL:
        return THIS_MACHINE
    return "address unknown" if source_ip in ("", UNKNOWN_ADDRESS) else source_ip


def cut(words: str, cells: int) -> str:
    """Words in at most so many cells."""
    return words if cell_len(words) <= cells else set_cell_size(words, cells - 1).rstrip() + "…"


def short_address(address: str, most: int) -> str:
    """An address in at most so many cells; of a long one the middle is left out, where it tells least."""
    if len(address) <= most:
        return address
    if ":" not in address:
        return f"{address[: most - 1]}…"
    tail = f"…:{address.rpartition(':')[2]}"
    room = max(0, most - len(tail))
    head = address[:room].rpartition(":")[0]
    return f"{head}:{tail}" if head else tail


def place_words(session: SessionView) -> str:
    """City and country, "this network", or that the place is unknown; never blank."""
    if session.is_this_network:
        return "this network"
    known = [part for part in (session.city, session.country) if part]
    return ", ".join(known) or "place unknown"


def has_place(session: SessionView) -> bool:
    """Whether a place is told that was looked up by the address, and may be wrong."""
    return not session.is_this_network and bool(session.city or session.country)


def strange(session: SessionView) -> Strange | None:
    """What is abnormal about a session, the gravest first; None where nothing is."""
    never = "Your account never had a session"
    if session.is_new_country:
        country = session.country or "this country"
        return Strange("new country", f"First session from {country}.", f"{never} from {country} before.")
    if session.is_new_device:
        return Strange("new device", "First session on this device.", f"{never} on this device before.")
    if session.is_new_network:
        return Strange(
            "new network", "First session from this network.", f"{never} from this network before."
        )
    return None


def proof_words(methods: Sequence[SignInMethod]) -> str:
    """How the person proved who they are: "with password and code"."""
    known = [_METHODS.get(method, method.value) for method in methods]
    if not known:
        return "in a way that is not known"
    *others, last = known
    return "with " + (f"{', '.join(others)} and {last}" if others else last)


def last_active_words(session: SessionView, now: datetime) -> str:
    """How long ago something was done there; who looks is active now."""
    return "now" if session.is_current else relative(session.last_active_at, now)


def ago(words: str) -> str:
    """A relative time within a sentence: "12 min ago", "just now"."""
    return "just now" if words == "now" else f"{words} ago"


def state_words(session: SessionView) -> tuple[str, ...]:
    """What a row's badges say of a session itself."""
    if session.ended_at is not None:
        return (ended_badge(session),)
    if session.is_current:
        return ("Current",)
    odd = strange(session)
    locked = ("locked",) if session.is_locked else ()
    return locked if odd is None else (odd.badge, *locked)


def ended_badge(session: SessionView) -> str:
    """One or two words for the row of a session that has just ended."""
    return _ending(session)[0]


def ended_sentence(session: SessionView) -> str:
    """How it ended."""
    return _ending(session)[1]


def _ending(session: SessionView) -> tuple[str, str]:
    """Badge and sentence of an end; a reason that a newer program wrote stands as it is."""
    reason = session.end_reason
    if reason is None:
        return ("ended", "It has ended.")
    return _ENDED.get(reason, ("ended", f"It has ended: {reason.value}."))


def lifetime_words(lifetime: timedelta) -> str:
    """A length of time: "1 hour", "90 minutes", "30 days"."""
    minutes = int(lifetime.total_seconds()) // 60
    if minutes % 60:
        return counted(minutes, "minute")
    hours = minutes // 60
    if hours % 24:
        return counted(hours, "hour")
    return counted(hours // 24, "day")


def ends_words(session: SessionView, idle: timedelta, zone: tzinfo | None) -> str:
    """When a session ends by itself."""
    latest = moment(session.expires_at, zone)
    return f"{latest} at the latest, or after {lifetime_words(idle)} without activity"


def named(session: SessionView, now: datetime) -> str:
    """A session in one phrase, so that nobody revokes the wrong one."""
    place = place_words(session)
    when = ago(last_active_words(session, now))
    return f"{device_words(session)}, {address_words(session)}, {place}, last active {when}"


def signed_in_words(session: SessionView, now: datetime, zone: tzinfo | None) -> str:
    """When it began: "14:02" today, else the day."""
    then, today = session.created_at.astimezone(zone), now.astimezone(zone)
    return f"{then:%H:%M}" if then.date() == today.date() else _day(then, today)


def ending_words(session: SessionView, now: datetime, zone: tzinfo | None) -> str:
    """When it ends at the latest, if not before by idleness: "by 14:02" today, else "by" the day."""
    then, today = session.expires_at.astimezone(zone), now.astimezone(zone)
    return f"by {then:%H:%M}" if then.date() == today.date() else f"by {_day(then, today)}"


def _day(then: datetime, today: datetime) -> str:
    """A day: "20 Dec", with its year where that is another one."""
    return f"{then.day} {then:%b}" if then.year == today.year else f"{then.day} {then:%b %Y}"


def foot_words(session: SessionView, now: datetime, zone: tzinfo | None) -> str:
    """One line about a session: what is strange, or how it began and when it ends; none once it is over."""
    if session.ended_at is not None:
        return ""  # its row says how it ended
    odd = None if session.is_current else strange(session)
    if odd is not None:
        return f"! {odd.short} Enter: what to do."
    began = signed_in_words(session, now, zone)
    ends = ending_words(session, now, zone)
    return f"Signed in {began} {proof_words(session.methods)} · ends {ends}"
