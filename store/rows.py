"""Rows and values as both drivers can give and take them, read by type without casts."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from store.errors import Corrupt
from store.times import EPOCH

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = str | bytes | int | bool | datetime | None
"""What a statement's parameter may be; times and truth values are kept as integers."""


class Row(Protocol):
    """One row of a result, read by column name."""

    def __getitem__(self, column: str, /) -> object:
        """Give the value of a column."""
        ...


class Part:
    """The columns of one record in a row that holds several, each after the name of its record."""

    __slots__ = ("_name", "_row")

    def __init__(self, row: Row, name: str) -> None:
        """Read those that `columns` has named so."""
        self._row = row
        self._name = name

    def __getitem__(self, column: str, /) -> object:
        """Give the value of a column."""
        return self._row[f"{self._name}_{column}"]


def columns(kind: type[DataclassInstance], name: str) -> str:
    """List a record's columns for a SELECT that joins several, from the table that is called by a name."""
    return ", ".join(f"{name}.{item.name} AS {name}_{item.name}" for item in fields(kind))


def values(record: DataclassInstance) -> dict[str, Value]:
    """Give a record's fields as named parameters, for the INSERT that lists them."""
    return {item.name: getattr(record, item.name) for item in fields(record)}


def _odd(column: str) -> Corrupt:
    return Corrupt(f"The store holds a value of the wrong type in the column {column}.")


def text(row: Row, column: str) -> str:
    """Read text that is always there."""
    value = row[column]
    if isinstance(value, str):
        return value
    raise _odd(column)


def maybe_text(row: Row, column: str) -> str | None:
    """Read text that may be absent."""
    value = row[column]
    if value is None or isinstance(value, str):
        return value
    raise _odd(column)


def number(row: Row, column: str) -> int:
    """Read a whole number that is always there."""
    value = row[column]
    if isinstance(value, int):
        return value
    raise _odd(column)


def flag(row: Row, column: str) -> bool:
    """Read a truth value kept as 0 or 1."""
    value = row[column]
    if isinstance(value, int):
        return value != 0
    raise _odd(column)


def blob(row: Row, column: str) -> bytes:
    """Read bytes that are always there."""
    value = row[column]
    if isinstance(value, bytes):
        return value
    raise _odd(column)


def moment(row: Row, column: str) -> datetime:
    """Read a time that is always there, as aware UTC."""
    value = row[column]
    if isinstance(value, int):
        return EPOCH + timedelta(0, 0, value)
    raise _odd(column)


def maybe_moment(row: Row, column: str) -> datetime | None:
    """Read a time that may be absent, as aware UTC."""
    value = row[column]
    if value is None:
        return None
    if isinstance(value, int):
        return EPOCH + timedelta(0, 0, value)
    raise _odd(column)
