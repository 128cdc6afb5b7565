"""The words for one session: everything that is known of it, and what a name of its device does."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from security.facts import SessionView
from tui.words.moments import moment
from tui.words.sessions import (
    address_words,
    ago,
    ends_words,
    has_place,
    last_active_words,
    place_words,
    proof_words,
)

AT_ONCE = timedelta(minutes=1)
"""A proof that is no further from the sign-in than this is the sign-in's own."""

NAME_ENDED = "This session has ended. Name its device once you have signed in there again."
"""Instead of a name for what is not there any more."""

NAME_AFTER = (
    "Only you see the name. It stays with the device when you sign in there again; empty takes it away."
)
"""What a name does."""


def facts_of_session(
    session: SessionView, now: datetime, idle: timedelta, zone: tzinfo | None
) -> list[tuple[str, str]]:
    """Everything that is known of a session: names and values; what is unknown is said."""
    place = place_words(session) + (" (approximate, by its address)" if has_place(session) else "")
    began = f"{moment(session.created_at, zone)} {proof_words(session.methods)}"
    facts = [
        ("Name", session.device_name or "none yet"),
        ("Client", session.client),
        ("Address", address_words(session)),
        ("Place", place),
        ("Signed in", began),
        ("Last active", ago(last_active_words(session, now))),
        ("Ends", ends_words(session, idle, zone)),
    ]
    if session.authenticated_at - session.created_at > AT_ONCE:
        facts.insert(5, ("Confirmed", moment(session.authenticated_at, zone)))
    if session.is_kept:
        facts.append(("Kept", "you stay signed in on its machine"))
    if session.is_locked:
        facts.append(("Locked", "it waits behind its idle lock"))
    return facts
