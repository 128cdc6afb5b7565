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
from strongroom.founding import Founding, Owner, is_founded, load_keys, owner_of
from strongroom.founding_marker import clear_marker
from strongroom.settings import Settings
from strongroom.standing import Standing, look, require_store_file

if TYPE_CHECKING:
    from security.keys import KeyRing
    from security.services import Services
    from store.store import Store
    from strongroom.wiring import Wired


_OR_COPY = {True: ", or copy it from a machine that opens this store", False: ""}

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
        self._founding = Founding(settings, self._clock)
        self._keys: KeyRing | None = None
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
        if self._founding.is_ours:
            self._watch = asyncio.create_task(self._await_owner(wired), name="first owner")
        else:
            self._keep_up(wired)
        return wired.services

    def _keep_up(self, wired: Wired) -> None:
        """Keep the store up in the background."""
        from strongroom.upkeep import keep_up

        self._upkeep = asyncio.create_task(keep_up(wired, self._clock, self._node), name="upkeep")
        self._upkeep.add_done_callback(_report)

    async def wire(self) -> Wired:
        """Open store and keys, or make both where there is neither, and build the services.

        Raises:
            Stopped: with a sentence for each thing that can be wrong with store or keys.
        """
        with faults_told():
            build = await asyncio.to_thread(_import_wiring)
            if await self._settle() is Standing.NOTHING:
                self._keys, self._store = await self._founding.make(self._store)
            else:
                self._keys, self._store = await self._open()
            self._wired = build(self._settings, self._store, self._keys, self._clock, self._node)
        return self._wired

    async def close(self) -> None:
        """Shut the store; a founding without an owner is undone, as far as this process made it."""
        for task in (self._upkeep, self._watch):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._wired is not None:
            await self._wired.close()
        owner = await owner_of(self._store, self._keys) if self._founding.is_ours else Owner.UNKNOWN
        with suppress(StoreTrouble):
            if self._store is not None:
                await self._store.close()
        if self._founding.is_ours:
            await self._founding.finish(owner)

    async def _settle(self) -> Standing:
        """Find out what there is; a founding under way is over, another process's, or ours to go on with."""
        standing = await look(self._settings, asks_server=False)
        if standing is Standing.READY:
            return standing
        if standing is Standing.FOUNDING and await self._is_founded():
            clear_marker(self._settings)
            return Standing.READY
        if not self._may_found:
            raise Stopped(
                f"There is no store at {self._settings.store_place}."
                if standing is Standing.NOTHING
                else f"The store {self._settings.store_place} has no owner yet.",
                ExitCode.UNAVAILABLE,
                hint="To make the first owner: strongroom, or strongroom admin init",
            )
        if not await self._founding.take():
            raise Stopped(
                f"The first owner of the store {self._settings.store_place} is just being made elsewhere.",
                ExitCode.CONFLICT,
                hint="Wait until that is done, or end it, and start again.",
            )
        # The other process may have finished between our look and our lock.
        if await self._is_founded():
            await self._founding.clear()
            return Standing.READY
        return Standing.NOTHING

    async def _is_founded(self) -> bool:
        """Whether a store stands there that has an owner."""
        has_owner, self._store = await is_founded(self._settings, self._store)
        return has_owner

    async def _open(self) -> tuple[KeyRing, Store]:
        """Open what is there, and make sure that these keys are this store's."""
        from security.keys import KEYS_FACT
        from store import facts
        from store.errors import Missing
        from store.store import open_store

        keys = load_keys(self._settings)
        if self._store is None:
            require_store_file(self._settings)
            try:
                connections = self._settings.store_connections
                self._store = await open_store(self._settings.store, connections=connections)
            except Missing:
                await look(self._settings)  # says which of the two is missing
                raise
        async with self._store.read() as tx:
            fingerprint = await facts.get(tx, KEYS_FACT)
        if fingerprint is None:
            await look(self._settings)
        if fingerprint is None or not keys.is_ring_of(fingerprint):
            raise Stopped(
                f"The keys {self._settings.keys} are not the keys of the store {self._settings.store_place}.",
                ExitCode.UNAVAILABLE,
                hint=f"Name the right file with --keys{_OR_COPY[self._settings.is_on_server]}. "
                "Nothing was changed.",
            )
        return keys, self._store

    async def _await_owner(self, wired: Wired) -> None:
        """Take the marker away soon after the first owner is committed, however long the visit goes on.

        Only then is the store kept up: one that another machine founds meanwhile is not ours to write in.
        """
        while self._founding.is_ours:
            await asyncio.sleep(LOOK_FOR_OWNER)
            with suppress(OSError):
                owner = await owner_of(self._store, self._keys)
                if owner is Owner.OURS:
                    await self._founding.clear()
                    self._keep_up(wired)
                elif owner is Owner.NOBODY:
                    await self._founding.renew()


async def needs_founding(settings: Settings, *, asks_server: bool = False) -> bool:
    """Whether there is no owner yet; opens the store only where a founding was left half-way.

    A server is asked where no keys stand here, or where that is wished: otherwise the store is taken to
    be there, as whoever opens it then learns soon enough.

    Raises:
        Stopped: one of store and keys is missing, or the store cannot be opened.
    """
    with faults_told():
        standing = await look(settings, asks_server=asks_server)
        if standing is not Standing.FOUNDING:
            return standing is Standing.NOTHING
        has_owner, store = await is_founded(settings, None)
        if store is not None:
            await store.close()
    if has_owner:
        clear_marker(settings)
    return not has_owner


def _report(upkeep: asyncio.Task[None]) -> None:
    """Hand a fault of the upkeep to the loop, so that whoever runs it hears of it."""
    if not upkeep.cancelled() and (fault := upkeep.exception()) is not None:
        upkeep.get_loop().call_exception_handler({"message": "upkeep failed", "exception": fault})


def _import_wiring() -> Callable[[Settings, Store, KeyRing, Clock, str], Wired]:
    """Import what takes long, in a thread."""
    from strongroom.wiring import wire

    return wire


@contextmanager
def faults_told() -> Iterator[None]:
    """Turn what is wrong with store or keys into its sentence and exit code 69."""
    try:
        yield
    except StoreTrouble as trouble:
        raise Stopped(str(trouble), ExitCode.UNAVAILABLE) from trouble
    except Exception as fault:
        from security.key_entries import KeysFault  # where all is well the first paint does not wait for it

        if isinstance(fault, KeysFault):
            raise Stopped(str(fault), ExitCode.UNAVAILABLE) from fault
        raise
