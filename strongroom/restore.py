"""`strongroom admin restore`: a backup becomes a store where there is none, its replay windows closed."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from security.clock import Clock, SystemClock
from strongroom import ended_by_signals as signals
from strongroom.assembly import faults_told
from strongroom.commands.answer import Answer, Fact, give, when
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.operator import operator_name
from strongroom.progress import telling
from strongroom.settings import Settings
from strongroom.speech import warn
from strongroom.standing import marker_path, require_file, stands
from strongroom.terminal_origin import find_origin

if TYPE_CHECKING:
    from security.backup_seal import Seal
    from security.keys import KeyRing
    from security.restoring import WindowsClosed
    from store.store import Store

NOTHING = "Nothing was changed."

NEXT = "Next: strongroom doctor"


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command, of a file or in place.

    Raises:
        Stopped: it is neither or both.
    """
    if (given.file is None) is not given.in_place:
        raise Stopped(
            "A restore needs the backup's file, or --in-place for a store that is there.",
            ExitCode.USAGE,
            hint="See: strongroom admin restore --help",
        )
    if given.in_place:
        return give(restore_in_place(settings, is_sure=given.yes), given)
    return give(restore(settings, given.file), given)


def restore(settings: Settings, file: Path, clock: Clock | None = None) -> Answer:
    """Restore a backup to where no store is (R107); whatever ends it before its end leaves nothing.

    Raises:
        Stopped: it is no backup of this store's keys, it does not verify, or there is a store already.
    """
    with ended_by_signals():
        return signals.run(_restore(settings, file, clock or SystemClock()))


def restore_in_place(settings: Settings, clock: Clock | None = None, *, is_sure: bool = False) -> Answer:
    """Close the windows of a store that was restored by other means, or finish a restore that was cut off.

    Raises:
        Stopped: there is no such store, or it does not verify.
    """
    with ended_by_signals():
        return signals.run(_restore_in_place(settings, clock or SystemClock(), is_sure=is_sure))


async def _restore(settings: Settings, file: Path, clock: Clock) -> Answer:
    """The restore within its event loop."""
    from store.backup import copied_in

    _refuse_founding(settings)
    keys = _load_keys(settings)
    with faults_told(), _opened(file) as handle:
        seal = await _proven(settings, handle, file, keys)
        with _named_rightly(settings), telling("Restoring") as tell:
            coming = copied_in(settings.store, handle, seal.length, tell)
            async with coming as (url, mark), _unfinished(url, mark) as store:
                closed, events = await _finish(store, keys, clock, seal.made_at)
    head = f"Restored {file}, made at {seal.made_at:%Y-%m-%d %H:%M:%S} UTC, to {settings.store_place}."
    return _answer(settings, (head, *_words(closed, events), NEXT), closed, events, seal.made_at)


async def _restore_in_place(settings: Settings, clock: Clock, *, is_sure: bool) -> Answer:
    """The closing of the windows within its event loop."""
    from store.backup import held
    from store.unfinished import Cut

    keys = _load_keys(settings)
    if not settings.is_on_server:
        require_file(settings.store_path)
    with faults_told():
        async with held(settings.store) as mark:
            if mark is None:
                await _confirm(settings, is_sure=is_sure)
                await _mark(settings.store, clock.now())
            async with _unfinished(settings.store, Cut.RESTORE) as store:
                closed, events = await _finish(store, keys, clock, None)
    head = f"The windows of the store {settings.store_place} are closed."
    foot = "End every Strongroom that was running on it, and start it again."
    return _answer(settings, (head, *_words(closed, events), NEXT, foot), closed, events, None)


def _refuse_founding(settings: Settings) -> None:
    """Refuse where a first owner is just being made: both would write to the same place."""
    if not settings.is_on_server and stands(marker_path(settings)):
        raise Stopped(
            f"A store is just being founded at {settings.store_path}.",
            ExitCode.CONFLICT,
            hint=f"Finish that, or name another place with --store. {NOTHING}",
        )


async def _confirm(settings: Settings, *, is_sure: bool) -> None:
    """Ask before sessions and codes of a store are ended that may be in use.

    Raises:
        Stopped: nobody said yes.
    """
    if is_sure:
        return
    warn(f"This ends every session of the store {settings.store_place} and voids every recovery code in it.")
    if sys.stdin is None or not sys.stdin.isatty():
        raise Stopped(
            "Nobody was there to confirm it.", ExitCode.CONFIRMATION_NEEDED, hint=f"Say --yes. {NOTHING}"
        )
    sys.stderr.write('Type "yes" to go on: ')
    sys.stderr.flush()
    if await _typed() != "yes":
        raise Stopped("It was not confirmed.", ExitCode.CONFIRMATION_NEEDED, hint=NOTHING)


async def _typed() -> str:
    """A line from the terminal; a key that interrupts is heard meanwhile."""
    is_there = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip()


def _load_keys(settings: Settings) -> KeyRing:
    """Read the keys, which no backup holds."""
    from security.keys import load_keyring

    with faults_told():
        if not stands(settings.keys):
            raise Stopped(
                f"There are no keys at {settings.keys}.",
                ExitCode.UNAVAILABLE,
                hint="No backup holds them. Put them back from their own copy, or name it with --keys.",
            )
        require_file(settings.keys)
        return load_keyring(settings.keys, settings.credentials)


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    """The backup, open for reading."""
    from store.errors import Missing
    from store.sqlite.backup import open_backup

    try:
        handle = open_backup(file)
    except Missing as error:
        raise Stopped(f"There is no backup at {file}.", ExitCode.NOT_FOUND, hint=NOTHING) from error
    try:
        yield handle
    finally:
        os.close(handle)


async def _proven(settings: Settings, handle: int, file: Path, keys: KeyRing) -> Seal:
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


@contextmanager
def _named_rightly(settings: Settings) -> Iterator[None]:
    """Name the store in what goes wrong by its own place, and not by that of its draft."""
    from store.errors import Duplicate, Full, StoreError

    try:
        yield
    except Duplicate as error:
        raise Stopped(
            str(error),
            ExitCode.CONFLICT,
            hint="Move it away, or name another place with --store.",
        ) from error
    except Full as error:
        raise Stopped(
            f"There is no room left for the store {settings.store_place}.",
            ExitCode.UNAVAILABLE,
            hint=f"Make room and restore again. {NOTHING}",
        ) from error
    except StoreError as error:
        raise Stopped(_without_draft(str(error), settings), ExitCode.UNAVAILABLE, hint=NOTHING) from error


def _without_draft(sentence: str, settings: Settings) -> str:
    """A sentence with the store's name in place of its draft's."""
    if settings.is_on_server:
        return sentence
    path = settings.store_path
    draft = re.escape(f"{path.parent}/.{path.name}.new-") + "[0-9a-f]+"
    return re.sub(draft, lambda _: str(path), sentence)


@asynccontextmanager
async def _unfinished(url: str, mark: str) -> AsyncIterator[Store]:
    """The store that is to be finished, brought up to date and closed in the end."""
    from store.store import open_store

    store = await open_store(url, unfinished=mark)
    try:
        yield store
    finally:
        await store.close()


async def _mark(url: str, at: datetime) -> None:
    """Keep everybody out of a store whose windows are open."""
    from security.lanes import act_in
    from store import unfinished
    from store.store import open_store

    store = await open_store(url)
    try:
        async with act_in(store, at, None) as tx:
            await unfinished.begin(tx, unfinished.Cut.RESTORE)
    finally:
        await store.close()


async def _finish(
    store: Store, keys: KeyRing, clock: Clock, made_at: datetime | None
) -> tuple[WindowsClosed, int]:
    """Verify all of it, close its windows, and let it be used; what was closed, and the events verified."""
    from security.restoring import Restored, Restoring

    restoring = Restoring(store, keys, clock)
    events = await restoring.verify()
    operator = Restored(operator_name(), find_origin(os.environ), made_at)
    return await restoring.finish(operator), events


def _words(closed: WindowsClosed, events: int) -> tuple[str, ...]:
    """What was done, and what no restore can undo."""
    return (
        f"Verified: all of the store, with {events:,} events of the audit, which tells of this restore too.",
        f"Sessions ended: {closed.sessions:,}. Everybody signs in again.",
        f"Authenticators: {closed.authenticators:,} take no code of before now; wait for the next one.",
        f"Recovery codes of {closed.batches:,} people are void: they make new ones under Security.",
        f"Mails that waited and are not sent again: {closed.mails:,}.",
        "Passwords, roles, policies and authenticators are those of the backup's day: whoever was removed or",
        "suspended since is back, and a password that was changed since is the old one. Look at them now.",
    )


def _answer(
    settings: Settings,
    lines: tuple[str, ...],
    closed: WindowsClosed,
    events: int,
    made_at: datetime | None,
) -> Answer:
    """The answer of both ways; `made_at` is when the backup was made, None where the store was there."""
    facts: dict[str, Fact] = {
        "store": settings.store_place,
        "backup_made_at": when(made_at),
        "events_verified": events,
        "sessions_ended": closed.sessions,
        "authenticators": closed.authenticators,
        "code_batches_voided": closed.batches,
        "mails_dropped": closed.mails,
    }
    return Answer(lines, facts)
