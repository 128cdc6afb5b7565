"""`strongroom doctor --lost-keys COPY`: what would be left if the file with the keys were gone now."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from security.key_file import KeysFault, read_copy
from security.trouble import StoreTrouble
from strongroom.doctor.findings import Finding, Mark, amiss
from strongroom.settings import Settings
from tui.words.refusals import counted

if TYPE_CHECKING:
    from security.key_drill import Drill, Opened

ANOTHER_COPY = "Make a new copy of the keys, and rehearse with that."
"""What mends a copy that is not all there is."""


async def rehearse_loss(settings: Settings, copy: Path) -> tuple[Finding, ...]:
    """Open the store with a copy of the keys alone; the file in use is never opened."""
    from security.key_drill import rehearse
    from security.keys import KeyRing
    from store.store import open_store

    try:
        entries, is_private = read_copy(copy)
        ring = KeyRing(entries)
    except KeysFault as fault:
        return (amiss("copy", fault, ANOTHER_COPY),)
    try:
        store = await open_store(settings.store, connections=settings.store_connections)
        try:
            drill = await rehearse(store, ring)
        finally:
            await store.close()
    except StoreTrouble as fault:
        return (amiss("store", fault),)
    if drill.lacking is None:
        sentence = f"The keys in {copy} are those of another store: not one of them is this store's."
        return (Finding("copy", Mark.AMISS, sentence, "Name the copy of this store's keys."),)
    place = _place(copy, settings.keys)
    serves_instead = not drill.lacking and place.mark is not Mark.AMISS
    return (
        _copy(copy, drill, is_private=is_private),
        place,
        _served("authenticators", drill.authenticators, "authenticator", "opens", "open"),
        _served("codes", drill.codes, "unspent recovery code", "can be checked", "can be checked"),
        _served("audit", drill.checkpoints, "signature", "verifies", "verify"),
        _age(drill),
        _without(drill),
        *((_back(copy, settings.keys),) if serves_instead else ()),  # else it would overwrite better keys
    )


def _copy(copy: Path, drill: Drill, *, is_private: bool) -> Finding:
    """Whether the copy has every key, and nobody else can read it."""
    if drill.lacking:
        sentence = f"{copy} lacks {', '.join(drill.lacking)}, which this store uses."
        return Finding("copy", Mark.AMISS, sentence, ANOTHER_COPY)
    if not is_private:
        sentence = f"{copy} has every key of this store, and others can read it."
        return Finding("copy", Mark.AMISS, sentence, "To close it:", command=f"chmod 600 {quote(str(copy))}")
    return Finding("copy", Mark.WELL, f"{copy} has every key of this store.")


def _place(copy: Path, keys: Path) -> Finding:
    """Whether what takes the keys would leave the copy."""
    try:
        here = os.stat(copy)
        try:
            there = os.stat(keys)
        except FileNotFoundError:
            return Finding("place", Mark.WELL, f"There are no keys at {keys}: this is no rehearsal.")
        if os.path.samestat(here, there):
            sentence = f"{copy} is the file in use and no copy: it would be lost with itself."
            return Finding("place", Mark.AMISS, sentence, "Copy it to another machine or medium.")
        if here.st_dev == there.st_dev:
            sentence = "The copy lies on the same disk as the keys, and would be lost with it."
            return Finding("place", Mark.NONE, sentence, "Keep one on another machine or medium.")
    except OSError as fault:
        return Finding("place", Mark.NONE, f"Where the copy lies cannot be seen: {fault.strerror}.")
    return Finding("place", Mark.WELL, "The copy lies on another disk than the keys.")


def _served(subject: str, kind: Opened, noun: str, verb: str, verbs: str) -> Finding:
    """How much of one kind the copy serves."""
    served = kind.total - kind.keyless - kind.broken
    if kind.is_whole:
        return Finding(
            subject, Mark.WELL, f"{counted(served, noun)} {verb if served == 1 else verbs} with it."
        )
    parts = []
    if kind.keyless:
        parts.append(f"{kind.keyless:,} made with a key that it lacks")
    if kind.broken:
        parts.append(f"{kind.broken:,} not as written")
    sentence = f"{served:,} of {counted(kind.total, noun)} {verbs} with it: {', '.join(parts)}."
    mends = ANOTHER_COPY if kind.keyless else "See: strongroom audit verify"
    return Finding(subject, Mark.AMISS, sentence, mends)


def _age(drill: Drill) -> Finding:
    """How old the copy is against the last rotation."""
    newest = f"Its newest key is of {_day(drill.newest_key_at)}"
    if drill.rotated_at is None:
        return Finding("age", Mark.WELL, f"{newest}; the store's keys were not rotated since it began.")
    rotated = f"the keys were last rotated on {_day(drill.rotated_at)}"
    if drill.lacking:
        return Finding("age", Mark.AMISS, f"{newest}; {rotated}, so it is older than that.", ANOTHER_COPY)
    return Finding("age", Mark.WELL, f"{newest}; {rotated}.")


def _without(drill: Drill) -> Finding:
    """What would be lost without any copy."""
    sentence = (
        "Without any copy the store would not open again: "
        f"{counted(drill.accounts, 'account')} would begin anew, {drill.authenticators.total:,} of them with"
        f" an authenticator and {drill.code_holders:,} with recovery codes."
    )
    return Finding("without it", Mark.NONE, sentence)


def _back(copy: Path, keys: Path) -> Finding:
    """How the copy is put in the place of what was lost."""
    command = f"install -m 600 {quote(str(copy))} {quote(str(keys))}"
    return Finding("put back", Mark.NONE, "When the keys are lost, their place is taken by:", command=command)


def _day(at: datetime) -> str:
    """A day, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")
