"""The gate: every act of a signed-in person passes it inside its own transaction (R052, R112).

The change feed is a courtesy; this is the lock. A revoked, expired or locked session is refused
here although no terminal has heard of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

from security.acting import Acting, due_reason
from security.clock import Clock
from security.facts import Secret
from security.journal import Journal
from security.lanes import act_of_session
from security.origin import Origin
from security.policy import of_record
from security.refusals import ReauthenticationNeeded, Refusal, SessionOver
from security.session_ends import SessionEnds
from security.tokens import new_token, token_hash
from security.vocabulary import EndReason, EventName
from store import people as person_rows
from store import sessions as session_rows
from store.store import Store
from store.transaction import Transaction

TOUCH_EVERY = timedelta(minutes=1)
"""Last activity is written at most this often, so that a busy terminal does not write at each key."""

_QUESTIONS = (ReauthenticationNeeded, SessionOver)
"""Refusals that ask the person for something, or that the session's own end has told already."""


async def gate(tx: Transaction, token: Secret, at: datetime) -> tuple[Acting, EndReason | None]:
    """Read who acts with this token, and why their session must end now, if it must.

    Raises:
        SessionOver: the session has ended, or no session has this token.
    """
    found = await person_rows.find_by_token(tx, token_hash(token))
    if found is None:
        raise SessionOver("unknown")
    session, person = found
    if session.ended_at is not None:
        raise SessionOver(session.end_reason or "unknown")
    acting = Acting(
        tx=tx,
        at=at,
        token=token,
        account=person.account,
        organisation=person.organisation,
        session=session,
        policy=of_record(person.policy),
        totp=person.totp,
    )
    return acting, due_reason(session, acting.account, acting.policy, at)


class Gate:
    """Opens a transaction in which a person acts, or refuses."""

    def __init__(self, store: Store, clock: Clock, ends: SessionEnds, journal: Journal) -> None:
        """Keep the store, the clock, what ends the sessions that are found over, and the journal."""
        self._store = store
        self._clock = clock
        self._ends = ends
        self._journal = journal

    @asynccontextmanager
    async def act(
        self,
        token: Secret,
        name: EventName | None = None,
        origin: Origin | None = None,
        *,
        even_locked: bool = False,
        even_unenrolled: bool = False,
    ) -> AsyncIterator[Acting]:
        """A transaction that writes for the person; it commits where the block ends without an exception.

        With a name, a refusal that leaves the block is audited under it, in a transaction of its own.

        Raises:
            SessionOver: the session has ended; an expiry that is found here is stored first (R051).
            SessionLocked: it waits behind the idle lock, unless the act is one of that lock.
            EnrolmentNeeded: the second factor was reset, unless the act belongs to setting it up (R040).
        """
        acting: Acting | None = None
        try:
            async with self._write(token) as tx:
                admitted, due = await gate(tx, token, self._clock.now())
                if due is None:
                    _require(admitted, even_locked=even_locked, even_unenrolled=even_unenrolled)
                    if admitted.session.locked_at is None:
                        await touch(admitted)
                    acting = admitted
                    yield admitted
                    return
                await self._ends.end(tx, admitted.at, admitted.session, admitted.account, due)
        except Refusal as refusal:
            await self._tell(acting, name, origin, refusal)
            raise
        raise SessionOver(due)

    @asynccontextmanager
    async def look(
        self,
        token: Secret,
        name: EventName | None = None,
        origin: Origin | None = None,
        *,
        even_locked: bool = False,
        even_unenrolled: bool = False,
        at_a_glance: bool = False,
    ) -> AsyncIterator[Acting]:
        """A snapshot in which the person reads; with a name, a refusal of the block is audited under it.

        Who only wants to know who acts looks at a glance: one statement, and no further one in the block.

        Raises:
            SessionOver: the session has ended; an expiry that is found here is stored first (R051).
            SessionLocked: it waits behind the idle lock, unless the read is one of that lock.
            EnrolmentNeeded: the second factor was reset, unless the read belongs to setting it up (R040).
        """
        acting: Acting | None = None
        try:
            async with self._store.look() if at_a_glance else self._store.read() as tx:
                admitted, due = await gate(tx, token, self._clock.now())
                if due is None:
                    _require(admitted, even_locked=even_locked, even_unenrolled=even_unenrolled)
                    acting = admitted
                    yield admitted
                    return
        except Refusal as refusal:
            await self._tell(acting, name, origin, refusal)
            raise
        async with self._write(token) as tx:
            again, _ = await gate(tx, token, self._clock.now())
            await self._ends.end(tx, again.at, again.session, again.account, due)
        raise SessionOver(due)

    async def _tell(
        self, acting: Acting | None, name: EventName | None, origin: Origin | None, refusal: Refusal
    ) -> None:
        """Audit what somebody who was admitted was refused; questions to the person are no refusals."""
        if acting is None or name is None or isinstance(refusal, _QUESTIONS):
            return
        await self._journal.refused(
            name,
            origin or self._journal.origin_of(acting.session),
            refusal,
            account=acting.account,
            session_id=acting.session.id,
        )

    def _write(self, token: Secret) -> AbstractAsyncContextManager[Transaction]:
        """Begin an act in the organisation of the person who has a token."""
        return act_of_session(self._store, self._clock.now(), token_hash(token))


def _require(acting: Acting, *, even_locked: bool, even_unenrolled: bool) -> None:
    """Let only those pass who may act now; what one may do behind the lock, one may do before enrolling."""
    if not even_locked:
        acting.require_unlocked()
    if not even_locked and not even_unenrolled:
        acting.require_enrolled()


async def touch(acting: Acting) -> bool:
    """Write the session's last activity, unless that was done within the last minute."""
    if acting.at - acting.session.last_active_at < TOUCH_EVERY:
        return False
    await session_rows.touch(acting.tx, acting.session.id, acting.at)
    return True


async def rotate(acting: Acting, *, methods: str | None = None, is_full: bool = True) -> Secret:
    """Give the session a new token; the old one dies in the same transaction (R049).

    With `methods` the act proved the person by these: a full authentication, unless `is_full` is false,
    and then the time of the last full one stays.

    Raises:
        SessionOver: another act gave it a new token meanwhile.
    """
    token = new_token()
    was_rotated = await session_rows.rotate(
        acting.tx,
        acting.session.id,
        token_hash(acting.token),
        token_hash(token),
        authenticated_at=acting.at if methods is not None and is_full else None,
        methods=methods,
    )
    if not was_rotated:
        raise SessionOver("unknown")
    return token
