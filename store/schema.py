"""The schema's steps: numbered SQL files for each dialect, and what a store may say of those it has had."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from store.errors import Corrupt, NewerSchema


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    version: int
    """Its number, from 1 without gaps."""
    name: str
    """What it brings, as its file is called."""
    sql: str
    """Its statements."""

    @property
    def checksum(self) -> str:
        """SHA-256 of the statements: a step that was applied is never edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def packaged(dialect: str) -> Sequence[Migration]:
    """Read the migrations of a dialect (sqlite or postgresql) that came with the program, in order."""
    found = []
    for item in files("store").joinpath("migrations", dialect).iterdir():
        match = re.fullmatch(r"([0-9]{4})_([a-z0-9_]+)\.sql", item.name)
        if match:
            found.append(Migration(int(match[1]), match[2], item.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def compare(place: str, version: int, applied: Mapping[int, str], migrations: Sequence[Migration]) -> None:
    """Refuse a store that is ahead of us, or that was migrated by other steps than ours.

    Raises NewerSchema, or Corrupt where it does not say how it came about.
    """
    newest = migrations[-1].version
    if version > newest:
        raise NewerSchema(
            f"The store {place} has schema {version}, and this program knows only {newest}."
            " Install the newer Strongroom that made it."
        )
    if sorted(applied) != list(range(1, version + 1)):
        raise Corrupt(f"The store {place} does not say how it came to schema {version}.")
    if any(applied.get(one.version, one.checksum) != one.checksum for one in migrations):
        raise NewerSchema(f"The schema of the store {place} was made by a different build of Strongroom.")
