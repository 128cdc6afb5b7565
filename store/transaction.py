"""One transaction: what every noun module of the store speaks through. Nothing here commits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from store.errors import StoreError
from store.rows import Row, Value
from store.statements import Adapter, Outcome, Statement


class Transaction(ABC):
    """Statements that are kept together or not at all.

    Parameters are named (`:name`) and given as keywords. As on PostgreSQL, a statement that fails
    dooms the whole transaction: whoever swallows its error gets it again at the next statement
    and at the commit.
    """

    __slots__ = ("_failure", "_is_committed", "_is_over")

    def __init__(self) -> None:
        """Be open, with nothing asked for yet."""
        self._failure: StoreError | None = None
        self._is_over = False
        self._is_committed = False

    @property
    def is_committed(self) -> bool:
        """True once the commit has taken place, even if the task was cancelled during it."""
        return self._is_committed

    async def fetch(self, sql: str, /, **params: Value) -> Sequence[Row]:
        """Run a statement and give all its rows."""
        return (await self._run((Statement(sql, params, gives_rows=True),)))[-1].rows

    async def fetch_one(self, sql: str, /, **params: Value) -> Row | None:
        """Run a statement and give its first row, or None where it has none."""
        rows = (await self._run((Statement(sql, params, gives_rows=True),)))[-1].rows
        return rows[0] if rows else None

    async def execute(self, sql: str, /, **params: Value) -> int:
        """Run a statement that changes rows and give how many it changed."""
        return (await self._run((Statement(sql, params),)))[-1].changed

    async def hold(self, *names: str) -> None:
        """Keep others from writing what is called by these names until this transaction ends.

        Whoever decides by what it reads, and writes by that, holds it first: the reads that follow see
        all that those wrote who held it before. Names are held in their order, so that no two wait for
        each other. An embedded store is held as a whole by whoever writes, so there nothing is to be done.
        """
        self._must_be_open()

    def require_sound(self) -> None:
        """Raise the failure that dooms this transaction, if there was one."""
        if self._failure is not None:
            raise self._failure

    def end(self, *, committed: bool) -> None:
        """Refuse further statements, and remember how it ended."""
        self._is_over = True
        self._is_committed = self._is_committed or committed

    async def _run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements; the first failure ends it and dooms the transaction."""
        self._must_be_open()
        try:
            return await self._run_on(statements)
        except StoreError as error:
            self._failure = error
            raise

    @abstractmethod
    async def _run_on(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other and give what came of each; the first failure ends it."""

    def _must_be_open(self) -> None:
        """Stop a flow that keeps a transaction for longer than its `async with`."""
        if self._is_over:
            raise RuntimeError("this transaction is over")
        self.require_sound()


class Speaking(Transaction):
    """A transaction that has a connection to itself, from before its first statement to after its last."""

    __slots__ = ("_adapter",)

    def __init__(self, adapter: Adapter) -> None:
        """Speak through a connection on which a transaction has begun."""
        super().__init__()
        self._adapter = adapter

    async def _run_on(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements on the connection."""
        return await self._adapter.run(statements)
