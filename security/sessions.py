"""Sessions: list, revoke, sign out everywhere else, heartbeat and the end of a crashed one."""

from __future__ import annotations

from datetime import timedelta

from security.clock import Clock
from security.facts import AccountView, Secret, SessionsView, SessionView, SignedIn
from security.gate import TOUCH_EVERY, Gate, gate
from security.idle_lock import IdleLock
from security.journal import Journal
from security.lanes import act_in
from security.origin import Origin
from security.policy import for_org
from security.refusals import NotFound
from security.session_choices import SessionChoices, own_live_session
from security.session_ends import SessionEnds
from security.session_list import sessions_view, views_of_sessions
from security.views import account_view
from security.vocabulary import EndReason, EventName
from store import accounts as account_rows
from store import organisations as organisation_rows
from store import session_ends as end_rows
from store.store import Store

__all__ = ["Sessions", "gate"]

EXPIRE_AT_ONCE = 50
"""Sessions of each kind of end that one transaction stores, so that it does not hold others up."""


class Sessions:
    """What a person does with their own sessions; those of others are not told from none (R056)."""

    def __init__(
        self, store: Store, clock: Clock, gate: Gate, ends: SessionEnds, journal: Journal, idle_lock: IdleLock
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._gate = gate
        self._ends = ends
        self._journal = journal
        self._idle_lock = idle_lock
        self._choices = SessionChoices(gate, ends, journal)

    async def list(self, token: Secret) -> tuple[SessionView, ...]:
        """The person's live sessions: the current one first, then by last activity.

        Raises:
            SessionOver: the asking session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            return await views_of_sessions(acting)

    async def view(self, token: Secret) -> SessionsView:
        """The whole of the sessions page: the live ones, those that have just ended, and their limits.

        Raises:
            SessionOver: the asking session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            return await sessions_view(acting)

    async def revoke(self, token: Secret, session_id: str, origin: Origin) -> None:
        """End one of the person's sessions, at once and for good.

        Raises:
            NotFound: no live session of this person has the id.
            SessionOver: the asking session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.act(token, EventName.SESSION_REVOKED, origin) as acting:
            session = await own_live_session(acting, session_id)
            was_ended = await self._ends.end(
                acting.tx,
                acting.at,
                session,
                acting.account,
                EndReason.REVOKED,
                origin=origin,
                actor_id=acting.account.id,
                by_session=acting.session.id,
            )
            if not was_ended:
                raise NotFound

    async def revoke_others(self, token: Secret, origin: Origin) -> int:
        """Sign out everywhere else: exactly this session stays (R053); how many ended.

        A session that begins at the same time is ended, or began after this was committed.

        Raises:
            SessionOver: the asking session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.act(token, EventName.SESSION_REVOKED, origin) as acting:
            return await self._ends.end_others(acting, EndReason.REVOKED, origin)

    async def name_device(self, token: Secret, session_id: str, name: str, origin: Origin) -> None:
        """Call the device of a session by a name, in all its sessions; an empty one takes the name away.

        Raises:
            NotFound: no live session of this person has the id.
            UnusableField: the name cannot be taken as it was typed.
            SessionOver: the asking session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        await self._choices.name_device(token, session_id, name, origin)

    async def set_lifetime(self, token: Secret, lifetime: timedelta | None, origin: Origin) -> SessionsView:
        """Let the person's sessions live at most so long, or with None as long as the policy lets them.

        It acts at once on live sessions; one never gets longer than it began with.

        Raises:
            UnusableField: it is shorter than an hour.
            PolicyForbids: it is longer than the organisation's.
            SessionOver: the asking session has ended, or was itself older than the new lifetime.
            SessionLocked: it waits behind the idle lock.
        """
        return await self._choices.set_lifetime(token, lifetime, origin)

    async def touch(self, token: Secret) -> AccountView:
        """The heartbeat of an open terminal: is the session alive, and whose is it.

        Last activity is written at most once a minute.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token, even_unenrolled=True, at_a_glance=True) as acting:
            view = account_view(acting.account, acting.organisation, has_two_factor=acting.has_two_factor)
            is_due = acting.at - acting.session.last_active_at >= TOUCH_EVERY
        if is_due:
            async with self._gate.act(token, even_unenrolled=True):
                pass
        return view

    async def lock(self, token: Secret) -> None:
        """Put the session behind the idle lock; locking a locked one changes nothing.

        Raises:
            SessionOver: it has ended.
        """
        await self._idle_lock.lock(token)

    async def unlock(
        self, token: Secret, *, password: str | None = None, code: str | None = None, origin: Origin
    ) -> SignedIn:
        """Let the person back in under a new token, by the password or by six digits.

        Raises:
            SessionOver: the session has ended.
            ReauthenticationNeeded: neither a password nor a code was given.
            UnusableInput: no entry point takes this password.
            Throttled: too many tries.
            Busy: the queue for password checks is full.
            WrongPassword: it is not the password.
            CodeRejected: the code was not accepted.
            SecondFactorBlocked: one hundred failures in a row.
            NotEnrolled: a code was given and two-factor authentication is off.
        """
        return await self._idle_lock.unlock(token, password, code, origin)

    async def crashed(self, token: Secret | None, incident: str, type_name: str, origin: Origin) -> None:
        """Audit an unhandled error under its incident number, and end the session that met it (R085).

        `type_name` is the error's type; never its message, which may hold anything.

        Raises:
            SessionOver: the session had ended already.
        """
        details = {"incident": incident, "type": type_name}
        if token is None:
            await self._journal.alone(EventName.CRASHED, origin, details)
            return
        async with self._gate.act(token, even_locked=True) as acting:
            await self._ends.end(
                acting.tx,
                acting.at,
                acting.session,
                acting.account,
                EndReason.CRASHED,
                origin=origin,
                actor_id=acting.account.id,
                details=details,
            )

    async def expire_due(self) -> int:
        """Store the end of all sessions that are over by age or idleness; how many there were."""
        async with self._store.look() as tx:
            organisations = await organisation_rows.list_all(tx)
        ended = 0
        for organisation in organisations:
            while some := await self._expire_some(organisation.id):
                ended += some
                if some < EXPIRE_AT_ONCE:
                    break
        return ended

    async def _expire_some(self, org_id: str) -> int:
        """Store the ends of some of an organisation's sessions; fewer than asked for were the last."""
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            at = self._clock.now()
            policy = await for_org(tx, org_id)
            due = await end_rows.end_due(tx, org_id, at, policy.idle, policy.lifetime, EXPIRE_AT_ONCE)
            for session in due:
                account = await account_rows.get(tx, session.account_id)
                if account is not None:
                    await self._ends.tell_expired(tx, at, session, account)
        return len(due)
