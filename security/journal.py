"""The journal of an act: audit event, change feed and mail, in the transaction of the act (R072)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from security import changes, notices
from security.acting import Acting
from security.audit import Audit, Event
from security.clock import Clock
from security.doer import Doer
from security.facts import Secret
from security.lanes import act_in
from security.origin import Origin
from security.refusals import Refusal
from security.tokens import session_mark
from security.vocabulary import ChangeKind, EventName, NoticeKind
from store.accounts import AccountRecord
from store.sessions import SessionRecord
from store.store import Store
from store.transaction import Transaction


class Journal:
    """Writes what an act leaves behind for others to read."""

    def __init__(self, store: Store, clock: Clock, audit: Audit, node: str) -> None:
        """Keep the collaborators; `node` names this machine where an act has no origin of its own."""
        self._store = store
        self._clock = clock
        self._audit = audit
        self._node = node

    def origin_of(self, session: SessionRecord) -> Origin:
        """Where an act comes from that nobody at a terminal asked for: the session's own terminal."""
        return Origin(
            connection=Secret(""), source_ip=session.source_ip, client=session.client, node=self._node
        )

    async def event(
        self,
        tx: Transaction,
        name: EventName,
        origin: Origin,
        *,
        account: AccountRecord | None,
        session_id: str | None = None,
        actor_id: str | None = None,
        by: Doer | None = None,
        was_success: bool = True,
        reason: str = "",
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Audit what is done to an account, by that account's person unless another actor is named."""
        event = self.entry(
            name,
            origin,
            account=account,
            session_id=session_id,
            actor_id=actor_id,
            by=by,
            was_success=was_success,
            reason=reason,
            details=details,
        )
        await self._audit.append(tx, event)

    async def events(self, tx: Transaction, entries: Sequence[Event]) -> None:
        """Audit several things that one act did in one organisation; none at all is nothing."""
        if entries:
            await self._audit.append_all(tx, entries)

    def entry(
        self,
        name: EventName,
        origin: Origin,
        *,
        account: AccountRecord | None,
        session_id: str | None = None,
        actor_id: str | None = None,
        by: Doer | None = None,
        was_success: bool = True,
        reason: str = "",
        details: Mapping[str, str] | None = None,
    ) -> Event:
        """An event as the journal writes it; an operator is no actor, and stands in the details."""
        if by is not None:
            actor_id, session_id = by.actor_id, by.session_id or session_id
        is_own = by is None or by.operator is None
        named = {} if by is None or by.operator is None else {"operator": by.operator}
        return Event(
            name=name,
            org_id=None if account is None else account.org_id,
            actor_id=actor_id or (account.id if is_own and account is not None else None),
            subject_id=None if account is None else account.id,
            session=None if session_id is None else session_mark(session_id),
            origin=origin,
            was_success=was_success,
            reason=reason,
            details={**(details or {}), **named},
        )

    async def change(
        self, tx: Transaction, at: datetime, kind: ChangeKind, account: AccountRecord, subject_id: str
    ) -> None:
        """Tell other terminals that something of an account has changed."""
        await changes.announce(tx, at, kind, account.org_id, account.id, subject_id)

    async def notice(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        kind: NoticeKind,
        facts: Mapping[str, str],
    ) -> None:
        """Queue one mail to the stored address of an account."""
        await notices.queue(tx, at, account.id, account.email, kind, dict(facts))

    async def told(
        self,
        acting: Acting,
        name: EventName,
        origin: Origin,
        *,
        change: ChangeKind | None = None,
        notice: NoticeKind | None = None,
        details: Mapping[str, str] | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        """Tell of what a person did to their own account: audit, and change feed and mail where named."""
        await self.event(
            acting.tx,
            name,
            origin,
            account=acting.account,
            session_id=acting.session.id,
            was_success=refusal is None,
            reason="" if refusal is None else refusal.tag,
            details=details,
        )
        if change is not None:
            await self.change(acting.tx, acting.at, change, acting.account, acting.account.id)
        if notice is not None:
            facts = {"client": origin.client, "source_ip": origin.source_ip, **(details or {})}
            await self.notice(acting.tx, acting.at, acting.account, notice, facts)

    async def refused(
        self,
        name: EventName,
        origin: Origin,
        refusal: Refusal,
        *,
        account: AccountRecord | None,
        session_id: str | None = None,
        by: Doer | None = None,
    ) -> None:
        """Audit a refusal in a transaction of its own, since that of the act was rolled back."""
        org_id = None if account is None else account.org_id
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            await self.event(
                tx,
                name,
                origin,
                account=account,
                session_id=session_id,
                by=by,
                was_success=False,
                reason=refusal.tag,
            )

    async def alone(self, name: EventName, origin: Origin, details: Mapping[str, str]) -> None:
        """Audit what concerns no account, in a transaction of its own."""
        async with act_in(self._store, self._clock.now(), None) as tx:
            await self.event(tx, name, origin, account=None, details=details)
