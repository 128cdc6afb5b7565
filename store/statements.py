"""Statements as an adapter takes them and what comes of them; adapters differ in nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from store.rows import Row, Value


class Statement(NamedTuple):
    """SQL with named parameters (`:name`)."""

    sql: str
    """The statement; what it names must be in `params`, which may hold more."""
    params: Mapping[str, Value]
    """Its parameters by name."""
    gives_rows: bool = False
    """Whether its rows are wanted, not how many it changed: a server's driver tells one or the other."""


class Outcome(NamedTuple):
    """What came of a statement."""

    rows: Sequence[Row]
    """The rows that it gave, where they were wanted."""
    changed: int
    """How many rows it changed, where its own rows were not wanted."""


class Adapter(Protocol):
    """What runs statements in their order."""

    async def run(self, statements: Sequence[Statement]) -> Sequence[Outcome]:
        """Run statements one after the other and give what came of each; the first failure ends it.

        Raises StoreError.
        """
