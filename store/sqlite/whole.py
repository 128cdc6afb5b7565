"""Whether a file is whole: every page, index and reference."""

from __future__ import annotations

from pathlib import Path

from store.errors import Corrupt
from store.rows import text
from store.transaction import Transaction


async def check_file(tx: Transaction, path: Path) -> None:
    """Check every page, index and reference; takes as long as reading the whole file.

    Raises Corrupt.
    """
    damage = await tx.fetch("SELECT quick_check AS finding FROM pragma_quick_check")
    if [text(row, "finding") for row in damage] != ["ok"]:
        raise Corrupt(f"The store {path} is damaged. Restore it from a backup.")
    if await tx.fetch_one('SELECT "table" FROM pragma_foreign_key_check LIMIT 1') is not None:
        raise Corrupt(f"The store {path} refers to things that are gone. Restore it from a backup.")
