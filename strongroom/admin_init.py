"""`strongroom admin init`: the first-run screen's twin for scripts."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from strongroom.assembly import needs_founding
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.password_entry import read_new_password
from strongroom.settings import Settings
from strongroom.speech import say

if TYPE_CHECKING:
    from security.origin import Origin
    from strongroom.wiring import Wired


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    return init(settings, given.org, given.name, given.email, from_stdin=given.password_stdin)


def init(settings: Settings, org: str, name: str, email: str, *, from_stdin: bool) -> int:
    """Make store, keys and the first owner where there are neither store nor keys (R028).

    Raises:
        Stopped: there is a store already, or something of what was given is refused; nothing is left then.
    """
    if not asyncio.run(needs_founding(settings, asks_server=True)):
        raise Stopped(
            f"There is a store at {settings.store_place} already, with an owner. Nothing was changed.",
            ExitCode.CONFLICT,
            hint="To open it: strongroom",
        )
    password = read_new_password(from_stdin=from_stdin)

    async def found(wired: Wired, origin: Origin) -> int:
        """Make the owner, who signs in later: nobody is left signed in by a script."""
        services = wired.services
        signed_in = await services.founding.found(org, name, email, password, origin)
        await services.sign_in.sign_out(signed_in.token, origin)
        say(f"{signed_in.account.organisation} is founded, and {signed_in.account.email} is its first owner.")
        say(f"Store: {settings.store_place}")
        say(f"Keys:  {settings.keys} (keep a copy apart from the store's)")
        if settings.is_on_server:
            say("Every other machine that opens this store needs a copy of the keys.")
        say("Next: sign in with `strongroom` and set up two-factor authentication.")
        return ExitCode.DONE

    return run_errand(settings, found, may_found=True)
