"""Named parameters as PostgreSQL takes them: `:name` becomes `$1`, the same name the same number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from store.rows import Value
from store.statements import Statement
from store.values import Kept, kept

_PIECE = re.compile(r"'(?:[^']|'')*'|::|:([A-Za-z_][A-Za-z0-9_]*)")


_PLAIN = re.compile(r"[0-9A-Za-z_-]+")
_NAME = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")


@lru_cache(maxsize=1024)
def numbered(sql: str) -> tuple[str, Sequence[str]]:
    """Write the names of a statement as numbers, and list the names in that order.

    What stands in quotation marks stays, and so do casts (`::`).
    """
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        """Number one name; leave everything else."""
        name = found[1]
        return found[0] if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PIECE.sub(number, sql), tuple(names)


def bound(names: Sequence[str], params: Mapping[str, Value]) -> list[Kept]:
    """Give the parameters in the order of their names, as the columns hold them."""
    return [kept(params[name]) for name in names]


def spelled(statement: Statement) -> str | None:
    """Write a statement out with its values, where each is a number or an id that needs no quoting.

    What has no parameters goes to the server in one trip together with what stands before it. None
    where a value is of any other kind: then it goes as a parameter, in a trip of its own.
    """
    values = {name: _literal(kept(value)) for name, value in statement.params.items()}
    if None in values.values():
        return None
    return _NAME.sub(lambda found: values[found[1]] or "", statement.sql)


def _literal(value: Kept) -> str | None:
    """Spell a value that cannot be mistaken for anything else."""
    if isinstance(value, int):
        return f"({value})::bigint"
    return f"'{value}'" if isinstance(value, str) and _PLAIN.fullmatch(value) else None
