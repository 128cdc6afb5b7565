"""`strongroom login` and `logout`: the session that the other commands work with."""

from __future__ import annotations

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from security.facts import SecondStepNeeded, SignedIn
from security.refusals import CodeRejected, Refusal, SessionOver
from security.secret import Secret
from store.shielding import see_through
from strongroom.commands.answer import Answer, Fact, give, when
from strongroom.commands.asking import Asking
from strongroom.commands.desk import ENROL, origin_of_commands
from strongroom.commands.kept_session import BETWEEN_LOOKS, LOOKS, not_signed_in
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import LocalSession, keeper_of_commands
from strongroom.one_at_a_time import StillHeld
from strongroom.paths import find_paths
from strongroom.refused import recovery_code_refused
from strongroom.settings import Settings
from tui.words.moments import moment
from tui.words.refusals import counted, ended_words
from tui.words.two_factor import RESET

if TYPE_CHECKING:
    from security.origin import Origin
    from security.services import Services
    from strongroom.wiring import Wired

STAYS = "Its token could not be removed: {}. Nobody can do anything with it any more."
"""What is said of a file that would not go."""


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Sign in, in one step or two; a session that was kept before ends once the new one stands.

    Raises:
        Stopped: it was refused, or something that is needed cannot be asked for.
    """
    asking = Asking(given)
    keeper = keeper_of_commands(settings, find_paths(os.environ).state)
    keeper.check()

    async def sign_in(wired: Wired, origin: Origin) -> int:
        """Ask, sign in, and keep the session."""
        keeper.require_room()
        origin = origin_of_commands(origin, keeper)
        signed_in = await _signed_in(wired.services, asking, given, origin)
        await see_through(_keep_alone(wired.services, keeper, signed_in, origin))
        return give(_welcome(signed_in), given)

    return run_errand(settings, sign_in)


def run_logout(settings: Settings, given: argparse.Namespace) -> int:
    """End the session of the commands, in the store and here.

    Raises:
        Stopped: the store could not be told; the token stays then.
    """
    keeper = keeper_of_commands(settings, find_paths(os.environ).state)
    keeper.check()
    token = keeper.read_token()
    if token is None:
        return give(Answer(("You were not signed in here.",), {"was_signed_in": False}), given)

    async def sign_out(wired: Wired, origin: Origin) -> int:
        """End it; one that is over already is as good."""
        was_open = await _leave(wired.services, keeper, token, origin_of_commands(origin, keeper))
        line, notes = _farewell(was_open)
        if keeper.read_token() is not None:
            notes = (*notes, STAYS.format(keeper.session_file))
        return give(Answer((line,), {"was_signed_in": True}, notes), given)

    return run_errand(settings, sign_out)


def _farewell(was_open: bool | None) -> tuple[str, tuple[str, ...]]:
    """What is said to who leaves: one line, and notes.

    A session whose token nobody knows may be open all the same: whoever renewed it was killed, or is stopped.
    """
    if was_open is None:
        unknown = not_signed_in("unknown", was_kept=True)
        return unknown.sentence, (unknown.hint,)
    return (ended_words("signed_out").sentence if was_open else "The session was over already."), ()


async def _leave(services: Services, keeper: LocalSession, token: Secret, origin: Origin) -> bool | None:
    """End the kept session and forget it; False where it was over already, None where nobody knows its token.

    A command that gives it a new token has its turn first, unless it does not come to an end.
    """
    try:
        async with keeper.one_at_a_time() as keeps_others_out:
            looks = 1 if keeps_others_out else LOOKS
            was_open = await _signed_out(services, keeper, keeper.read_token() or token, origin, looks)
            keeper.forget()
    except StillHeld:
        was_open = await _signed_out(services, keeper, token, origin, LOOKS)
        keeper.forget()
    return was_open


async def _signed_out(
    services: Services, keeper: LocalSession, token: Secret, origin: Origin, looks: int
) -> bool | None:
    """End the kept session, also where another command is given a new token meanwhile.

    False where it was over already, None where nobody knows its token.
    """
    for look in range(looks):
        if look:
            await asyncio.sleep(BETWEEN_LOOKS)
            token = keeper.read_token() or token
        try:
            await services.sign_in.sign_out(token, origin)
        except SessionOver as over:
            if over.reason != "unknown":
                return False
        except Refusal:
            return False
        else:
            return True
    return None


async def _signed_in(
    services: Services, asking: Asking, given: argparse.Namespace, origin: Origin
) -> SignedIn:
    """A session, by what the person is asked for."""
    email = given.email or await asking.line("Email: ", "name the address with --email.")
    password = await asking.secret("Password: ", "the password is needed.", ExitCode.AUTHENTICATION)
    begun = await services.sign_in.begin(email, password, origin, keep=True)
    if not isinstance(begun, SecondStepNeeded):
        return begun
    if given.recovery_code:
        code = await asking.secret("Backup code: ", "a backup code is needed.", ExitCode.CONFIRMATION_NEEDED)
        try:
            return await services.sign_in.finish_with_recovery_code(begun.half, code, origin, keep=True)
        except CodeRejected as rejected:
            raise recovery_code_refused(rejected, services.clock.now()) from rejected
    missing = "six digits of the authenticator app are needed."
    code = await asking.secret("Six digits: ", missing, ExitCode.CONFIRMATION_NEEDED)
    return await services.sign_in.finish(begun.half, code, origin, keep=True)


async def _keep_alone(services: Services, keeper: LocalSession, signed_in: SignedIn, origin: Origin) -> None:
    """Keep a session for the commands that follow, and end the one that was kept before.

    A command that gives that one a new token has its turn first, unless it does not come to an end.

    Raises:
        Stopped: the disk would not take it.
    """
    try:
        async with keeper.one_at_a_time():
            await _keep(services, keeper, signed_in, origin)
    except StillHeld:
        await _keep(services, keeper, signed_in, origin)


async def _keep(services: Services, keeper: LocalSession, signed_in: SignedIn, origin: Origin) -> None:
    """Keep a session in place of the one before; both end where that cannot be.

    Raises:
        Stopped: the disk would not take it.
    """
    before = keeper.read_token()
    if signed_in.device_secret is not None:
        keeper.save_device(signed_in.device_secret)
    keeper.save(signed_in)
    try:
        if keeper.trouble:
            await _end(services, signed_in.token, origin)
            sentence = f"This machine could not remember the session: {keeper.trouble}"
            raise Stopped(sentence, ExitCode.UNAVAILABLE)
    finally:
        if before is not None:  # where nothing can be kept, its token is gone too
            await _end(services, before, origin)


async def _end(services: Services, token: Secret, origin: Origin) -> None:
    """End a session that nobody needs any more; one that is over already is as good."""
    try:
        await services.sign_in.sign_out(token, origin)
    except Refusal:
        return


def _welcome(signed_in: SignedIn) -> Answer:
    """Who is signed in now, until when, and what this sign-in spent."""
    account = signed_in.account
    lines = [
        f"Signed in to {account.organisation} as {account.email}.",
        f"The session lasts until {moment(signed_in.expires_at)} at the longest.",
    ]
    notes = []
    if signed_in.recovery_codes_left is not None:
        notes.append(f"{counted(signed_in.recovery_codes_left, 'backup code')} left.")
    if account.must_enrol:
        notes += [RESET, ENROL]
    if signed_in.codes_unacknowledged:
        notes.append("Your recovery codes were never confirmed as saved: strongroom codes regenerate")
    facts: dict[str, Fact] = {
        "email": account.email,
        "name": account.name,
        "organisation": account.organisation,
        "role": account.role.value,
        "two_factor": account.has_two_factor,
        "session_id": signed_in.session_id,
        "expires_at": when(signed_in.expires_at),
        "recovery_codes_left": signed_in.recovery_codes_left,
        "recovery_codes_unconfirmed": signed_in.codes_unacknowledged,
        "other_sessions_ended": signed_in.other_sessions_ended,
    }
    return Answer(tuple(lines), facts, tuple(notes))
