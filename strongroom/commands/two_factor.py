"""`strongroom 2fa status`, `cancel` and `disable`: the Two-factor page's twins."""

from __future__ import annotations

import argparse

from security.facts import PendingEnrolment, TwoFactorView
from security.refusals import EnrolmentOver, NotEnrolled
from strongroom.commands.answer import Answer, Fact, prose, when
from strongroom.commands.desk import Desk, at_desk
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.words.moments import moment
from tui.words.refusals import codes_left_words
from tui.words.revoking import signed_out_words
from tui.words.two_factor import (
    BANNER,
    DISABLE_AFTER,
    DISABLE_QUESTION,
    ENFORCED,
    IS_DISABLED,
    IS_ENABLED,
    warning_words,
)


def run_status(settings: Settings, given: argparse.Namespace) -> int:
    """Say how two-factor authentication and the recovery codes stand."""
    return at_desk(settings, given, _status)


def run_cancel(settings: Settings, given: argparse.Namespace) -> int:
    """Erase a key that waits for its first code."""
    return at_desk(settings, given, _cancel)


def run_disable(settings: Settings, given: argparse.Namespace) -> int:
    """Switch two-factor authentication off, on proof of password and code."""
    return at_desk(settings, given, lambda desk: _disable(desk, end_others=not given.keep_sessions))


async def _status(desk: Desk) -> Answer:
    """Read the state, and what waits for its first code."""
    view = await desk.act(desk.services.two_factor.state)
    pending = await desk.act(desk.services.two_factor.pending)
    lines = _on_lines(desk, view) if view.is_on else _off_lines(desk, pending)
    facts = {**state_facts(view), "pending_until": when(None if pending is None else pending.expires_at)}
    return Answer(lines, facts)


def _on_lines(desk: Desk, view: TwoFactorView) -> tuple[str, ...]:
    """Since when it is on, and what is left of the codes."""
    since = "time unknown" if view.enrolled_at is None else moment(view.enrolled_at, desk.zone)
    warning = warning_words(view)
    return (
        f"{IS_ENABLED}, since {since}.",
        f"{codes_left_words(view.codes_left, view.codes_in_batch)}.",
        *prose(f"! {warning}" if warning else ""),
        *(("New ones: strongroom codes regenerate",) if warning else ()),
        *prose(ENFORCED if view.is_enforced else ""),
    )


def _off_lines(desk: Desk, pending: PendingEnrolment | None) -> tuple[str, ...]:
    """Why to set it up, or how to go on."""
    if pending is None:
        return (f"{IS_DISABLED}.", *prose(f"{BANNER}."), "Set it up: strongroom 2fa enroll")
    until = moment(pending.expires_at, desk.zone)
    return (f"{IS_DISABLED}.", f"A key waits for its first code until {until}: strongroom 2fa verify")


async def _cancel(desk: Desk) -> Answer:
    """Find what waits, and erase it."""
    two_factor = desk.services.two_factor
    pending = await desk.act(two_factor.pending)
    if pending is None:
        raise nothing_waits()
    await desk.act(lambda token: two_factor.cancel(token, pending.id, desk.origin))
    return Answer(("The key is erased. Nothing was switched on.",), {"was_cancelled": True})


def nothing_waits() -> Stopped:
    """What is said where no key of this session waits for its first code."""
    return Stopped(
        "No key of this sign-in waits for its first code: it expired, was replaced, or there was none.",
        ExitCode.CONFLICT,
        hint="Make one: strongroom 2fa enroll",
        tag=EnrolmentOver.tag,
    )


async def _disable(desk: Desk, *, end_others: bool) -> Answer:
    """Ask, take both proofs, and say how it stands after."""
    two_factor = desk.services.two_factor
    view = await desk.act(two_factor.state)
    if view.is_enforced:
        raise Stopped(ENFORCED, ExitCode.FORBIDDEN, tag="policy_forbids")
    if not view.is_on:
        raise NotEnrolled
    warn(DISABLE_AFTER)
    await desk.asking.confirm(f"{DISABLE_QUESTION}.")
    password = await desk.password("Current password: ")
    code = await desk.code()
    disabled = await desk.renew(
        lambda token: two_factor.disable(token, password, code, desk.origin, end_others=end_others)
    )
    view = await desk.act(two_factor.state)
    ended = disabled.sessions_ended
    lines = [f"{IS_ENABLED if view.is_on else IS_DISABLED}.", *([signed_out_words(ended)] if ended else [])]
    return Answer(tuple(lines), {**state_facts(view), "sessions_ended": ended})


def state_facts(view: TwoFactorView) -> dict[str, Fact]:
    """The state for a program."""
    return {
        "is_on": view.is_on,
        "is_enforced": view.is_enforced,
        "enrolled_at": when(view.enrolled_at),
        "codes_left": view.codes_left,
        "codes_in_batch": view.codes_in_batch,
        "codes_confirmed": view.codes_acknowledged,
    }
