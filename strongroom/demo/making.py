"""The making of the demo: a store that no power cut need spare, filled by the story, and its credentials."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from security.breach.screening import EmbeddedList, Screening
from security.bundle import build_services
from security.clock import MovedClock, SystemClock
from security.facts import SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import create_keyring
from security.origin import Origin
from security.places import FilePlaces
from store import organisations
from store.store import Store, open_store
from strongroom.demo.cast import PLACES
from strongroom.demo.stage import Player, Stage
from strongroom.demo.story import tell
from strongroom.paths import sqlite_url


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one person of the demo signs in with."""

    name: str
    email: str
    role: str
    password: str = field(repr=False)
    totp_secret: str | None = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)
    """The codes that are left."""


@dataclass(frozen=True, slots=True)
class Made:
    """A demo that stands."""

    people: tuple[Credentials, ...]
    """Everybody, the owner first."""
    signed_in: SignedIn | None
    """The owner's session on this terminal, where they arrived."""
    origin: Origin
    """This terminal, with the device secret that the sign-in left."""


async def make(store_path: Path, keys_path: Path, origin: Origin, *, arrives: bool) -> Made:
    """Make keys and store and tell the story in it; the store is closed afterwards.

    With `arrives` the owner is signed in at the terminal that `origin` describes.
    """
    with _on_one_core():
        return await _make(store_path, keys_path, origin, arrives=arrives)


async def _make(store_path: Path, keys_path: Path, origin: Origin, *, arrives: bool) -> Made:
    """The making itself."""
    now = SystemClock().now()
    clock = MovedClock(now)
    keys = create_keyring(keys_path, now)
    store = await open_store(sqlite_url(store_path), create=True, durable=False)
    hasher = PasswordHasher(SHOW_PARAMETERS, is_for_show=True)
    places = FilePlaces(PLACES)
    try:
        services = build_services(
            store,
            keys,
            clock,
            hasher,
            Screening(None, EmbeddedList()),
            node=origin.node,
            places=places,
            refusal_floor_ms=0,
            refusal_jitter_ms=0,
        )
        stage = Stage(services, clock)
        await tell(stage, now, lambda: _first_organisation(store))
        signed_in, here = await stage.arrives(origin) if arrives else (None, origin)
    finally:
        hasher.close()
        await places.close()
        await store.close()
    return Made(tuple(_credentials(player) for player in stage.everybody), signed_in, here)


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this thread, and those it starts, on one core.

    Nothing here runs at once: a statement goes to the store's thread and its answer comes back,
    some ten thousand times. Waking a thread on another core made the story take three times as long.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _first_organisation(store: Store) -> str:
    """The id of the only organisation."""
    async with store.read() as tx:
        return (await organisations.list_all(tx))[0].id


def _credentials(player: Player) -> Credentials:
    """What a player would type."""
    return Credentials(
        name=player.person.name,
        email=player.person.email,
        role=player.person.role,
        password=player.password,
        totp_secret=None if player.totp is None else player.totp.reveal,
        recovery_codes=tuple(code.reveal for code in player.codes),
    )
