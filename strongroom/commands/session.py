"""`strongroom session …`: who is signed in as you."""

from __future__ import annotations

import argparse
import os

from security.facts import SessionsView, SessionView
from security.refusals import NotFound
from strongroom.accessible import wants_lines
from strongroom.commands.answer import Answer, Fact, prose, seconds, when
from strongroom.commands.desk import Desk, at_desk
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from tui.words.revoking import ADVICE
from tui.words.session_details import facts_of_session
from tui.words.sessions import (
    address_words,
    cut,
    device_words,
    last_active_words,
    lifetime_words,
    place_words,
    state_words,
    strange,
)

SHORT = 8
"""The last characters of a session's id, by which it may be named; the first ones are of its time."""


def run_list(settings: Settings, given: argparse.Namespace) -> int:
    """List the sessions, this one first."""
    return at_desk(settings, given, _list)


async def _list(desk: Desk) -> Answer:
    """Read them in one snapshot."""
    view = await desk.act(desk.services.sessions.view)
    lines = _heard(view) if wants_lines(os.environ) else _table(desk, view)
    lines.append(f"A session lasts {lifetime_words(view.lifetime)} at the longest.")
    facts: dict[str, Fact] = {
        "sessions": [session_facts(session) for session in view.sessions],
        "lifetime_seconds": seconds(view.lifetime),
        "longest_lifetime_seconds": seconds(view.longest),
        "idle_seconds": seconds(view.idle),
        "limit": view.limit,
        "read_at": when(view.read_at),
    }
    return Answer(tuple(lines), facts)


def _table(desk: Desk, view: SessionsView) -> list[str]:
    """The sessions in columns, two lines each."""
    lines = [f"{'ID':<8}  {'Device':<28}  {'Address':<16}  Last active"]
    for session in view.sessions:
        device, address = cut(device_words(session), 28), cut(address_words(session), 16)
        lines.append(
            f"{session.id[-SHORT:]}  {device:<28}  {address:<16}  {last_active_words(session, desk.now)}"
        )
        lines.append(f"{'':<8}  {', '.join([place_words(session), *state_words(session)])}")
    return lines


def _heard(view: SessionsView) -> list[str]:
    """The same for who listens: one session in one sentence, nothing cut, its id last."""
    from strongroom.plain.sessions import row_words  # needed here alone

    return [f"{row_words(session, view)} ID {session.id[-SHORT:]}." for session in view.sessions]


def run_show(settings: Settings, given: argparse.Namespace) -> int:
    """Say all that is known of one session."""
    return at_desk(settings, given, lambda desk: _show(desk, given.id))


async def _show(desk: Desk, wanted: str) -> Answer:
    """Find it, and tell it as the details of the screen do."""
    view = await desk.act(desk.services.sessions.view)
    session = found(view, wanted)
    lines = [f"{'Id':<12}{session.id}"]
    facts = facts_of_session(session, desk.now, view.idle, desk.zone)
    lines += [f"{name:<12}{value}" for name, value in facts]
    odd = None if session.is_current else strange(session)
    if session.is_current:
        lines.append("It is the session of these commands.")
    elif odd is not None:
        lines += prose(f"! {odd.sentence}", ADVICE)
    return Answer(tuple(lines), {"session": session_facts(session)})


def found(view: SessionsView, wanted: str) -> SessionView:
    """The one session that an id, or the ending of one, names.

    Raises:
        Stopped: there is none, with exit code 7, or there are several, with exit code 2.
    """
    named = [session for session in view.sessions if session.id.endswith(wanted)]
    if not named:
        raise Stopped(
            "No session of yours has this id.",
            ExitCode.NOT_FOUND,
            hint="It may have ended: strongroom session list",
            tag=NotFound.tag,
        )
    if len(named) > 1:
        raise Stopped(
            f"{len(named)} of your sessions end so.",
            ExitCode.USAGE,
            hint="Give more characters of the id: strongroom session list --json",
            tag="ambiguous",
        )
    return named[0]


def session_facts(session: SessionView) -> dict[str, Fact]:
    """A session for a program."""
    return {
        "id": session.id,
        "client": session.client,
        "device_name": session.device_name,
        "address": session.source_ip,
        "city": session.city,
        "country": session.country,
        "created_at": when(session.created_at),
        "authenticated_at": when(session.authenticated_at),
        "methods": [method.value for method in session.methods],
        "last_active_at": when(session.last_active_at),
        "expires_at": when(session.expires_at),
        "is_current": session.is_current,
        "is_new_device": session.is_new_device,
        "is_new_network": session.is_new_network,
        "is_new_country": session.is_new_country,
        "is_kept": session.is_kept,
        "is_locked": session.is_locked,
    }
