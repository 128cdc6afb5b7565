"""One transaction: what every noun module of the store speaks through. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.errors import StoreError
from store.rows import Row, Value

if TYPE_CHECKING:
    from store.sqlite import Connection


class Transaction:
    """Statements that are kept together or not at all.

    Parameters are named (`:name`) and given as keywords. As on PostgreSQL, a statement that fails
    dooms the whole transaction: whoever swallows its error gets it again at the next statement
    and at the commit.
    """

    def __init__(self, connection: Connection) -> None:
        """Speak through a connection on which a transaction has begun."""
        self._connection = connection
        self._failure: StoreError | None = None
        self._is_over = False
        self._is_committed = False

    @property
    def is_committed(self) -> bool:
        """True once the commit has taken place, even if the task was cancelled during it."""
        return self._is_committed

    async def fetch(self, sql: str, /, **params: Value) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        self._must_be_open()
        try:
            return await self._connection.fetch(sql, params)
        except StoreError as error:
            self._failure = error
            raise

    async def fetch_one(self, sql: str, /, **params: Value) -> Row | None:
        """Run a statement and give its first row, or None where it has none."""
        rows = await self.fetch(sql, **params)
        return rows[0] if rows else None

    async def execute(self, sql: str, /, **params: Value) -> int:
        """Run a statement that changes rows and give how many it changed."""
        self._must_be_open()
        try:
            return await self._connection.execute(sql, params)
        except StoreError as error:
            self._failure = error
            raise

    def require_sound(self) -> None:
        """Raise the failure that dooms this transaction, if there was one."""
        if self._failure is not None:
            raise self._failure

    def end(self, *, committed: bool) -> None:
        """Refuse further statements, and remember how it ended."""
        self._is_over = True
        self._is_committed = self._is_committed or committed

    def _must_be_open(self) -> None:
        """Stop a flow that keeps a transaction for longer than its `async with`."""
        if self._is_over:
            raise RuntimeError("this transaction is over")
        self.require_sound()
