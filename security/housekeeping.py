"""Housekeeping: what falls due without anybody asking, in transactions that are safe to repeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256

from security.audit import PURGE_AT_ONCE, Audit, Event
from security.clock import Clock
from security.facts import Secret
from security.lanes import act_in
from security.origin import Origin
from security.policy import STANDARD, damage_of, for_org
from security.sessions import Sessions
from security.throttling import PURGE_AT_ONCE as ERASED_AT_ONCE
from security.throttling import Throttle
from security.vocabulary import EventName
from store import acts as act_rows
from store import changes as change_rows
from store import facts
from store import half_sign_ins as half_rows
from store import organisations as organisation_rows
from store import policies as policy_rows
from store import two_factor as two_factor_rows
from store.store import Store
from store.transaction import Transaction

ACTS_KEPT = timedelta(days=7)
"""How long a commit in doubt can be resolved (R109)."""

CHANGES_KEPT = timedelta(days=1)
"""How long the change feed reaches back; who was away longer reads everything anew."""

TOLD_DAMAGE = "policy damage told"
"""The fact of an organisation whose damaged policy was audited, so that it is told once."""


class Housekeeping:
    """Stores what time has ended, and erases what nobody needs any more."""

    def __init__(
        self, store: Store, clock: Clock, sessions: Sessions, throttle: Throttle, audit: Audit, node: str
    ) -> None:
        """Keep the collaborators, and the name of this machine for the audit."""
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._throttle = throttle
        self._audit = audit
        self._node = node

    async def run(self) -> None:
        """Expire sessions, erase pending secrets and old rows, shorten and sign the chains of the audit.

        In many small transactions: nobody has to wait for the whole of it.
        """
        await self._sessions.expire_due()
        await self._erase()
        for org_id, kept in await self._chains():
            while await self._tend(org_id, kept) == PURGE_AT_ONCE:
                pass

    async def _erase(self) -> None:
        """Erase what is over and concerns no organisation, step by step."""
        at = self._clock.now()
        steps: tuple[Callable[[Transaction], Awaitable[int]], ...] = (
            self._throttle.purge,
            lambda tx: act_rows.purge(tx, at - ACTS_KEPT, ERASED_AT_ONCE),
            lambda tx: change_rows.purge(tx, at - CHANGES_KEPT, ERASED_AT_ONCE),
        )
        for step in steps:
            gone = ERASED_AT_ONCE
            while gone >= ERASED_AT_ONCE:
                async with act_in(self._store, self._clock.now(), None) as tx:
                    gone = await step(tx)

    async def _chains(self) -> list[tuple[str | None, timedelta]]:
        """The chains and how long each keeps its events: one an organisation, and the one of none (R077)."""
        async with self._store.read() as tx:
            chains: list[tuple[str | None, timedelta]] = [(None, timedelta(days=STANDARD.audit_days))]
            for organisation in await organisation_rows.list_all(tx):
                policy = await for_org(tx, organisation.id)
                chains.append((organisation.id, timedelta(days=policy.audit_days)))
        return chains

    async def _tend(self, org_id: str | None, kept: timedelta) -> int:
        """Erase what is over in one organisation, some of the events of its chain that are too old among it.

        The end of the chain is signed where that is due. Tells how many events went.
        """
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            at = self._clock.now()
            if org_id is not None:
                await self._tell_damage(tx, org_id)
                await two_factor_rows.delete_expired_enrolments(tx, org_id, at)
                await half_rows.delete_expired(tx, org_id, at)
            gone = await self._audit.purge(tx, org_id, at - kept)
            await self._audit.checkpoint_if_due(tx, org_id)
        return gone

    async def _tell_damage(self, tx: Transaction, org_id: str) -> None:
        """Audit that a policy cannot be read, once for each version of it that somebody wrote."""
        record = await policy_rows.get(tx, org_id)
        damage = damage_of(record)
        if record is None or damage is None:
            return
        fact, known_by = f"{TOLD_DAMAGE} {org_id}", sha256(record.document.encode()).hexdigest()
        if await facts.get(tx, fact) == known_by:
            return
        await facts.put(tx, fact, known_by)
        event = Event(
            EventName.POLICY_DAMAGED,
            org_id=org_id,
            actor_id=None,
            subject_id=None,
            session=None,
            origin=Origin(connection=Secret(""), source_ip="local", client="strongroom", node=self._node),
            was_success=False,
            reason="bad_policy",
            details={"damage": damage, "version": record.version},
        )
        await self._audit.append(tx, event)
