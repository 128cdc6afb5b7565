"""`strongroom admin org …`: further organisations of a store, for its operator."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strongroom.commands.answer import Answer, Fact, give, when
from strongroom.commands.members import member_facts
from strongroom.errands import run_errand
from strongroom.operator import operator_name
from strongroom.password_entry import read_new_password
from strongroom.settings import Settings
from tui.words.moments import day
from tui.words.refusals import breach_words, counted
from tui.words.sessions import cut

if TYPE_CHECKING:
    from security.operator_facts import OrganisationView
    from security.origin import Origin
    from strongroom.wiring import Wired


def run_add(settings: Settings, given: argparse.Namespace) -> int:
    """Make an organisation and its first owner."""
    password = read_new_password(from_stdin=given.password_stdin)

    async def add(wired: Wired, origin: Origin) -> Answer:
        """Make both, and say what its owner does next."""
        added = await wired.operations.organisations.add(
            given.org, given.name, given.email, password, operator_name(), origin
        )
        lines = (
            f"{added.organisation.name} is added, and {added.owner.email} is its first owner.",
            f"The password: {breach_words(added.breach).sentence}",
            "Next: they sign in with `strongroom` and set up two-factor authentication.",
        )
        facts: dict[str, Fact] = {
            "organisation": organisation_facts(added.organisation),
            "owner": member_facts(added.owner),
            "breach": added.breach.value,
        }
        return Answer(lines, facts)

    return give(run_errand(settings, add), given)


def run_list(settings: Settings, given: argparse.Namespace) -> int:
    """List every organisation, oldest first."""

    async def listed(wired: Wired, _origin: Origin) -> Answer:
        """Read them in one snapshot."""
        organisations = await wired.operations.organisations.list()
        lines = [f"{'Organisation':<32}  {'Members':<24}  Added"]
        for one in organisations:
            members = f"{counted(one.members, 'member')}, {one.with_two_factor} with 2FA"
            lines.append(f"{cut(one.name, 32):<32}  {members:<24}  {day(one.created_at)}")
            lines.append(f"  {one.id}")
        return Answer(tuple(lines), {"organisations": [organisation_facts(one) for one in organisations]})

    return give(run_errand(settings, listed), given)


def organisation_facts(organisation: OrganisationView) -> dict[str, Fact]:
    """An organisation for a program."""
    return {
        "id": organisation.id,
        "name": organisation.name,
        "short_name": organisation.short_name,
        "created_at": when(organisation.created_at),
        "members": organisation.members,
        "with_two_factor": organisation.with_two_factor,
    }
