"""The loss of the keys, rehearsed: what a copy opens of a store. It changes nothing and shows no secret."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from security.audit_chain import is_signed
from security.key_entries import KeyPurpose
from security.keys import KEYS_FACT, KeyNotHere, SealBroken
from security.vocabulary import EventName
from store import accounts, facts, recovery_codes, two_factor
from store import audit as audit_rows
from store.ids import NIL_ID

if TYPE_CHECKING:
    from security.keys import KeyRing
    from store.audit import CheckpointRecord
    from store.store import Store
    from store.transaction import Transaction
    from store.two_factor import TotpRecord

AT_ONCE = 500
"""Authenticators that are read at once."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What of one kind there is, and what of it the copy serves."""

    total: int
    keyless: int = 0
    """Made with a key that the copy lacks."""
    broken: int = 0
    """Its key is in the copy, and it does not open or verify all the same."""

    @property
    def is_whole(self) -> bool:
        """Whether the copy serves all of it."""
        return not self.keyless and not self.broken


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of a rehearsal."""

    lacking: tuple[str, ...] | None
    """Keys of the store that are not in the copy; None where the copy is of another store altogether."""
    accounts: int
    authenticators: Opened
    code_holders: int
    """Members with recovery codes that can still be spent."""
    codes: Opened
    checkpoints: Opened
    """The audit's signatures."""
    newest_key_at: datetime
    """When the newest key in the copy was made."""
    rotated_at: datetime | None
    """When keys of the store were last made anew, as its audit has it; None where they never were."""

    @property
    def is_passed(self) -> bool:
        """Whether nothing would be lost with the keys' own file."""
        return self.lacking == () and all(
            kind.is_whole for kind in (self.authenticators, self.codes, self.checkpoints)
        )


async def rehearse(store: Store, copy: KeyRing) -> Drill:
    """Open with a copy of the keys whatever of a store needs them, in one snapshot.

    Raises:
        StoreError: the store cannot be read.
    """
    async with store.read(alone=True) as tx:
        fingerprint = await facts.get(tx, KEYS_FACT)
        unused = await recovery_codes.unused_by_key(tx)
        rotated = await audit_rows.newest_named(tx, NIL_ID, EventName.KEYS_ROTATED)
        return Drill(
            lacking=() if fingerprint is None else copy.lacking(fingerprint),
            accounts=await accounts.count(tx),
            authenticators=await _authenticators(tx, copy),
            code_holders=await recovery_codes.count_holders(tx),
            codes=_codes(unused, copy.ids(KeyPurpose.CODES)),
            checkpoints=await _checkpoints(tx, copy),
            newest_key_at=copy.newest_at,
            rotated_at=None if rotated is None else rotated.at,
        )


async def _authenticators(tx: Transaction, copy: KeyRing) -> Opened:
    """Unseal every authenticator; what comes out is let go of at once."""
    total = keyless = broken = 0
    after = ""
    while page := await two_factor.page(tx, after, AT_ONCE):
        some = await asyncio.to_thread(_unsealed, page, copy)
        total, keyless, broken = total + some.total, keyless + some.keyless, broken + some.broken
        after = page[-1].account_id
    return Opened(total, keyless, broken)


def _unsealed(page: Sequence[TotpRecord], copy: KeyRing) -> Opened:
    """Unseal some, in a thread."""
    keyless = broken = 0
    for record in page:
        try:
            copy.unseal(record.account_id, record.key_id, record.sealed)
        except KeyNotHere:
            keyless += 1
        except SealBroken:
            broken += 1
    return Opened(len(page), keyless, broken)


def _codes(unused: Mapping[str, int], ids: Sequence[str]) -> Opened:
    """Recovery codes, of which an HMAC tells nothing before somebody types the code."""
    keyless = sum(codes for key_id, codes in unused.items() if key_id not in ids)
    return Opened(sum(unused.values()), keyless)


async def _checkpoints(tx: Transaction, copy: KeyRing) -> Opened:
    """Verify every signature of the audit."""
    total = keyless = broken = 0
    ids = copy.ids(KeyPurpose.AUDIT)
    for head in await audit_rows.heads(tx):
        signed = await audit_rows.checkpoints(tx, head.org_id)
        known = [checkpoint for checkpoint in signed if checkpoint.key_id in ids]
        right = await asyncio.to_thread(_verified, known, copy)
        total, keyless = total + len(signed), keyless + len(signed) - len(known)
        broken += len(known) - right
    return Opened(total, keyless, broken)


def _verified(checkpoints: Sequence[CheckpointRecord], copy: KeyRing) -> int:
    """How many of some carry the right signature; in a thread."""
    return sum(is_signed(checkpoint, copy) for checkpoint in checkpoints)
