"""A backup that is to be restored, held against program, keys and engine before anything is made of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.exits import ExitCode, Stopped
from strongroom.progress import telling
from strongroom.settings import Settings

if TYPE_CHECKING:
    from security.backup_seal import Seal
    from security.keys import KeyRing

NOTHING = "Nothing was changed."


@contextmanager
def opened(file: Path) -> Iterator[int]:
    """The backup, open for reading."""
    from store.errors import Missing
    from store.sqlite.backup import open_backup

    try:
        handle = open_backup(file)
    except Missing as error:
        raise Stopped(f"There is no backup at {file}.", ExitCode.NOT_FOUND, hint=NOTHING) from error
    except OSError as error:  # of a name that no file can have
        why = f"The backup cannot be read: {error.strerror}."
        raise Stopped(why, ExitCode.NOT_FOUND, hint=NOTHING) from error
    try:
        yield handle
    finally:
        os.close(handle)


async def proven(settings: Settings, handle: int, file: Path, keys: KeyRing) -> Seal:
    """The seal of a backup that fits program, keys and engine, and is whole to the last byte."""
    from security import backup_seal
    from store.backup import Kind, in_thread
    from store.schema import packaged

    seal = backup_seal.read(handle, file)
    is_for_server = seal.copied.kind is Kind.POSTGRESQL
    newest = packaged(seal.copied.kind)[-1].version
    if seal.copied.schema > newest:
        raise Stopped(
            f"The backup {file} has schema {seal.copied.schema}, and this program knows only {newest}.",
            ExitCode.UNAVAILABLE,
            hint=f"Install the newer Strongroom that made it. {NOTHING}",
        )
    if not keys.is_ring_of(seal.keys):
        raise Stopped(
            f"The keys {settings.keys} are not those of the backup {file}.",
            ExitCode.UNAVAILABLE,
            hint=f"Name the right file with --keys. {NOTHING}",
        )
    if is_for_server != settings.is_on_server:
        raise Stopped(
            f"{file} is the backup of a store {_engine(is_for_server)}, and {settings.store_place} is one"
            f" {_engine(settings.is_on_server)}.",
            ExitCode.USAGE,
            hint="Restore it to where it came from, and then: strongroom admin move",
        )
    with telling("Checking") as tell:
        await in_thread(lambda each: backup_seal.require_whole(handle, file, seal, keys, each), tell)
    return seal


def _engine(is_on_server: bool) -> str:
    """An engine in words."""
    return "on a PostgreSQL server" if is_on_server else "in a file"
