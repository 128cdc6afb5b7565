"""`strongroom admin init`: the first-run screen's twin for scripts."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from strongroom.assembly import needs_founding
from strongroom.commands.answer import Answer, Fact, give
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.password_entry import read_new_password
from strongroom.settings import Settings

if TYPE_CHECKING:
    from security.origin import Origin
    from strongroom.wiring import Wired


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    answer = init(settings, given.org, given.name, given.email, from_stdin=given.password_stdin)
    return give(answer, given)


def init(settings: Settings, org: str, name: str, email: str, *, from_stdin: bool) -> Answer:
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

    async def found(wired: Wired, origin: Origin) -> Answer:
        """Make the owner, who signs in later: nobody is left signed in by a script."""
        services = wired.services
        signed_in = await services.founding.found(org, name, email, password, origin)
        await services.sign_in.sign_out(signed_in.token, origin)
        account = signed_in.account
        lines = [
            f"{account.organisation} is founded, and {account.email} is its first owner.",
            f"Store: {settings.store_place}",
            f"Keys:  {settings.keys} (keep a copy apart from the store's)",
        ]
        if settings.is_on_server:
            lines.append("Every other machine that opens this store needs a copy of the keys.")
        lines.append("Next: sign in with `strongroom` and set up two-factor authentication.")
        facts: dict[str, Fact] = {
            "organisation": account.organisation,
            "email": account.email,
            "store": settings.store_place,
            "keys": str(settings.keys),
            "is_shared": settings.is_on_server,
        }
        return Answer(tuple(lines), facts)

    return run_errand(settings, found, may_found=True)
