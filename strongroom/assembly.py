"""The assembly: settings become a store, keys and services. The one place that knows all rooms.

Nothing heavy is imported before `connect`, and then in a thread, so that a screen that waits
for it goes on answering keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from security.clock import Clock, SystemClock
from security.trouble import StoreTrouble
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.standing import Marker, Standing, look, require_file, stands, store_files

if TYPE_CHECKING:
    from security.keys import KeyRing
    from security.services import Services
    from store.store import Store
    from strongroom.wiring import Wired


LOOK_FOR_OWNER = 1.0
"""Seconds between two looks at whether the first owner is there, while one is being made."""


class Assembly:
    """The rooms of one process: opened once by `connect`, shut by `close`."""

    def __init__(self, settings: Settings, node: str, clock: Clock | None = None, *, may_found: bool) -> None:
        """Name what is to be opened; nothing is touched yet.

        Only a door that makes the first owner `may_found`: to every other one, where there is no
        store, none is made (R028).
        """
        self._settings = settings
        self._node = node
        self._may_found = may_found
        self._clock: Clock = clock or SystemClock()
        self._marker = Marker(settings)
        self._has_made_keys = False
        self._has_made_store = False
        self._store: Store | None = None
        self._wired: Wired | None = None
        self._upkeep: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def clock(self) -> Clock:
        """The clock that everything goes by."""
        return self._clock

    async def connect(self) -> Services:
        """Open everything, and keep it up in the background until `close`.

        Raises:
            Stopped: with a sentence for each thing that can be wrong with store or keys.
        """
        wired = await self.wire()
        from strongroom.upkeep import keep_up

        self._upkeep = asyncio.create_task(keep_up(wired, self._clock, self._node), name="upkeep")
        self._upkeep.add_done_callback(_report)
        if self._marker.is_ours:
            self._watch = asyncio.create_task(self._await_owner(), name="first owner")
        return wired.services

    async def wire(self) -> Wired:
        """Open store and keys, or make both where there is neither, and build the services.

        Raises:
            Stopped: with a sentence for each thing that can be wrong with store or keys.
        """
        with faults_told():
            build = await asyncio.to_thread(_import_wiring)
            if await self._settle() is Standing.NOTHING:
                keys, store = await self._make()
            else:
                keys, store = await self._open()
            self._wired = build(self._settings, store, keys, self._clock, self._node)
        return self._wired

    async def close(self) -> None:
        """Shut the store; a founding without an owner is undone, as far as this process made it."""
        for task in (self._upkeep, self._watch):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._wired is not None:
            await self._wired.close()
        # None: nobody can say. Only what surely has no owner may be taken away again.
        has_owner: bool | None = False if self._store is None else None
        with suppress(StoreTrouble):
            if self._marker.is_ours and self._store is not None:
                has_owner = await _has_owner(self._store)
        with suppress(StoreTrouble):
            if self._store is not None:
                await self._store.close()
        if self._marker.is_ours:
            try:
                self._finish(has_owner)
            except (OSError, Stopped):
                # What cannot be taken away now is gone on with at the next founding.
                self._marker.release()

    async def _settle(self) -> Standing:
        """Find out what there is; a founding under way is over, another process's, or ours to go on with."""
        standing = look(self._settings)
        if standing is Standing.READY:
            return standing
        if standing is Standing.FOUNDING and await self._is_founded():
            if self._marker.take():
                self._marker.clear()
            return Standing.READY
        if not self._may_found:
            raise Stopped(
                f"There is no store at {self._settings.store_path}."
                if standing is Standing.NOTHING
                else f"The store {self._settings.store_path} has no owner yet.",
                ExitCode.UNAVAILABLE,
                hint="To make the first owner: strongroom, or strongroom admin init",
            )
        if not self._marker.take():
            raise Stopped(
                f"The first owner of the store {self._settings.store_path} is just being made elsewhere.",
                ExitCode.CONFLICT,
                hint="Wait until that is done, or end it, and start again.",
            )
        # The other process may have finished between our look and our lock.
        if await self._is_founded():
            self._marker.clear()
            return Standing.READY
        return Standing.NOTHING

    async def _is_founded(self) -> bool:
        """Whether a store stands there that has an owner."""
        from store.store import open_store

        if self._store is None:
            if not stands(self._settings.store_path):
                return False
            require_file(self._settings.store_path)
            self._store = await open_store(self._settings.store)
        return await _has_owner(self._store)

    async def _make(self) -> tuple[KeyRing, Store]:
        """Make keys and store, going on with what a founding that was killed has left."""
        from security.keys import create_keyring
        from store.store import open_store

        if stands(self._settings.keys):
            keys = self._load_keys()
        else:
            keys = create_keyring(self._settings.keys, self._clock.now())
            self._has_made_keys = True
        if self._store is None:
            self._store = await open_store(self._settings.store, create=True)
            self._has_made_store = True
        return keys, self._store

    async def _open(self) -> tuple[KeyRing, Store]:
        """Open what is there, and make sure that these keys are this store's."""
        from security.keys import KEYS_FACT
        from store import facts
        from store.store import open_store

        keys = self._load_keys()
        if self._store is None:
            require_file(self._settings.store_path)
            self._store = await open_store(self._settings.store)
        async with self._store.read() as tx:
            fingerprint = await facts.get(tx, KEYS_FACT)
        if fingerprint is None or not keys.is_ring_of(fingerprint):
            raise Stopped(
                f"The keys {self._settings.keys} are not the keys of the store {self._settings.store_path}.",
                ExitCode.UNAVAILABLE,
                hint="Name the right file with --keys. Nothing was changed.",
            )
        return keys, self._store

    def _load_keys(self) -> KeyRing:
        """Read the keys, whose place must hold a file."""
        from security.keys import load_keyring

        require_file(self._settings.keys)
        return load_keyring(self._settings.keys, self._settings.credentials)

    async def _await_owner(self) -> None:
        """Take the marker away soon after the first owner is committed, however long the visit goes on."""
        while self._marker.is_ours:
            await asyncio.sleep(LOOK_FOR_OWNER)
            with suppress(StoreTrouble, OSError):
                if self._store is not None and await _has_owner(self._store):
                    self._marker.clear()

    def _finish(self, has_owner: bool | None) -> None:
        """Take the marker away once there is an owner, or what this process made where there is none.

        Where nobody can say all is left as it is: a store whose disk is gone for the moment may well
        have an owner, and its keys are nowhere else.
        """
        if has_owner is None:
            self._marker.release()
            return
        if has_owner:
            self._marker.clear()
            return
        if self._has_made_store:
            for path in store_files(self._settings):
                path.unlink(missing_ok=True)
        if self._has_made_keys:
            self._settings.keys.unlink(missing_ok=True)
        if stands(self._settings.store_path) or stands(self._settings.keys):
            self._marker.release()
        else:
            self._marker.clear()


async def needs_founding(settings: Settings) -> bool:
    """Whether there is no owner yet; opens the store only where a founding was left half-way.

    Raises:
        Stopped: one of store and keys is missing, or the store cannot be opened.
    """
    standing = look(settings)
    if standing is not Standing.FOUNDING:
        return standing is Standing.NOTHING
    if not stands(settings.store_path):
        return True
    from store.store import open_store

    require_file(settings.store_path)
    with faults_told():
        store = await open_store(settings.store)
        try:
            has_owner = await _has_owner(store)
        finally:
            await store.close()
    marker = Marker(settings)
    if has_owner and marker.take():
        marker.clear()
    return not has_owner


def _report(upkeep: asyncio.Task[None]) -> None:
    """Hand a fault of the upkeep to the loop, so that whoever runs it hears of it."""
    if not upkeep.cancelled() and (fault := upkeep.exception()) is not None:
        upkeep.get_loop().call_exception_handler({"message": "upkeep failed", "exception": fault})


def _import_wiring() -> Callable[[Settings, Store, KeyRing, Clock, str], Wired]:
    """Import what takes long, in a thread."""
    from strongroom.wiring import wire

    return wire


async def _has_owner(store: Store) -> bool:
    """Whether any account is in the store."""
    from store import accounts

    async with store.read() as tx:
        return await accounts.count(tx) > 0


@contextmanager
def faults_told() -> Iterator[None]:
    """Turn what is wrong with store or keys into its sentence and exit code 69."""
    from security.key_file import KeysFault

    try:
        yield
    except (StoreTrouble, KeysFault) as trouble:
        raise Stopped(str(trouble), ExitCode.UNAVAILABLE) from trouble
