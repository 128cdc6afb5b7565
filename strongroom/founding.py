"""The founding as a door does it: claimed, keys and store made, and both undone where nobody owns them."""

from __future__ import annotations

from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

from security.clock import Clock
from security.trouble import StoreTrouble
from strongroom.exits import Stopped
from strongroom.founding_marker import Marker
from strongroom.settings import Settings
from strongroom.standing import require_file, require_store_file, stands, store_files

if TYPE_CHECKING:
    from security.keys import KeyRing
    from store.postgresql.founding import Claim
    from store.store import Store


class Owner(Enum):
    """Whose a store is, as seen from the keys of this process."""

    NOBODY = auto()
    """No account is in it."""
    OURS = auto()
    """It was founded with these keys."""
    ANOTHER = auto()
    """It was founded with others: another machine came first."""
    UNKNOWN = auto()
    """Nobody can say: the store cannot be asked."""


class Founding:
    """A founding by this process: begun by `take`, ended by `finish`."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Nothing is touched yet."""
        self._settings = settings
        self._clock = clock
        self._marker = Marker(settings)
        self._claim: Claim | None = None
        self._has_made_keys = False
        self._has_made_store = False

    @property
    def is_ours(self) -> bool:
        """Whether this process is the one that founds."""
        return self._marker.is_ours

    async def take(self) -> bool:
        """Claim the founding here and on the server; False where another process, or machine, founds."""
        if not self._marker.take():
            return False
        try:
            if await self._claimed():
                return True
        except BaseException:
            self._leave()
            raise
        self._leave()
        return False

    async def _claimed(self) -> bool:
        """Claim it on the server, where the store is on one and no claim stands any more."""
        if not self._settings.is_on_server or (self._claim is not None and not self._claim.is_lost):
            return True
        from store.postgresql.founding import Claim

        self._claim = await Claim.take(self._settings.store)
        return self._claim is not None

    async def renew(self) -> None:
        """Claim it anew where the server was gone for a while; whoever has an owner first is first."""
        with suppress(StoreTrouble):
            await self._claimed()

    async def make(self, store: Store | None) -> tuple[KeyRing, Store]:
        """Make keys and store, going on with what a founding that was killed has left."""
        from security.keys import create_keyring
        from store.store import open_store

        if stands(self._settings.keys):
            keys = load_keys(self._settings)
        else:
            keys = create_keyring(self._settings.keys, self._clock.now())
            self._has_made_keys = True
        if store is None:
            # On a server it may be made although we are cut off; in a file it is made whole or not at all.
            self._has_made_store = self._settings.is_on_server
            connections = self._settings.store_connections
            store = await open_store(self._settings.store, create=True, connections=connections)
            self._has_made_store = True
        return keys, store

    async def clear(self) -> None:
        """End a founding whose store has its owner, who came by this process or by one before it."""
        self._marker.clear()
        await self._release_claim()

    async def finish(self, owner: Owner) -> None:
        """Undo what this process made where it is nobody's, and let go.

        Where nobody can say all is left as it is: a store that is gone for the moment may well have an
        owner, and its keys are nowhere else.
        """
        try:
            if owner is Owner.OURS:
                self._marker.clear()
            elif owner is not Owner.UNKNOWN:
                await self._undo(is_owned=owner is Owner.ANOTHER)
        except (OSError, Stopped, StoreTrouble):
            pass  # what cannot be taken away now is gone on with at the next founding
        finally:
            self._marker.release()
            await self._release_claim()

    async def _undo(self, *, is_owned: bool) -> None:
        """Take away the store that this process made, unless it is owned, and the keys that it made."""
        if self._has_made_store and not is_owned:
            for path in store_files(self._settings):
                path.unlink(missing_ok=True)
            if self._settings.is_on_server and not await self._has_removed_store():
                return
        if self._has_made_keys:
            self._settings.keys.unlink(missing_ok=True)
        self._leave()

    async def _has_removed_store(self) -> bool:
        """Whether the store that was made on the server is gone; it stays where others found or own it."""
        is_claimed = await self._claimed()
        return is_claimed and self._claim is not None and await self._claim.remove_unowned()

    def _leave(self) -> None:
        """Take the marker away where nothing is left of a founding here; otherwise leave it standing."""
        is_left = stands(self._settings.keys)
        if not is_left and not self._settings.is_on_server:
            is_left = stands(self._settings.store_path)
        if is_left:
            self._marker.release()
        else:
            self._marker.clear()

    async def _release_claim(self) -> None:
        """Let others found in this database."""
        if self._claim is not None:
            await self._claim.release()
            self._claim = None


async def is_founded(settings: Settings, store: Store | None) -> tuple[bool, Store | None]:
    """Whether a store stands there that has an owner, and the store, where there is one to be opened."""
    from store.store import open_store

    if store is None:
        if settings.is_on_server:
            from store.postgresql import founding

            if await founding.look(settings.store) is founding.Found.NOTHING:
                return False, None
        elif not stands(settings.store_path):
            return False, None
        require_store_file(settings)
        store = await open_store(settings.store, connections=settings.store_connections)
    return await has_owner(store), store


async def has_owner(store: Store) -> bool:
    """Whether any account is in the store."""
    from store import accounts

    async with store.read() as tx:
        return await accounts.count(tx) > 0


async def owner_of(store: Store | None, keys: KeyRing | None) -> Owner:
    """Whose a store is; nobody's where none was opened."""
    if store is None or keys is None:
        return Owner.NOBODY
    from security.keys import KEYS_FACT
    from store import accounts, facts

    try:
        async with store.read() as tx:
            accounts_there, fingerprint = await accounts.count(tx), await facts.get(tx, KEYS_FACT)
    except StoreTrouble:
        return Owner.UNKNOWN
    if not accounts_there:
        return Owner.NOBODY
    return Owner.OURS if fingerprint is not None and keys.is_ring_of(fingerprint) else Owner.ANOTHER


def load_keys(settings: Settings) -> KeyRing:
    """Read the keys, whose place must hold a file."""
    from security.keys import load_keyring

    require_file(settings.keys)
    return load_keyring(settings.keys, settings.credentials)
