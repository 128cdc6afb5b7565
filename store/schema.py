"""The schema's steps: numbered SQL files for each dialect, and what a store may say of those it has had."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NoReturn

from store.errors import Corrupt, NewerSchema, Unavailable


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


def newest(dialect: str) -> int:
    """Give the number of the last migration of a dialect that came with the program."""
    return packaged(dialect)[-1].version


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


class Known:
    """The schema by which a running program reads and writes, held against the one that its store has.

    A newer program migrates the store under those that run. Its rules are not theirs, so from then on they
    are refused; they could, for one, let somebody in whom a rule that they do not know keeps out.
    """

    def __init__(self, place: str, version: int) -> None:
        """Know a schema, and nothing of a newer one yet; made on the event loop that uses the store."""
        self.version = version
        """The newest step that the program knows."""
        self._place = place
        self._loop = asyncio.get_running_loop()
        self._is_outrun = asyncio.Event()
        self._found = version

    def note(self, found: int) -> None:
        """Hold a schema that was found against ours; any thread may ask.

        Raises NewerSchema, or Unavailable where it is an older one: somebody is about to restore the store.
        """
        if found == self.version:
            return
        if found < self.version:
            raise Unavailable(f"The store {self._place} is being restored. Try again in a moment.")
        self._found = found
        self._loop.call_soon_threadsafe(self._is_outrun.set)
        raise self._newer(found)

    def require(self) -> None:
        """Let nobody in once a newer schema was found. Raises NewerSchema."""
        if self._found != self.version:
            raise self._newer(self._found)

    async def stand(self) -> NoReturn:
        """Wait until a newer schema is found. Raises NewerSchema."""
        await self._is_outrun.wait()
        raise self._newer(self._found, "so it has ended")

    def _newer(self, found: int, so: str = "so nothing was changed") -> NewerSchema:
        """Say what has happened, what comes of it, and what is to be done."""
        return NewerSchema(
            f"A newer Strongroom has brought the store {self._place} to schema {found}. This one was started"
            f" before and knows only {self.version}, {so}. Start the newer one."
        )
