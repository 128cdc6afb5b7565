"""`strongroom 2fa enroll` and `verify`: the wizard's twins, in one go at a terminal or in two commands."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress

from security.facts import Enrolment, RecoveryCodes
from security.refusals import CodeRejected, Refusal
from security.secret import Secret
from security.totp import parse_code
from security.trouble import StoreTrouble
from strongroom.commands.answer import Answer, Fact, prose, when
from strongroom.commands.code_sheet import CodeSheet
from strongroom.commands.desk import Desk, at_desk
from strongroom.commands.qr_lines import qr_lines, require_room
from strongroom.commands.two_factor import nothing_waits
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import say, warn
from tui.words.moments import countdown, moment
from tui.words.refusals import refusal_words
from tui.words.two_factor import APPS, CLOCK, ENABLED, SAME_PHONE, SIX_DIGITS, grouped

GO_ON = "Then, with a code of the app: strongroom 2fa verify"
"""How it goes on where nobody sits at a terminal."""


def run_enroll(settings: Settings, given: argparse.Namespace) -> int:
    """Make a key for an authenticator app; at a terminal, go on to the first code and the recovery codes."""
    return at_desk(settings, given, lambda desk: _enroll(desk, given))


def run_verify(settings: Settings, given: argparse.Namespace) -> int:
    """Switch two-factor authentication on with the first code of a key that waits for it."""
    return at_desk(settings, given, lambda desk: _verify(desk, given))


async def _enroll(desk: Desk, given: argparse.Namespace) -> Answer:
    """Begin, show the key, and go on where somebody can answer."""
    draws = given.qr or given.qr_inverted
    if draws:
        require_room(desk.asking)
    if given.output is not None and not desk.asking.converses:
        raise Stopped(
            "The recovery codes come with the first code.",
            ExitCode.USAGE,
            hint="Name their file there: strongroom 2fa verify --output FILE",
        )
    async with CodeSheet(desk, given.output).ready() as sheet:
        enrolment = await desk.act_fresh(lambda token: desk.services.two_factor.begin(token, desk.origin))
        lines = [*_key_lines(desk, enrolment), *([enrolment.uri.reveal] if given.uri else [])]
        if not desk.asking.converses:
            return Answer((*lines, GO_ON), _key_facts(enrolment))
        drawn = await qr_lines(enrolment.uri, is_inverted=given.qr_inverted) if draws else []
        # The code last, so that all of it is seen while a code of the app is asked for.
        for line in (*lines, *drawn):
            say(line)
        try:
            codes = await _first_code(desk, enrolment.id, given)
        except (Stopped, asyncio.CancelledError):
            await _erase(desk, enrolment.id)
            raise
        return await sheet.give(codes, ENABLED)


async def _verify(desk: Desk, given: argparse.Namespace) -> Answer:
    """Take the first code of the key that waits."""
    pending = await desk.act(desk.services.two_factor.pending)
    if pending is None:
        state = await desk.act(desk.services.two_factor.state)
        if not state.is_on:
            raise nothing_waits()
    async with CodeSheet(desk, given.output).ready() as sheet:
        # Where it is on already the flow says so, in its own words and in the audit.
        codes = await _first_code(desk, "" if pending is None else pending.id, given)
        return await sheet.give(codes, ENABLED)


async def _first_code(desk: Desk, enrolment_id: str, given: argparse.Namespace) -> RecoveryCodes:
    """Take codes until one is right, while the rules let; without a terminal, one alone."""
    while True:
        code = await desk.code("Six digits of your authenticator app: ")
        if desk.asking.is_at_terminal and parse_code(code) is None:
            warn(SIX_DIGITS)
            continue

        async def confirm(token: Secret, typed: str = code) -> RecoveryCodes:
            """Hold the code against the key."""
            return await desk.services.two_factor.confirm(
                token, enrolment_id, typed, desk.origin, end_others=not given.keep_sessions
            )

        try:
            codes = await desk.renew(confirm)
        except CodeRejected as rejected:
            if not desk.asking.is_at_terminal:
                raise
            _tell_rejected(desk, rejected)
            continue
        return codes


def _tell_rejected(desk: Desk, rejected: CodeRejected) -> None:
    """Say how far the phone's clock is off, or what helps."""
    words = refusal_words(rejected, now=desk.now)
    warn(words.sentence)
    warn(words.hint if rejected.drift_seconds is not None else CLOCK)


async def _erase(desk: Desk, enrolment_id: str) -> None:
    """Erase a key that nobody wants any more; one that could not be erased dies by itself in ten minutes."""
    with suppress(Refusal, StoreTrouble, Stopped):
        await desk.act(lambda token: desk.services.two_factor.cancel(token, enrolment_id, desk.origin))


def _key_lines(desk: Desk, enrolment: Enrolment) -> list[str]:
    """The key as it is typed into an app, and how long it waits."""
    left = countdown(enrolment.expires_at, desk.now)
    return [
        "Type this key into your authenticator app (“Enter a setup key”):",
        "",
        *(f"    {line}" for line in grouped(enrolment.secret.reveal).splitlines()),
        "",
        f"It waits {left} for its first code, until {moment(enrolment.expires_at, desk.zone)}.",
        *prose(f"Apps: {APPS}.", SAME_PHONE),
    ]


def _key_facts(enrolment: Enrolment) -> dict[str, Fact]:
    """The key for a program."""
    return {
        "secret": enrolment.secret.reveal,
        "uri": enrolment.uri.reveal,
        "expires_at": when(enrolment.expires_at),
    }
