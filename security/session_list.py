"""The lists of sessions: what a person sees of their own, read in the one snapshot of the act (R055)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from security.acting import Acting, due_reason, lifetime
from security.facts import SessionsView, SessionView
from security.views import session_view
from store import devices as device_rows
from store import sessions as session_rows
from store.sessions import SessionRecord

JUST_ENDED = timedelta(seconds=10)
"""How long an ended session is still told of, so that a person sees which of the rows went away."""


async def views_of_sessions(acting: Acting) -> tuple[SessionView, ...]:
    """The acting person's live sessions: the current one first, then by last activity."""
    alive = [
        session
        for session in await session_rows.list_open(acting.tx, acting.account.id)
        if due_reason(session, acting.account, acting.policy, acting.at) is None
    ]
    alive.sort(key=lambda session: (session.id == acting.session.id, session.last_active_at), reverse=True)
    return await _views(acting, alive)


async def sessions_view(acting: Acting) -> SessionsView:
    """The whole of the sessions page."""
    ended = await session_rows.list_ended(
        acting.tx, acting.account.id, acting.at - JUST_ENDED, acting.at + JUST_ENDED
    )
    return SessionsView(
        sessions=await views_of_sessions(acting),
        just_ended=await _views(acting, ended),
        lifetime=lifetime(acting.account, acting.policy),
        longest=acting.policy.lifetime,
        idle=acting.policy.idle,
        limit=acting.policy.session_limit,
        read_at=acting.at,
    )


async def _views(acting: Acting, sessions: Sequence[SessionRecord]) -> tuple[SessionView, ...]:
    """Sessions of the acting person as they may be shown, each with its device's name."""
    device_names = await device_rows.names(acting.tx, acting.account.id, acting.at - JUST_ENDED)
    return tuple(
        session_view(
            session,
            acting.account,
            acting.policy,
            current_id=acting.session.id,
            device_name=device_names.get(session.device_id or ""),
        )
        for session in sessions
    )
