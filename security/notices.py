"""Notices: mail about an account, queued in the transaction that it tells of (R015, R029, R039)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from security.safe_text import sanitise
from security.vocabulary import NoticeKind
from store import outbox as outbox_rows
from store.ids import new_id

if TYPE_CHECKING:
    from store.transaction import Transaction


async def queue(
    tx: Transaction,
    at: datetime,
    account_id: str,
    address: str,
    kind: NoticeKind,
    facts: Mapping[str, str | int],
) -> None:
    """Queue one notice to the stored address of an account.

    `facts` are what the mail tells (client, address of the source, numbers), made safe to show here;
    a secret never belongs in them.
    """
    safe = {name: value if isinstance(value, int) else str(sanitise(value)) for name, value in facts.items()}
    await outbox_rows.insert(
        tx,
        outbox_rows.OutboxRecord(
            id=new_id(at),
            account_id=account_id,
            address=address,
            kind=kind.value,
            facts=json.dumps(safe, sort_keys=True, ensure_ascii=False),
            created_at=at,
            sent_at=None,
        ),
    )
