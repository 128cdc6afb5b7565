"""What a person chooses about their own sessions: the name of a device and the longest lifetime (R050)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from security import names
from security.acting import Acting, due_reason
from security.facts import Secret, SessionsView
from security.gate import Gate
from security.journal import Journal
from security.origin import Origin
from security.policy import SHORTEST_LIFETIME
from security.refusals import NotFound, PolicyForbids, SessionOver, UnusableField
from security.session_ends import SessionEnds
from security.session_list import sessions_view
from security.storable import storable
from security.vocabulary import ChangeKind, EndReason, EventName
from store import accounts as account_rows
from store import devices as device_rows
from store import sessions as session_rows
from store.sessions import SessionRecord


async def own_live_session(acting: Acting, session_id: str) -> SessionRecord:
    """A live session of the acting person.

    Raises:
        NotFound: there is none, it is over, or it is somebody else's: the three are not told apart (R056).
    """
    session = await session_rows.get(acting.tx, storable(session_id))
    if session is None or session.account_id != acting.account.id or session.ended_at is not None:
        raise NotFound
    if due_reason(session, acting.account, acting.policy, acting.at) is not None:
        raise NotFound
    return session


class SessionChoices:
    """Keeps what a person chooses about their own sessions."""

    def __init__(self, gate: Gate, ends: SessionEnds, journal: Journal) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._ends = ends
        self._journal = journal

    async def name_device(self, token: Secret, session_id: str, name: str, origin: Origin) -> None:
        """Call the device of a session by a name, in all its sessions; an empty one takes the name away."""
        async with self._gate.act(token, EventName.DEVICE_NAMED, origin) as acting:
            session = await own_live_session(acting, session_id)
            if session.device_id is None:
                raise NotFound
            new_name = names.parse_device_name(name)
            if not await device_rows.set_name(acting.tx, session.device_id, new_name):
                return
            details = {"device_id": session.device_id, "session_id": session.id, "name": new_name or ""}
            await self._journal.told(acting, EventName.DEVICE_NAMED, origin, details=details)
            await self._announce(acting, session.device_id)

    async def set_lifetime(self, token: Secret, lifetime: timedelta | None, origin: Origin) -> SessionsView:
        """Let the person's sessions live at most so long, or with None as long as the policy lets them.

        It acts at once: those that are older already end in the same transaction, the asking one too,
        whose terminal is then told that it expired. A session never gets longer than it began with.
        """
        async with self._gate.act(token, EventName.SESSION_LIFETIME_CHANGED, origin) as acting:
            _check(lifetime, acting.policy.lifetime)
            if lifetime == acting.account.session_lifetime:
                return await sessions_view(acting)
            await account_rows.set_session_lifetime(acting.tx, acting.account.id, lifetime)
            seconds = "policy" if lifetime is None else f"{lifetime.total_seconds():.0f}"
            await self._journal.told(
                acting,
                EventName.SESSION_LIFETIME_CHANGED,
                origin,
                change=ChangeKind.SESSION_CHANGED,
                details={"seconds": seconds},
            )
            chosen = replace(acting, account=replace(acting.account, session_lifetime=lifetime))
            if await self._end_due(chosen):
                return await sessions_view(chosen)
        raise SessionOver(EndReason.EXPIRED)

    async def _end_due(self, acting: Acting) -> bool:
        """End the person's sessions that are over now; whether the acting one still lives."""
        is_alive = True
        for session in await session_rows.list_open(acting.tx, acting.account.id):
            due = due_reason(session, acting.account, acting.policy, acting.at)
            if due is not None:
                await self._ends.end(acting.tx, acting.at, session, acting.account, due)
                is_alive = is_alive and session.id != acting.session.id
        return is_alive

    async def _announce(self, acting: Acting, device_id: str) -> None:
        """Tell other terminals of every live session on a device."""
        for session in await session_rows.list_open(acting.tx, acting.account.id):
            if session.device_id == device_id:
                await self._journal.change(
                    acting.tx, acting.at, ChangeKind.SESSION_CHANGED, acting.account, session.id
                )


def _check(lifetime: timedelta | None, longest: timedelta) -> None:
    """Hold a chosen lifetime against its bounds."""
    if lifetime is None:
        return
    if lifetime < SHORTEST_LIFETIME:
        raise UnusableField("lifetime", "too_short")
    if lifetime > longest:
        raise PolicyForbids
