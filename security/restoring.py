"""Restoring: a store of yesterday is proven whole, and whatever was used since is of no use again (R107)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from security import changes, totp
from security.audit import Audit, Event
from security.keys import KEYS_FACT, KeysNotOfStore
from security.lanes import act_in
from security.tokens import session_mark
from security.vocabulary import ChangeKind, EndReason, EventName
from store import audit as audit_rows
from store import facts, unfinished, windows
from store import organisations as organisation_rows
from store.errors import Corrupt
from store.ids import NIL_ID
from store.times import from_micros, to_micros

if TYPE_CHECKING:
    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from store.audit import ChainHead
    from store.store import Store
    from store.transaction import Transaction

_LEFT_AT = "restored from"
"""The fact that says which moment's store this is, as long as its restore is not finished."""
_AT_ONCE = 200
_SHOWN = 12
"""Characters of a hash that a person compares."""


@dataclass(frozen=True, slots=True)
class WindowsClosed:
    """What a restore has ended, over all organisations."""

    sessions: int = 0
    batches: int = 0
    authenticators: int = 0
    mails: int = 0


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore by its operator."""

    operator: str
    """Who restored: the user of this machine."""
    origin: Origin
    made_at: datetime | None
    """When the backup was made; None where nobody can say, and the newest event stands for it."""


class Restoring:
    """Makes of a copy a store that may be used."""

    def __init__(self, store: Store, keys: KeyRing, clock: Clock) -> None:
        """Keep the collaborators; the store bears the mark of what is not finished."""
        self._store = store
        self._keys = keys
        self._clock = clock
        self._audit = Audit(store, keys, clock)

    async def verify(self) -> int:
        """Prove that the store is whole and belongs to these keys, and tell how many events it has.

        Raises:
            KeysNotOfStore: its secrets cannot be opened with them.
            Corrupt: the store is damaged, or its audit was tampered with.
            StoreError: it cannot be read.
        """
        async with self._store.read() as tx:
            fingerprint = await facts.get(tx, KEYS_FACT)
        if fingerprint is None or not self._keys.is_ring_of(fingerprint):
            raise KeysNotOfStore(f"The keys are not the keys of the store {self._store.place}.")
        await self._store.check(full=True)
        events = 0
        for org_id in await self._chains():
            verdict = await self._audit.verify(org_id)
            if verdict.tampering is not None:
                raise Corrupt(
                    f"The audit of the store {self._store.place} does not verify: organisation {org_id},"
                    f" event {verdict.bad_seq}, {verdict.tampering}."
                )
            events += verdict.events
        return events

    async def finish(self, restored: Restored) -> WindowsClosed:
        """Close every window in one act for each organisation, and at last take the mark away.

        Cut off in between it is done again from the beginning; what is closed stays closed.
        """
        made_at = await self._left_at(restored)
        total = WindowsClosed()
        async with self._store.read() as tx:
            organisations = [organisation.id for organisation in await organisation_rows.list_all(tx)]
        for org_id in organisations:
            closed = await self._close(org_id, restored, made_at)
            total = WindowsClosed(
                total.sessions + closed.sessions,
                total.batches + closed.batches,
                total.authenticators + closed.authenticators,
            )
        return await self._finish(restored, made_at, total)

    async def _close(self, org_id: str, restored: Restored, made_at: datetime) -> WindowsClosed:
        """Close the windows of one organisation, in one transaction."""
        at = self._clock.now()
        async with act_in(self._store, at, org_id) as tx:
            head = await audit_rows.head(tx, org_id)
            sessions = await windows.end_sessions(tx, org_id, at, EndReason.RESTORED)
            # A clock that is behind the backup's is wrong: codes were used up to then at least.
            step = totp.step_at(max(at, made_at)) + totp.WINDOW
            authenticators = await windows.spend_steps(tx, org_id, step)
            batches = await windows.void_batches(tx, org_id, at)
            await windows.drop_half_done(tx, org_id)
            events = [_ended(org_id, session_id, account_id, restored) for session_id, account_id in sessions]
            events += [_voided(org_id, account_id, restored) for account_id in batches]
            for some in _batched(events):
                await self._audit.append_all(tx, some)
            for session_id, account_id in sessions:
                await changes.announce(tx, at, ChangeKind.SESSION_ENDED, org_id, account_id, session_id)
            for account_id in batches:
                await changes.announce(tx, at, ChangeKind.TWO_FACTOR_CHANGED, org_id, account_id, account_id)
            closed = WindowsClosed(len(sessions), len(batches), authenticators)
            await self._tell(tx, org_id, restored, _told(head, made_at, closed, restored))
        return closed

    async def _finish(self, restored: Restored, made_at: datetime, total: WindowsClosed) -> WindowsClosed:
        """Close what belongs to no organisation, tell its chain too, and take the mark away."""
        at = self._clock.now()
        async with act_in(self._store, at, None) as tx:
            head = await audit_rows.head(tx, NIL_ID)
            mails = await windows.drop_mail(tx)
            if at > made_at:
                await windows.bring_throttles(tx, at - made_at)
            await facts.put(tx, KEYS_FACT, self._keys.fingerprint())
            closed = WindowsClosed(total.sessions, total.batches, total.authenticators, mails)
            await self._tell(tx, None, restored, _told(head, made_at, closed, restored))
            await facts.remove(tx, _LEFT_AT)
            await unfinished.finish(tx)
        return closed

    async def _tell(
        self, tx: Transaction, org_id: str | None, restored: Restored, details: Mapping[str, str | int]
    ) -> None:
        """Audit in one chain that the store is one of yesterday."""
        await self._audit.append(
            tx,
            Event(EventName.STORE_RESTORED, org_id, None, None, None, restored.origin, True, details=details),
        )

    async def _chains(self) -> list[str]:
        """Every organisation, and every chain there is."""
        async with self._store.read() as tx:
            chains = [organisation.id for organisation in await organisation_rows.list_all(tx)]
            chains += [head.org_id for head in await audit_rows.heads(tx)]
        return list(dict.fromkeys(chains))

    async def _left_at(self, restored: Restored) -> datetime:
        """When the store was as it is here; noted first, as the events of the restore itself are newer."""
        now = self._clock.now()
        async with act_in(self._store, now, None) as tx:
            noted = await facts.get(tx, _LEFT_AT)
            if noted is not None:
                return from_micros(int(noted))
            made_at = restored.made_at or await windows.newest_event(tx) or now
            await facts.put(tx, _LEFT_AT, str(to_micros(made_at)))
        return made_at


def _ended(org_id: str, session_id: str, account_id: str, restored: Restored) -> Event:
    """What the audit tells of a session."""
    return Event(
        EventName.SESSION_REVOKED,
        org_id,
        None,
        account_id,
        session_mark(session_id),
        restored.origin,
        True,
        reason=EndReason.RESTORED,
        details={"session_id": session_id},
    )


def _voided(org_id: str, account_id: str, restored: Restored) -> Event:
    """What the audit tells of a person's recovery codes."""
    return Event(
        EventName.RECOVERY_CODES_VOIDED,
        org_id,
        None,
        account_id,
        None,
        restored.origin,
        True,
        reason=EndReason.RESTORED,
    )


def _batched(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Events in portions that go into one statement."""
    for start in range(0, len(events), _AT_ONCE):
        yield events[start : start + _AT_ONCE]


def _told(
    head: ChainHead, made_at: datetime, closed: WindowsClosed, restored: Restored
) -> Mapping[str, str | int]:
    """What the audit keeps of a restore: up to where the store of the backup went, and what was ended."""
    return {
        "operator": restored.operator,
        "backup_at": made_at.isoformat(timespec="seconds"),
        "backup_seq": head.seq,
        "backup_hash": head.hash.hex()[:_SHOWN],
        "sessions_ended": closed.sessions,
        "batches_voided": closed.batches,
    }
