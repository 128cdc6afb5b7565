"""`strongroom admin backup`: the store as it stands at one moment, in one sealed file, while people work."""

from __future__ import annotations

import argparse
import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from security.trouble import StoreTrouble
from strongroom.commands.answer import Answer, Fact, give, when
from strongroom.ended_by_signals import ended_by_signals
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.operator import operator_name
from strongroom.paths import belongs_to_store
from strongroom.progress import telling
from strongroom.settings import Settings
from strongroom.speech import warn

if TYPE_CHECKING:
    from security.backup_seal import Seal
    from security.keys import KeyRing
    from security.origin import Origin
    from strongroom.wiring import Wired

SHOWN = 12
"""Characters of a hash that a person notes."""


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    return give(back_up(settings, given.file), given)


def back_up(settings: Settings, file: Path) -> Answer:
    """Write the backup, whole or not at all; nothing is ever replaced (R106, R107).

    Raises:
        Stopped: there is something at its place, its directory is open to others, there is no room, or
            the store cannot serve.
    """
    _refuse_place(settings, file)

    async def copy(wired: Wired, origin: Origin) -> Answer:
        """Copy, seal, and tell the audit."""
        from security.keys import load_keyring

        await _refuse_moving(wired)
        keys = load_keyring(settings.keys, settings.credentials)
        now = wired.services.clock.now()
        seal = await _write(settings, file, keys, now)
        await _audit(wired, origin, seal)
        return _answer(settings, file, seal, keys)

    with ended_by_signals():
        return run_errand(settings, copy)


def _refuse_place(settings: Settings, file: Path) -> None:
    """Refuse what is no name of a file, and a name that SQLite would take for its own."""
    if not file.name:
        raise Stopped(f"{file} is a folder.", ExitCode.CONFLICT, hint="Name a file in it.")
    if not settings.is_on_server and belongs_to_store(file, settings.store_path):
        raise Stopped(
            f"{file} has a name that belongs to the store's own files.",
            ExitCode.USAGE,
            hint="Give the backup another name. Nothing was changed.",
        )


async def _refuse_moving(wired: Wired) -> None:
    """Refuse to copy a store that is on its way elsewhere: what counts is there."""
    from store import facts, frozen

    async with wired.store.read() as tx:
        departure = frozen.Departure.of(await facts.get(tx, frozen.MOVING))
    if departure is not None:
        raise Stopped(
            departure.sentence(wired.store.place), ExitCode.CONFLICT, hint="Back up the store there."
        )


async def _write(settings: Settings, file: Path, keys: KeyRing, now: datetime) -> Seal:
    """Write the file under a name of its own, which becomes the right one at the end."""
    from security import backup_seal
    from store.backup import copy_out, in_thread
    from store.errors import Duplicate, Full
    from store.sqlite.custody import new_file

    try:
        with new_file(file) as draft:
            with telling("Copying") as tell:
                copied = await copy_out(settings.store, draft, tell)
            with telling("Sealing") as tell:
                return await in_thread(lambda each: backup_seal.put(draft, copied, now, keys, each), tell)
    except Full as error:
        raise Stopped(
            f"There is no room for the backup in {file.parent}.",
            ExitCode.UNAVAILABLE,
            hint="Nothing was left there. Make room, or name another place.",
        ) from error
    except Duplicate as error:
        raise Stopped(str(error), ExitCode.CONFLICT, hint="Give the backup another name.") from error


async def _audit(wired: Wired, origin: Origin, seal: Seal) -> None:
    """Let the audit tell that all of the store was copied; the backup stands whether or not that succeeds."""
    from security.audit import Event
    from security.lanes import act_in
    from security.vocabulary import EventName

    at = wired.services.clock.now()
    details = {"operator": operator_name(), "kind": str(seal.copied.kind), "sha256": seal.sha256[:SHOWN]}
    try:
        async with act_in(wired.store, at, None) as tx:
            await wired.services.audit.append(
                tx, Event(EventName.STORE_BACKED_UP, None, None, None, None, origin, True, details=details)
            )
    except StoreTrouble as trouble:
        warn(f"The backup is whole, but the audit could not be told of it: {trouble}")


def _answer(settings: Settings, file: Path, seal: Seal, keys: KeyRing) -> Answer:
    """What the backup is, to be noted elsewhere, and what it is not."""
    copied = seal.copied
    size = file.stat().st_size
    is_apart = file.parent != settings.keys.parent
    lines = [
        f"Backup: {file}, {size:,} bytes, made at {seal.made_at:%Y-%m-%d %H:%M:%S} UTC.",
        f"Store:  {settings.store_place}, schema {copied.schema}.",
        f"Holds:  accounts {copied.accounts:,}, events {copied.events:,}.",
    ]
    for head in copied.heads:
        lines.append(f"Audit:  {head.org_id} ends at event {head.seq:,}, hash {head.hash.hex()[:SHOWN]}.")
    lines += [
        f"SHA-256 of its content: {seal.sha256}",
        "Note date and hashes elsewhere: they tell whether a backup is the one that it should be.",
        f"The keys are not in it. Without {settings.keys} it cannot be restored.",
        f"Keys:   {', '.join(key_names(keys))}; fingerprint {_fingerprint(keys)}.",
    ]
    if is_apart:
        lines.append("Keep a copy of the keys, apart from every backup.")
    together = f"Backup and keys lie in the same directory, {file.parent}. Keep them apart."
    heads: list[Fact] = [
        {"organisation_id": head.org_id, "event": head.seq, "hash": head.hash.hex()} for head in copied.heads
    ]
    facts: dict[str, Fact] = {
        "file": str(file),
        "bytes": size,
        "made_at": when(seal.made_at),
        "store": settings.store_place,
        "store_schema": copied.schema,
        "accounts": copied.accounts,
        "events": copied.events,
        "audit_heads": heads,
        "sha256": seal.sha256,
        "key_ids": list(key_names(keys)),
        "keys_fingerprint": _fingerprint(keys),
        "is_apart_from_keys": is_apart,
    }
    return Answer(tuple(lines), facts, () if is_apart else (together,))


def _fingerprint(keys: KeyRing) -> str:
    """What tells this ring from every other, and nothing of its keys."""
    return hashlib.sha256(keys.fingerprint().encode()).hexdigest()[:SHOWN]


def key_names(keys: KeyRing) -> tuple[str, ...]:
    """The ids of the keys that a store was written with, never the keys."""
    from security.key_file import KeyPurpose

    return tuple(identity for purpose in KeyPurpose for identity in keys.ids(purpose))
