"""`strongroom status`: the Overview's twin."""

from __future__ import annotations

import argparse

from strongroom.commands.answer import Answer, Fact, when
from strongroom.commands.desk import Desk, at_desk
from strongroom.settings import Settings
from tui.words.measures import measure_lines
from tui.words.moments import minutes_words
from tui.words.refusals import counted


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Say who is signed in, the risk, and what lowers it."""
    return at_desk(settings, given, _status)


async def _status(desk: Desk) -> Answer:
    """Read account and overview."""
    account = await desk.act(desk.services.accounts.view)
    overview = await desk.act(desk.services.accounts.overview)
    lines = [
        f"{account.name} <{account.email}>, {account.role} of {account.organisation}",
        f"Risk: {overview.risk}",
        "",
    ]
    measures: list[Fact] = []
    for line in measure_lines(overview, desk.zone):
        mends = "" if line.is_on else f" ({minutes_words(line.minutes)})"
        lines.append(f"{'ok ' if line.is_on else 'off'}  {line.title:<15} {line.state}{mends}")
        measures.append({"measure": line.measure.value, "is_on": line.is_on, "minutes": line.minutes})
    notes = []
    if overview.is_rotation_due:
        notes.append("Your organisation advises to change the password now and then; yours is due.")
    facts: dict[str, Fact] = {
        "email": account.email,
        "name": account.name,
        "organisation": account.organisation,
        "role": account.role.value,
        "risk": overview.risk.value,
        "measures": measures,
        "two_factor": account.has_two_factor,
        "sessions": len(overview.sessions),
        "breach": overview.breach.value,
        "password_changed_at": when(overview.password_changed_at),
        "is_rotation_due": overview.is_rotation_due,
    }
    lines.append("")
    lines.append(f"{counted(len(overview.sessions), 'session')}: strongroom session list")
    return Answer(tuple(lines), facts, tuple(notes))
