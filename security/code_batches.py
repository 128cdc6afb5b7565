"""Batches of recovery codes: made in the clear once, kept as HMACs (R041-R043)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security import crockford
from security.facts import Secret
from security.key_file import KeyPurpose
from security.keys import KeyRing
from security.policy import Policy
from store import recovery_codes as code_rows
from store.accounts import AccountRecord
from store.ids import new_id
from store.recovery_codes import BatchRecord, CodeRecord
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class FreshBatch:
    """A batch that was just made."""

    id: str
    codes: tuple[Secret, ...]
    """As they are shown."""


class CodeBatches:
    """Makes the codes of an account anew."""

    def __init__(self, keys: KeyRing) -> None:
        """Keep the key ring that makes the HMACs."""
        self._keys = keys

    async def make(self, tx: Transaction, at: datetime, account: AccountRecord, policy: Policy) -> FreshBatch:
        """Void the live batch, if any, and write a new one, so that never both or neither work (R045)."""
        await code_rows.void(tx, account.id, at)
        codes = [crockford.new_code() for _ in range(policy.recovery_code_count)]
        batch = BatchRecord(
            id=new_id(at),
            account_id=account.id,
            size=len(codes),
            created_at=at,
            acknowledged_at=None,
            voided_at=None,
        )
        await code_rows.insert_batch(tx, batch, [self._record(batch, code, at) for code in codes])
        return FreshBatch(batch.id, tuple(Secret(crockford.show(code)) for code in codes))

    def macs(self, code: str) -> list[bytes]:
        """The code under every version of the key, newest first, as the store may know it (R042)."""
        return self._keys.macs(KeyPurpose.CODES, code.encode("ascii"))

    def _record(self, batch: BatchRecord, code: str, at: datetime) -> CodeRecord:
        """The row of one code."""
        mac = self._keys.mac(KeyPurpose.CODES, code.encode("ascii"))
        return CodeRecord(
            id=new_id(at),
            batch_id=batch.id,
            account_id=batch.account_id,
            mac=mac.digest,
            key_id=mac.key_id,
            used_at=None,
        )
