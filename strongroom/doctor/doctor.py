"""`strongroom doctor`: one line for each thing that a store stands on, and what mends it."""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from security import places
from security.breach import file as breach_file
from security.breach.state import Standing
from security.clock import SystemClock
from security.key_file import KeysFault
from security.trouble import StoreTrouble
from strongroom.commands.answer import Answer, Fact, give
from strongroom.doctor.clock import clock_state, examine_clock
from strongroom.doctor.findings import Finding, Mark, amiss
from strongroom.doctor.terminal import examine_terminal
from strongroom.exits import ExitCode, Stopped
from strongroom.founding_marker import marker_path
from strongroom.keymap_lines import require_usable
from strongroom.settings import Layer, Settings
from strongroom.standing import require_file, stands
from tui.words.refusals import counted

if TYPE_CHECKING:
    from store.transaction import Transaction

TO_FOUND = "To make the first owner: strongroom, or strongroom admin init"
"""What to do where there is nothing yet."""

PUT_BACK = "Its keys are there: put it back from its backup, or name it with --store."
"""What to do where a store is lost; no first owner is made beside keys that wait for their store."""

KEYS_OF_ANOTHER = "The keys here are those of another store: name it with --store, or move them away."
"""What to do where a store without an owner lies beside keys that were not made for it."""

REHEARSE = "To rehearse their loss: strongroom doctor --lost-keys COPY"
"""Said where the keys are well: nobody knows whether a copy serves who has not tried it."""

_FAULTS = (Stopped, StoreTrouble, KeysFault)


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    return give(doctor(settings, given.lost_keys), given)


def doctor(settings: Settings, lost_keys: Path | None = None) -> Answer:
    """Look at everything and say how it stands; 1 where something is amiss.

    A store in a file is opened as every command opens it, so an older schema is brought up to date.
    With a copy of the keys their loss is rehearsed in its place.
    """
    findings = asyncio.run(examine(settings) if lost_keys is None else rehearsal(settings, lost_keys))
    is_well = all(finding.mark is not Mark.AMISS for finding in findings)
    facts: dict[str, Fact] = {"is_well": is_well, "findings": [finding.facts() for finding in findings]}
    code = ExitCode.DONE if is_well else ExitCode.FAILED
    return Answer(tuple(line for finding in findings for line in finding.lines), facts, code=code)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of looking at the store."""

    findings: tuple[Finding, ...]
    fingerprint: str | None = None
    """That of the keys that belong to it, where it could be read."""
    mail: tuple[Finding, ...] = ()
    """What waits to be sent, and which policies are damaged, where the store could be read."""
    is_new: bool = False
    """Whether there is nothing yet that keys could belong to."""


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; nothing of one thing keeps from looking at the others."""
    here = *examine_terminal(settings, os.environ), *_bindings(settings), examine_clock(clock_state())
    store = await (_store_on_server(settings) if settings.is_on_server else _store_in_file(settings))
    keys = await asyncio.to_thread(_keys, settings, store)
    files = await asyncio.gather(asyncio.to_thread(_places, settings), asyncio.to_thread(_breaches, settings))
    return *here, *store.findings, keys, *store.mail, *files


def _bindings(settings: Settings) -> tuple[Finding, ...]:
    """The keys of the settings, where they change any: only the screen would refuse them."""
    try:
        require_usable(settings)
    except Stopped as refused:
        return (amiss("key bindings", refused),)
    count = counted(len(settings.keymap), "change")
    if not settings.keymap and settings.keymap_preset == "standard":
        return ()
    return (Finding("key bindings", Mark.WELL, f"The preset {settings.keymap_preset}, with {count}."),)


async def rehearsal(settings: Settings, copy: Path) -> tuple[Finding, ...]:
    """Rehearse the loss of the keys, where there is a store."""
    from strongroom.doctor.lost_keys import rehearse_loss

    store = await (_store_on_server(settings) if settings.is_on_server else _store_in_file(settings))
    if store.findings[0].mark is Mark.AMISS:
        return store.findings[:1]
    return store.findings[0], *await rehearse_loss(settings, copy)


async def _store_in_file(settings: Settings) -> _Seen:
    """A store in a file."""
    path = settings.store_path
    try:
        if not stands(path):
            return _Seen((_no_store(settings),), is_new=True)
        if stands(marker_path(settings)):
            return _Seen((_no_owner(settings),))
        require_file(path)
        return await _opened(settings)
    except _FAULTS as fault:
        return _Seen((amiss("store", fault),))


async def _store_on_server(settings: Settings) -> _Seen:
    """A store on a server, and how that stands; here no older schema is brought up to date."""
    from store.postgresql import server_facts
    from store.postgresql.founding import Found
    from strongroom.doctor.server import examine_server, mends_of, outdated

    server: tuple[Finding, ...] = ()
    try:
        facts = await server_facts.read(settings.store, SystemClock().now)
        server = examine_server(facts, settings)
        if facts.holds is Found.NOTHING:
            return _Seen((_no_store(settings), *server), is_new=True)
        if facts.schema < facts.newest and facts.holds is not Found.UNFINISHED:
            return _Seen((outdated(facts, settings), *server))
        if facts.holds is Found.UNOWNED:
            return _Seen((_no_owner(settings), *server), is_new=True)
        opened = await _opened(settings)
    except StoreTrouble as fault:
        return _Seen((amiss("store", fault, mends_of(fault, settings)), *server))
    return _Seen((*opened.findings, *server), opened.fingerprint, opened.mail)


def _no_store(settings: Settings) -> Finding:
    """Said where there is no store."""
    mends = PUT_BACK if stands(settings.keys) else TO_FOUND
    return Finding("store", Mark.AMISS, f"There is no store at {settings.store_place}.", mends)


def _no_owner(settings: Settings) -> Finding:
    """Said where a founding was left half-way, or is under way."""
    is_for_these = not settings.is_on_server or stands(marker_path(settings)) or not stands(settings.keys)
    mends = TO_FOUND if is_for_these else KEYS_OF_ANOTHER
    return Finding("store", Mark.AMISS, f"The store {settings.store_place} has no owner yet.", mends)


async def _opened(settings: Settings) -> _Seen:
    """A store that can be opened: how many accounts it has, and whether it has moved away."""
    from security.keys import KEYS_FACT
    from store import accounts, facts, frozen, outbox
    from store.store import open_store

    store = await open_store(settings.store, connections=settings.store_connections)
    try:
        async with store.read() as tx:
            members, fingerprint = await accounts.count(tx), await facts.get(tx, KEYS_FACT)
            waiting = await outbox.count_waiting(tx)
            departure = frozen.Departure.of(await facts.get(tx, frozen.MOVING))
            policies = await _policies(tx)
    finally:
        await store.close()
    if departure is not None:
        return _Seen((Finding("store", Mark.AMISS, departure.sentence(settings.store_place)),), fingerprint)
    sentence = f"{settings.store_place}, {counted(members, 'account')}."
    return _Seen((Finding("store", Mark.WELL, sentence),), fingerprint, (_mail(waiting), *policies))


async def _policies(tx: Transaction) -> list[Finding]:
    """The policies that cannot be read as they are stored; where all can be there is nothing to say."""
    from security.policy import damage_of
    from store import organisations, policies

    found = []
    for organisation in await organisations.list_all(tx):
        damage = damage_of(await policies.get(tx, organisation.id))
        if damage is not None:
            sentence = f"The policy of {organisation.name} is damaged: {damage}"
            mends = "What is strictest holds in its place until it is restored: strongroom admin restore"
            found.append(Finding("policy", Mark.AMISS, sentence, mends))
    return found


def _mail(waiting: int) -> Finding:
    """What waits to be sent."""
    sentence = "This version sends no mail yet."
    if waiting:
        sentence += (
            f" {counted(waiting, 'notice')} to members {'waits' if waiting == 1 else 'wait'} in the store."
        )
    return Finding("mail", Mark.NONE, sentence)


def _keys(settings: Settings, store: _Seen) -> Finding:
    """The keys: whether they can be read, and are those of the store."""
    from security.keys import load_keyring

    path = settings.keys
    try:
        if not stands(path):
            hint = "Put them back from their backup, or name their file with --keys."
            if settings.is_on_server:
                hint = "Copy them from a machine that opens this store, or put them back from their backup."
            return Finding(
                "keys", Mark.AMISS, f"There are no keys at {path}.", TO_FOUND if store.is_new else hint
            )
        require_file(path)
        ring = load_keyring(path, settings.credentials)
    except _FAULTS as fault:
        return amiss("keys", fault)
    if store.fingerprint is not None and not ring.is_ring_of(store.fingerprint):
        sentence = f"The keys {path} are not those of the store."
        return Finding("keys", Mark.AMISS, sentence, "Name the right file with --keys.")
    return Finding("keys", Mark.WELL, f"{path}.", REHEARSE)


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
