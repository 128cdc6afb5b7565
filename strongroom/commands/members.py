"""`strongroom admin user …` and `admin reset-2fa`: the members of organisations, for the operator."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from security.vocabulary import Role
from strongroom.commands.answer import Answer, Fact, give, when
from strongroom.commands.asking import Asking
from strongroom.errands import run_errand
from strongroom.operator import operator_name
from strongroom.password_entry import read_new_password
from strongroom.settings import Settings
from tui.words.moments import relative
from tui.words.refusals import breach_words, counted
from tui.words.sessions import cut

if TYPE_CHECKING:
    from datetime import datetime

    from security.members import Members
    from security.operator_facts import MemberChanged, MemberView
    from security.origin import Origin
    from strongroom.wiring import Wired

_TOLD = "A notice to them is queued. Nothing sends mail yet: tell them yourself."


def run_add(settings: Settings, given: argparse.Namespace) -> int:
    """Make an account with a first password."""
    password = read_new_password(from_stdin=given.password_stdin)

    async def add(wired: Wired, origin: Origin) -> Answer:
        """Make it, and say what the member does next."""
        added = await wired.operations.members.add(
            given.org, given.name, given.email, Role(given.role), password, operator_name(), origin
        )
        member = added.member
        lines = (
            f"{member.email} is added to {member.organisation} as {member.role.value}.",
            f"The password: {breach_words(added.breach).sentence}",
            "Next: tell them the password by a way that nobody else reads. They sign in with",
            "`strongroom`, change it, and set up two-factor authentication.",
        )
        return Answer(lines, {"member": member_facts(member), "breach": added.breach.value})

    return give(run_errand(settings, add), given)


def run_list(settings: Settings, given: argparse.Namespace) -> int:
    """List the members of one organisation, or of all of them."""

    async def listed(wired: Wired, _origin: Origin) -> Answer:
        """Read them in one snapshot."""
        members = await wired.operations.members.list(given.org)
        lines = _lines(members, wired.services.clock.now())
        return Answer(tuple(lines), {"members": [member_facts(member) for member in members]})

    return give(run_errand(settings, listed), given)


def run_suspend(settings: Settings, given: argparse.Namespace) -> int:
    """Close an account, after a yes."""

    async def suspend(members: Members, origin: Origin) -> Answer:
        """Close it, and say what ended."""
        changed = await members.suspend(given.email, operator_name(), origin)
        return _changed(changed, f"{changed.member.email} cannot sign in any more.", _TOLD)

    question = f"This closes the account {given.email} and ends its sessions."
    return _on_a_member(settings, given, question, suspend)


def run_restore(settings: Settings, given: argparse.Namespace) -> int:
    """Open a closed account again."""

    async def restore(members: Members, origin: Origin) -> Answer:
        """Open it."""
        changed = await members.restore(given.email, operator_name(), origin)
        return _changed(changed, f"{changed.member.email} may sign in again.", _TOLD)

    return _on_a_member(settings, given, "", restore)


def run_reset(settings: Settings, given: argparse.Namespace) -> int:
    """Take a second factor away, after a yes."""

    async def reset(members: Members, origin: Origin) -> Answer:
        """Take it away, and say what comes next."""
        changed = await members.reset_two_factor(given.email, given.reason, operator_name(), origin)
        return _changed(
            changed,
            f"The second factor of {changed.member.email} is gone, and their recovery codes.",
            "They sign in with the password alone, and set up a new one before anything else.",
            _TOLD,
        )

    question = f"This takes the second factor of {given.email} away, and their recovery codes and sessions."
    return _on_a_member(settings, given, question, reset)


def _on_a_member(
    settings: Settings,
    given: argparse.Namespace,
    question: str,
    act: Callable[[Members, Origin], Awaitable[Answer]],
) -> int:
    """Ask where there is something to ask, then act and answer."""
    asking = Asking(given)

    async def errand(wired: Wired, origin: Origin) -> Answer:
        """Ask and act."""
        if question:
            await asking.confirm(question)
        return await act(wired.operations.members, origin)

    return give(run_errand(settings, errand), given)


def _changed(changed: MemberChanged, *lines: str) -> Answer:
    """What was done to an account, and how many sessions that ended."""
    ended = (f"{counted(changed.sessions_ended, 'session')} ended.",) if changed.sessions_ended else ()
    facts: dict[str, Fact] = {
        "member": member_facts(changed.member),
        "sessions_ended": changed.sessions_ended,
    }
    return Answer((lines[0], *ended, *lines[1:]), facts)


def _lines(members: tuple[MemberView, ...], now: datetime) -> list[str]:
    """The members for a person, below the name of their organisation."""
    lines: list[str] = []
    organisation = None
    for member in members:
        if member.organisation != organisation:
            organisation = member.organisation
            lines += [*([""] if lines else []), str(organisation)]
            lines.append(f"  {'Email':<34}  {'Role':<6}  {'Status':<9}  {'2FA':<9}  Active")
        lines.append(
            f"  {cut(member.email, 34):<34}  {member.role.value:<6}  {member.status.value:<9}"
            f"  {two_factor_word(member):<9}  {_last_active(member, now)}"
        )
        lines.append(f"    {cut(member.name, 74)}")
    return lines or ["There is nobody."]


def two_factor_word(member: MemberView) -> str:
    """How the second factor of a member stands, in a word."""
    if member.must_enrol:
        return "was reset"
    return "on" if member.has_two_factor else "off"


def _last_active(member: MemberView, now: datetime) -> str:
    """When a member was here last."""
    return "never" if member.last_active_at is None else relative(member.last_active_at, now)


def member_facts(member: MemberView) -> dict[str, Fact]:
    """A member for a program."""
    return {
        "id": member.id,
        "organisation": member.organisation,
        "name": member.name,
        "email": member.email,
        "role": member.role.value,
        "status": member.status.value,
        "two_factor": member.has_two_factor,
        "must_enrol": member.must_enrol,
        "created_at": when(member.created_at),
        "last_active_at": when(member.last_active_at),
    }
