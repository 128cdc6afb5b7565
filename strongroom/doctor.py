"""`strongroom doctor`: one line for each thing that a store stands on, and what mends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from security import breach_file, places
from security.breach_state import Standing
from security.key_file import KeysFault
from security.trouble import StoreTrouble
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Layer, Settings
from strongroom.speech import say
from strongroom.standing import marker_path, require_file, stands

TO_FOUND = "To make the first owner: strongroom, or strongroom admin init"
"""What to do where there is nothing yet."""

PUT_BACK = "Its keys are there: put it back from its backup, or name it with --store."
"""What to do where a store is lost; no first owner is made beside keys that wait for their store."""

_FAULTS = (Stopped, StoreTrouble, KeysFault)


class Mark(StrEnum):
    """How a thing stands."""

    WELL = "ok"
    NONE = "none"
    """It is not there and need not be."""
    AMISS = "AMISS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    mark: Mark
    sentence: str
    mends: str = ""
    """What mends it, or how to have it."""

    @property
    def line(self) -> str:
        """All of it, for a person."""
        return f"{self.mark:<5}  {self.subject:<11}  {self.sentence} {self.mends}".rstrip()


def doctor(settings: Settings) -> int:
    """Look at everything and say how it stands; 1 where something is amiss.

    The store is opened as every command opens it, so an older schema is brought up to date.
    """
    findings = asyncio.run(examine(settings))
    for finding in findings:
        say(finding.line)
    return ExitCode.FAILED if any(finding.mark is Mark.AMISS for finding in findings) else ExitCode.DONE


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at store, keys, city file and breach file; nothing of one keeps from looking at the others."""
    store, fingerprint = await _store(settings)
    keys = await asyncio.to_thread(_keys, settings, fingerprint)
    files = await asyncio.gather(asyncio.to_thread(_places, settings), asyncio.to_thread(_breaches, settings))
    return store, keys, *files


async def _store(settings: Settings) -> tuple[Finding, str | None]:
    """The store, and the fingerprint of the keys that belong to it, where it could be read."""
    path = settings.store_path
    try:
        if not stands(path):
            mends = PUT_BACK if stands(settings.keys) else TO_FOUND
            return Finding("store", Mark.AMISS, f"There is no store at {path}.", mends), None
        if stands(marker_path(settings)):
            return Finding("store", Mark.AMISS, f"The store {path} has no owner yet.", TO_FOUND), None
        require_file(path)
        members, fingerprint = await _read(settings.store)
    except _FAULTS as fault:
        return _amiss("store", fault), None
    return Finding("store", Mark.WELL, f"{path}, {_counted(members, 'account')}."), fingerprint


async def _read(url: str) -> tuple[int, str | None]:
    """How many accounts a store has, and the fingerprint of its keys."""
    from security.keys import KEYS_FACT
    from store import accounts, facts
    from store.store import open_store

    store = await open_store(url)
    try:
        async with store.read() as tx:
            return await accounts.count(tx), await facts.get(tx, KEYS_FACT)
    finally:
        await store.close()


def _keys(settings: Settings, fingerprint: str | None) -> Finding:
    """The keys: whether they can be read, and are those of the store."""
    from security.keys import load_keyring

    path = settings.keys
    try:
        if not stands(path):
            hint = "Put them back from their backup, or name their file with --keys."
            is_new = not stands(settings.store_path)
            return Finding("keys", Mark.AMISS, f"There are no keys at {path}.", TO_FOUND if is_new else hint)
        require_file(path)
        ring = load_keyring(path, settings.credentials)
    except _FAULTS as fault:
        return _amiss("keys", fault)
    if fingerprint is not None and not ring.is_ring_of(fingerprint):
        sentence = f"The keys {path} are not those of the store."
        return Finding("keys", Mark.AMISS, sentence, "Name the right file with --keys.")
    return Finding("keys", Mark.WELL, f"{path}.")


def _places(settings: Settings) -> Finding:
    """The city file."""
    report = places.state(settings.place_file)
    fault = Mark.NONE if settings.place_file is None else Mark.AMISS
    return Finding("places", Mark.WELL if report.is_usable else fault, report.sentence, report.mends)


def _breaches(settings: Settings) -> Finding:
    """The breach file."""
    found = breach_file.state(settings.breach_file)
    if found.is_usable:
        return Finding("breach file", Mark.WELL, f"{settings.breach_file}, {found.sentence}")
    is_none = found.standing is Standing.ABSENT and settings.layers["breach_file"] is Layer.DEFAULT
    sentence = str(found.sentence)
    if settings.breach_url is None:
        sentence += " New passwords are held against the embedded list of common ones alone."
    return Finding("breach file", Mark.NONE if is_none else Mark.AMISS, sentence, found.mends)


def _amiss(subject: str, fault: Exception) -> Finding:
    """What is wrong with the store or the keys."""
    if isinstance(fault, Stopped):
        return Finding(subject, Mark.AMISS, fault.sentence, fault.hint)
    return Finding(subject, Mark.AMISS, str(fault))


def _counted(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
