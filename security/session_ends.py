"""The end of sessions: each with its audit event and its row of the change feed, in the act's transaction."""

from __future__ import annotations

from datetime import datetime

from security.acting import Acting, due_reason
from security.doer import Doer
from security.journal import Journal
from security.origin import Origin
from security.policy import Policy
from security.vocabulary import ChangeKind, EndReason, EventName
from store import session_ends as end_rows
from store import sessions as session_rows
from store.accounts import AccountRecord
from store.sessions import SessionRecord
from store.transaction import Transaction

_EVENTS = {
    EndReason.SIGNED_OUT: EventName.SIGNED_OUT,
    EndReason.EXPIRED: EventName.SESSION_EXPIRED,
    EndReason.IDLE: EventName.SESSION_EXPIRED,
    EndReason.CRASHED: EventName.CRASHED,
}
"""How the audit names an end; whatever somebody decided is a revocation."""


class SessionEnds:
    """Ends sessions, once each: an end is stored and final, whatever a clock says later (R051)."""

    def __init__(self, journal: Journal) -> None:
        """Keep the journal in which every end is told."""
        self._journal = journal

    async def end(
        self,
        tx: Transaction,
        at: datetime,
        session: SessionRecord,
        account: AccountRecord,
        reason: EndReason,
        *,
        origin: Origin | None = None,
        actor_id: str | None = None,
        by_session: str | None = None,
        details: dict[str, str] | None = None,
    ) -> bool:
        """End one live session; False where it was over already and nothing was written.

        Without an origin the end is told as coming from the session's own terminal, and without
        the session that did it (`by_session`) as done in the session itself.
        """
        if not await end_rows.end(tx, session.id, at, reason):
            return False
        await self._journal.event(
            tx,
            _EVENTS.get(reason, EventName.SESSION_REVOKED),
            origin or self._journal.origin_of(session),
            account=account,
            session_id=by_session or session.id,
            actor_id=actor_id,
            reason=reason,
            details={"session_id": session.id, **(details or {})},
        )
        await self._journal.change(tx, at, ChangeKind.SESSION_ENDED, account, session.id)
        return True

    async def end_others(self, acting: Acting, reason: EndReason, origin: Origin) -> int:
        """End every live session of the person but the acting one (R053); the number of those that ended."""
        return await self.end_all(
            acting.tx,
            acting.at,
            acting.account,
            acting.policy,
            reason,
            origin,
            Doer.of(acting),
            keep_id=acting.session.id,
        )

    async def end_all(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        policy: Policy,
        reason: EndReason,
        origin: Origin,
        by: Doer,
        *,
        keep_id: str | None = None,
    ) -> int:
        """End every session of an account, but the one to keep (R054); how many of them were alive.

        Those that were over already, by age or idleness, end by their own reason and do not count.
        """
        for session in await session_rows.list_open(tx, account.id):
            due = due_reason(session, account, policy, at)
            if due is not None and session.id != keep_id:
                await self.end(tx, at, session, account, due)
        ended = await end_rows.end_others(tx, account.id, keep_id, at, reason)
        entries = [
            self._journal.entry(
                EventName.SESSION_REVOKED,
                origin,
                account=account,
                session_id=session_id,
                by=by,
                reason=reason,
                details={"session_id": session_id},
            )
            for session_id in ended
        ]
        await self._journal.events(tx, entries)
        for session_id in ended:
            await self._journal.change(tx, at, ChangeKind.SESSION_ENDED, account, session_id)
        return len(ended)

    async def tell_expired(
        self, tx: Transaction, at: datetime, session: SessionRecord, account: AccountRecord
    ) -> None:
        """Tell of an end by age or idleness that the store has recorded already."""
        await self._journal.event(
            tx,
            EventName.SESSION_EXPIRED,
            self._journal.origin_of(session),
            account=account,
            session_id=session.id,
            reason=session.end_reason or EndReason.EXPIRED,
            details={"session_id": session.id},
        )
        await self._journal.change(tx, at, ChangeKind.SESSION_ENDED, account, session.id)
