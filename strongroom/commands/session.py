"""`strongroom session …`: who is signed in as you."""

from __future__ import annotations

import argparse

from security.facts import SessionView
from strongroom.commands.answer import Answer, Fact, seconds, when
from strongroom.commands.desk import Desk, at_desk
from strongroom.settings import Settings
from tui.session_words import (
    address_words,
    cut,
    device_words,
    last_active_words,
    lifetime_words,
    place_words,
    state_words,
)

SHORT = 8
"""The last characters of a session's id, by which it may be named; the first ones are of its time."""


def run_list(settings: Settings, given: argparse.Namespace) -> int:
    """List the sessions, this one first."""
    return at_desk(settings, given, _list)


async def _list(desk: Desk) -> Answer:
    """Read them in one snapshot."""
    view = await desk.act(desk.services.sessions.view)
    lines = [f"{'ID':<8}  {'Device':<28}  {'Address':<16}  Last active"]
    for session in view.sessions:
        device, address = cut(device_words(session), 28), cut(address_words(session), 16)
        lines.append(
            f"{session.id[-SHORT:]}  {device:<28}  {address:<16}  {last_active_words(session, desk.now)}"
        )
        lines.append(f"{'':<8}  {', '.join([place_words(session), *state_words(session)])}")
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
