"""`strongroom session revoke`, `name` and `lifetime`: what can be done with one's sessions."""

from __future__ import annotations

import argparse
from datetime import timedelta

from security.facts import SessionsView, SessionView
from security.refusals import NotFound, SessionOver
from security.secret import Secret
from security.vocabulary import EndReason
from strongroom.commands.answer import Answer, Fact, prose, seconds
from strongroom.commands.desk import Desk, at_desk
from strongroom.commands.session import found, session_facts
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.words.lifetime import effect_words, ended_by, now_words
from tui.words.refusals import ended_words
from tui.words.revoking import (
    ADVICE,
    AFTER,
    AFTER_OWN,
    ENDED_ALREADY,
    NAME_SAVED,
    others_question,
    revoked_words,
    signed_out_words,
)
from tui.words.sessions import ONLY_ONE, lifetime_words, named, strange


def run_revoke(settings: Settings, given: argparse.Namespace) -> int:
    """End one session, or all but that of the commands.

    Raises:
        Stopped: neither or both are named, with exit code 2.
    """
    if given.others is (given.id is not None):
        raise Stopped("Name one session by its id, or --others.", ExitCode.USAGE)
    if given.others:
        return at_desk(settings, given, _revoke_others)
    return at_desk(settings, given, lambda desk: _revoke(desk, given.id))


def run_name(settings: Settings, given: argparse.Namespace) -> int:
    """Name the device of a session; an empty name takes the present one away."""
    return at_desk(settings, given, lambda desk: _name(desk, given.id, given.name))


def run_lifetime(settings: Settings, given: argparse.Namespace) -> int:
    """Say how long sessions live at most, or choose it."""
    if given.lifetime is ...:
        return at_desk(settings, given, _tell_lifetime)
    return at_desk(settings, given, lambda desk: _choose_lifetime(desk, given.lifetime))


async def _revoke(desk: Desk, wanted: str) -> Answer:
    """Say which one it is, ask, and end it."""
    view = await desk.act(desk.services.sessions.view)
    session = found(view, wanted)
    if session.is_current:
        return await _revoke_own(desk, session)
    odd = strange(session)
    warn(f"{named(session, view.read_at)}.")
    if odd is not None:
        warn(f"! {odd.sentence} {ADVICE}")
    warn(AFTER)
    await desk.asking.confirm("Revoke this session?")
    try:
        await desk.act(lambda token: desk.services.sessions.revoke(token, session.id, desk.origin))
    except NotFound:
        raise Stopped(ENDED_ALREADY, ExitCode.NOT_FOUND, tag=NotFound.tag) from None
    notes = () if odd is None else ("Change the password too: strongroom password change",)
    return Answer((revoked_words(session),), _revoked_facts(session), notes)


async def _revoke_own(desk: Desk, session: SessionView) -> Answer:
    """End the session of the commands themselves, as logout does."""
    warn(f"{AFTER_OWN} The same as: strongroom logout")
    await desk.asking.confirm("Revoke this session?")
    await desk.session.leave()
    return Answer((ended_words(EndReason.SIGNED_OUT).sentence,), _revoked_facts(session))


def _revoked_facts(session: SessionView) -> dict[str, Fact]:
    """What ended, for a program."""
    return {"sessions_ended": 1, "session": session_facts(session)}


async def _revoke_others(desk: Desk) -> Answer:
    """Ask with the number, and end them."""
    view = await desk.act(desk.services.sessions.view)
    others = [session for session in view.sessions if not session.is_current]
    if not others:
        return Answer((ONLY_ONE,), {"sessions_ended": 0, "session": None})
    question = others_question(others)
    warn(question.after)
    await desk.asking.confirm(question.sentence)
    ended = await desk.act(lambda token: desk.services.sessions.revoke_others(token, desk.origin))
    return Answer((signed_out_words(ended),), {"sessions_ended": ended, "session": None})


async def _name(desk: Desk, wanted: str, name: str) -> Answer:
    """Find the session, name its device, and show it as it is now called."""
    services = desk.services
    session = found(await desk.act(services.sessions.view), wanted)
    await desk.act(lambda token: services.sessions.name_device(token, session.id, name, desk.origin))
    view = await desk.act(services.sessions.view)
    return Answer((NAME_SAVED,), {"session": session_facts(found(view, session.id))})


async def _tell_lifetime(desk: Desk) -> Answer:
    """Read what holds."""
    view = await desk.act(desk.services.sessions.view)
    return Answer(
        prose(
            f"A session lasts {lifetime_words(view.lifetime)} at the longest;",
            f"your organisation allows {lifetime_words(view.longest)}.",
        ),
        _lifetime_facts(view, ended=0),
    )


async def _choose_lifetime(desk: Desk, lifetime: timedelta | None) -> Answer:
    """Ask where it ends sessions at once, and choose it."""
    view = await desk.act(desk.services.sessions.view)
    length = view.longest if lifetime is None else lifetime
    over = ended_by(view, length)
    if over:
        warn(effect_words(view, length))
        number = "this session" if len(over) == 1 else f"{len(over)} sessions"
        await desk.asking.confirm(f"Save, and end {number} now?")
    ends_own = any(session.is_current for session in over)

    async def choose(token: Secret) -> SessionsView | None:
        """Save it; None where the asking session was itself older than that, and is over with the others."""
        try:
            return await desk.services.sessions.set_lifetime(token, lifetime, desk.origin)
        except SessionOver as ended:
            if not (ends_own and ended.reason == EndReason.EXPIRED):
                raise
            return None

    chosen = await desk.act(choose)
    if chosen is None:
        desk.session.forget()
        notes = (ended_words(EndReason.EXPIRED).sentence,)
        facts = {**_lifetime_facts(view, ended=len(over)), "lifetime_seconds": seconds(length)}
        return Answer((now_words(length),), facts, notes)
    return Answer((now_words(chosen.lifetime),), _lifetime_facts(chosen, ended=len(over)))


def _lifetime_facts(view: SessionsView, *, ended: int) -> dict[str, Fact]:
    """What holds, for a program."""
    return {
        "lifetime_seconds": seconds(view.lifetime),
        "longest_lifetime_seconds": seconds(view.longest),
        "sessions_ended": ended,
    }
