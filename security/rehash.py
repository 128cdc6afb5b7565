"""Hashes with lower parameters are made anew when their password was just proven (R011)."""

from __future__ import annotations

import logging

from security.clock import Clock
from security.hashing import PasswordHasher
from security.journal import Journal
from security.lanes import act_in
from security.origin import Origin
from security.refusals import Refusal
from security.vocabulary import EventName
from store import accounts as account_rows
from store.errors import StoreError
from store.store import Store

_log = logging.getLogger(__name__)


class Rehash:
    """Makes a stored hash anew, after the sign-in and in a transaction of its own."""

    def __init__(self, store: Store, clock: Clock, hasher: PasswordHasher, journal: Journal) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._journal = journal

    async def after(
        self, org_id: str | None, canonical: str, verified_hash: str | None, password: str, origin: Origin
    ) -> None:
        """Make the hash anew where its parameters are lower; a failure of this never fails the sign-in."""
        if verified_hash is None or not self._hasher.needs_rehash(verified_hash):
            return
        try:
            new_hash = await self._hasher.hash(password)
            await self._replace(org_id, canonical, verified_hash, new_hash, origin)
        except (Refusal, StoreError) as failure:
            _log.warning("a password hash could not be made anew: %s", type(failure).__name__)

    async def _replace(
        self, org_id: str | None, canonical: str, verified_hash: str, new_hash: str, origin: Origin
    ) -> None:
        """Write the new hash where the old one still stands; date and breach outcome stay."""
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            account = await account_rows.find_by_email(tx, canonical)
            if account is None:
                return
            if await account_rows.rehash(tx, account.id, new_hash, was=verified_hash):
                await self._journal.event(tx, EventName.PASSWORD_REHASHED, origin, account=account)
