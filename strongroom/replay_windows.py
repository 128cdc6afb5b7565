"""The replay windows of a restored store: what was valid on the backup's day, ended before it is used."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from security.clock import Clock
from strongroom.assembly import faults_told
from strongroom.commands.answer import Answer, Fact, when
from strongroom.exits import ExitCode, Stopped
from strongroom.operator import operator_name
from strongroom.settings import Settings
from strongroom.standing import require_file, stands
from strongroom.terminal_origin import find_origin

if TYPE_CHECKING:
    from security.keys import KeyRing
    from security.restoring import WindowsClosed
    from store.store import Store

NEXT = "Next: strongroom doctor"


def keys_put_back(settings: Settings) -> KeyRing:
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


@asynccontextmanager
async def unfinished(url: str, mark: str) -> AsyncIterator[Store]:
    """The store that is to be finished, brought up to date and closed in the end."""
    from store.store import open_store

    store = await open_store(url, unfinished=mark)
    try:
        yield store
    finally:
        await store.close()


async def close_windows(
    store: Store, keys: KeyRing, clock: Clock, made_at: datetime | None
) -> tuple[WindowsClosed, int]:
    """Verify all of it, close its windows, and let it be used; what was closed, and the events verified."""
    from security.restoring import Restored, Restoring

    restoring = Restoring(store, keys, clock)
    events = await restoring.verify()
    operator = Restored(operator_name(), find_origin(os.environ), made_at)
    return await restoring.finish(operator), events


def windows_answer(
    settings: Settings,
    head: str,
    closed: WindowsClosed,
    events: int,
    made_at: datetime | None,
    *,
    foot: str = "",
) -> Answer:
    """The answer of both ways; `made_at` is when the backup was made, None where the store was there."""
    lines = (head, *_words(closed, events), NEXT, *([foot] if foot else []))
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
