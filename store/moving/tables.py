"""What is moved: every table, in an order in which each finds what it refers to, and its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from store.errors import NewerSchema
from store.frozen import MARKS
from store.rows import Row
from store.values import Kept

Cells = tuple[Kept, ...]
"""One row as the engine keeps it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the schema."""

    name: str
    """What it is called."""
    key: tuple[str, ...]
    """The columns that tell its rows apart, and in whose order they are read."""
    is_derived: bool = False
    """It is filled by the schema's own triggers as other tables are, so it is compared and not copied."""
    left_out: tuple[str, ...] = ()
    """Keys of the rows that are of one side alone."""


TABLES = (
    Table("organisations", ("id",)),
    Table("policies", ("org_id",)),
    Table("accounts", ("id",)),
    Table("totp_secrets", ("account_id",)),
    Table("totp_enrolments", ("account_id",)),
    Table("recovery_batches", ("id",)),
    Table("recovery_codes", ("id",)),
    Table("devices", ("id",)),
    Table("sessions", ("id",)),
    Table("half_sign_ins", ("id",)),
    Table("attempts", ("id", "counter")),
    Table("locks", ("counter", "span")),
    Table("audit_checkpoints", ("org_id", "seq", "kind")),
    Table("audit_events", ("org_id", "seq")),
    Table("audit_chains", ("org_id",)),
    Table("activity_days", ("subject_id", "day"), is_derived=True),
    Table("changes", ("seq",)),
    Table("outbox", ("id",)),
    Table("acts", ("id",)),
    Table("store_facts", ("name",), left_out=MARKS),
)
"""Every table but for those that say how a store came about."""

NOT_MOVED = frozenset({"schema_migrations", "unfinished"})
"""The tables that each store has for itself."""

FEED = "changes"
"""The table whose places go on after the highest that was ever given."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One table with the columns that are moved."""

    table: Table
    """The table."""
    columns: tuple[str, ...]
    """Its columns, in the same order on both sides."""

    @property
    def key_places(self) -> tuple[int, ...]:
        """Where the key stands in a row."""
        return tuple(self.columns.index(name) for name in self.table.key)

    def key_of(self, row: Cells) -> Cells:
        """Give the key of a row."""
        return tuple(row[place] for place in self.key_places)

    def named(self, key: Cells) -> str:
        """Name a row for people: its table and key."""
        parts = (
            f"{name} {value.hex() if isinstance(value, bytes) else value!a}"
            for name, value in zip(self.table.key, key, strict=True)
        )
        return f"{self.table.name}, {', '.join(parts)}"


def layouts(place: str, columns: Sequence[tuple[str, str]]) -> Sequence[Layout]:
    """Lay out every table by the columns that a store has, told as pairs of table and column.

    Raises NewerSchema where there is a table that is not known here: it would be left behind.
    """
    by_table: dict[str, list[str]] = {}
    for table, column in columns:
        by_table.setdefault(table, []).append(column)
    known = {table.name for table in TABLES} | NOT_MOVED
    if not {table.name for table in TABLES} <= set(by_table) <= known:
        raise NewerSchema(f"The store {place} has other tables than this program knows, so it was not moved.")
    return [Layout(table, tuple(by_table[table.name])) for table in TABLES]


def cells(row: Row, columns: Sequence[str]) -> Cells:
    """Read a row as plain values."""
    return tuple(row[name] for name in columns)  # type: ignore[misc]
