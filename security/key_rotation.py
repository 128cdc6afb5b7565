"""Key rotation: a new key in the file first, then the rows that the old one sealed (R118)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from security.audit import Audit, Event
from security.key_file import KeyPurpose
from security.keys import KEYS_FACT, KeysNotOfStore
from security.lanes import act_in
from security.vocabulary import EventName
from store import facts, frozen, two_factor

if TYPE_CHECKING:
    from datetime import datetime

    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from store.store import Store

AT_ONCE = 50
"""Rows that are sealed anew in one transaction."""


@dataclass(frozen=True, slots=True)
class KeysRotated:
    """New keys are in use."""

    key_ids: tuple[str, ...]
    """The new keys."""
    resealed: int
    """Authenticators that were sealed anew."""


class KeyRotation:
    """Puts new keys in the place of old ones while everything runs."""

    def __init__(self, store: Store, keys: KeyRing, clock: Clock, audit: Audit) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._audit = audit

    async def rotate(self, origin: Origin, purposes: Sequence[KeyPurpose] = tuple(KeyPurpose)) -> KeysRotated:
        """Make a new key for each purpose, seal anew what the old ones sealed, and tell the audit.

        The keys go into their file before any row is sealed with them: a crash in between leaves rows
        under old keys, which stay in the ring, and another rotation or `reseal` takes them along.
        Recovery codes, names and signatures stay under the keys that made them.

        The file is written while the act is held, though that is slow: of two machines with a file each
        that rotate at once, both would make a second version of the same key, and no file would have both.

        Raises:
            KeysNotOfStore: another machine has rotated them; nothing was changed.
            KeysReadOnly: the keys cannot be written here.
            KeysUnsafe: the directory of the keys is open to others.
            SealBroken: a row does not open; rows before it are sealed anew.
            StoreError: the store failed; rows before it are sealed anew.
        """
        await frozen.require_open(self._store)
        now = self._clock.now()
        async with act_in(self._store, now, None) as tx:
            known = await facts.get(tx, KEYS_FACT)
            if known is not None and not self._keys.is_ring_of(known):
                raise KeysNotOfStore(
                    "The keys were rotated on another machine. Copy its file of keys here, and start again."
                )
            added = await self._add(purposes, now)
            await facts.put(tx, KEYS_FACT, self._keys.fingerprint())
            await self._audit.append(
                tx,
                Event(
                    EventName.KEYS_ROTATED,
                    None,
                    None,
                    None,
                    None,
                    origin,
                    True,
                    details={"keys": ", ".join(added)},
                ),
            )
        return KeysRotated(added, await self.reseal())

    async def _add(self, purposes: Sequence[KeyPurpose], now: datetime) -> tuple[str, ...]:
        """Write new keys into the file; the one file that is written while an act is held, see `rotate`."""
        return tuple([await asyncio.to_thread(self._keys.rotate, purpose, now) for purpose in purposes])

    async def reseal(self) -> int:
        """Seal anew every authenticator that is not under the newest key, and tell how many there were.

        Raises:
            SealBroken: a row does not open.
            StoreError: the store failed.
        """
        done = 0
        for key_id in self._keys.ids(KeyPurpose.TOTP)[1:]:
            while (org_id := await self._still_under(key_id)) is not None:
                done += await self._reseal_some(org_id, key_id)
        return done

    async def _still_under(self, key_id: str) -> str | None:
        """An organisation that has rows under an old key; None when there are none left."""
        async with self._store.look() as tx:
            return await two_factor.org_by_key(tx, key_id)

    async def _reseal_some(self, org_id: str, key_id: str) -> int:
        """One transaction's worth of an organisation's rows under one old key."""
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            rows = await two_factor.all_by_key(tx, org_id, key_id, AT_ONCE)
            for row in rows:
                plain = self._keys.unseal(row.account_id, row.key_id, row.sealed)
                sealed = self._keys.seal(row.account_id, plain)
                await two_factor.reseal(tx, row.account_id, sealed.data, sealed.key_id, key_id)
            return len(rows)
