"""Changes: what others did, as it happens. A courtesy to open screens; every act checks for itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from security.vocabulary import ChangeKind
from store import changes as change_rows

if TYPE_CHECKING:
    from store.store import Store
    from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One thing that happened; what is shown of it is read anew."""

    seq: int
    """Its place in the feed, for going on from there."""
    at: datetime
    kind: ChangeKind
    org_id: str | None
    account_id: str | None
    """The account it happened to."""
    subject_id: str | None
    """The session or other thing it happened to."""


async def announce(
    tx: Transaction,
    at: datetime,
    kind: ChangeKind,
    org_id: str | None = None,
    account_id: str | None = None,
    subject_id: str | None = None,
) -> None:
    """Tell of a change, in the transaction that makes it."""
    await change_rows.append(tx, at, kind.value, org_id, account_id, subject_id)


class Changes:
    """The live feed of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def stand(self) -> NoReturn:
        """Wait until nothing of the store is for this program any more: then whoever is here has to go.

        Raises:
            StoreError: a newer program has migrated the store; nothing that is asked for is done from now on.
        """
        await self._store.known.stand()

    async def follow(
        self,
        after: int | None = None,
        *,
        account_id: str | None = None,
        begun: Callable[[], object] | None = None,
    ) -> AsyncGenerator[ChangeView, None]:
        """Give the changes after a place in the feed as they come; None begins now.

        With `account_id` only what happened to that account. Kinds that this version does not know
        are passed over. `begun` is called once everything that comes is heard. Close the iterator
        (`contextlib.aclosing`) to stop following.

        Raises:
            Forgotten: the feed does not reach back to that place; read everything anew, follow from now.
            StoreError: the feed broke; follow again from the last `seq`.
        """
        async with aclosing(self._store.follow(after, begun=begun)) as rows:
            async for row in rows:
                if account_id is not None and row.account_id != account_id:
                    continue
                try:
                    kind = ChangeKind(row.kind)
                except ValueError:
                    continue
                yield ChangeView(row.seq, row.at, kind, row.org_id, row.account_id, row.subject_id)
