"""`strongroom codes regenerate` and `confirm`: a fresh batch, and the proof that it was saved."""

from __future__ import annotations

import argparse
from pathlib import Path

from security.refusals import NotEnrolled, NotFound
from strongroom.commands.answer import Answer
from strongroom.commands.code_sheet import CodeSheet, confirmed
from strongroom.commands.desk import Desk, at_desk
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.words.two_factor import NEW_CODES, NONE_OF_THESE, REGENERATE_AFTER, REGENERATE_QUESTION


def run_regenerate(settings: Settings, given: argparse.Namespace) -> int:
    """Make new codes; the old ones stop working."""
    return at_desk(settings, given, lambda desk: _regenerate(desk, given.output, not given.keep_sessions))


def run_confirm(settings: Settings, given: argparse.Namespace) -> int:
    """Prove with one of the codes that they were saved."""
    return at_desk(settings, given, _confirm)


async def _regenerate(desk: Desk, output: Path | None, end_others: bool) -> Answer:
    """Ask, make them, and hand them out."""
    view = await desk.act(desk.services.two_factor.state)
    if not view.is_on:
        raise NotEnrolled
    warn(REGENERATE_AFTER)
    await desk.asking.confirm(REGENERATE_QUESTION)
    async with CodeSheet(desk, output).ready() as sheet:
        codes = await desk.renew_fresh(
            lambda token: desk.services.recovery_codes.regenerate(token, desk.origin, end_others=end_others)
        )
        return await sheet.give(codes, NEW_CODES)


async def _confirm(desk: Desk) -> Answer:
    """Ask for a code, and hold it against the live batch."""
    missing = "one of your recovery codes is needed."
    code = await desk.asking.secret("One of your codes: ", missing, ExitCode.CONFIRMATION_NEEDED)
    try:
        is_one = await confirmed(desk, None, code)
    except NotFound:
        raise Stopped(
            "There are no recovery codes to confirm.",
            ExitCode.NOT_FOUND,
            hint="They come with two-factor authentication: strongroom 2fa status",
            tag=NotFound.tag,
        ) from None
    if not is_one:
        raise Stopped(NONE_OF_THESE, ExitCode.AUTHENTICATION, tag="code_rejected")
    return Answer(("Your recovery codes are confirmed as saved.",), {"codes_confirmed": True})
