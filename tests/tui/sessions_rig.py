"""The sessions page on our driver, for tests that count bytes: -m tests.tui.sessions_rig DIR."""

from __future__ import annotations

from tui.terminal.environment import scrub

if __name__ == "__main__":
    scrub()

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from security.breach.screening import EmbeddedList, Screening
from security.bundle import build_services
from security.clock import MovedClock
from security.facts import SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.services import Services
from security.vocabulary import Appearance
from store.store import Store, open_store
from tests.tui.house import START, House
from tests.tui.session_visits import CELLAR, DESK, Spot, sign_in_at, three_sessions
from tui.app import StrongroomApp
from tui.door import Door
from tui.terminal.run import run_guarded

HOSTILE = Spot(
    "evil\x1b[31mred\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://x\x07link\x1bPdcs\x1b\\\x9b1mc1\u202ebidi\x00[/red]",
    "198.51.100.66",
    "\x1b]0;owned\x07City",
    "\x9b2JLand",
)
"""Everything that a client could say of itself."""


class Rig:
    """A store with a handful of sessions, opened twice: to fill it, and by the door."""

    def __init__(self, home: Path) -> None:
        """Keep where it is."""
        self._url = f"sqlite:///{home / 'strongroom.db'}"
        self._keys = KeyRing.generate(START)
        self._clock = MovedClock(START)
        self._hasher = PasswordHasher(SHOW_PARAMETERS, is_for_show=True)

    async def fill(self) -> SignedIn:
        """Sign in at five places, and give one device a hostile name."""
        store = await open_store(self._url, create=True)
        house = House(store, self._services(store), self._clock)
        person, laptop, _ = await three_sessions(house)
        await sign_in_at(house, CELLAR)
        await sign_in_at(house, HOSTILE)
        services, token = house.services, person.signed_in.token
        await services.sessions.name_device(token, laptop.session_id, "Kitchen laptop", DESK.origin())
        appearance = Appearance(os.environ.get("APPEARANCE", Appearance.DARK))
        account = await services.accounts.set_appearance(token, appearance)
        self._clock.advance(timedelta(minutes=7))
        await store.close()
        return replace(person.signed_in, account=account)

    async def connect(self) -> Services:
        """Open what was filled."""
        return self._services(await open_store(self._url))

    def _services(self, store: Store) -> Services:
        """Every flow, with cheap hashes."""
        screening = Screening(None, EmbeddedList())
        return build_services(store, self._keys, self._clock, self._hasher, screening, node="vault-1")


def main() -> int:
    """Begin inside, on the Overview."""
    rig = Rig(Path(sys.argv[1]))
    signed_in = asyncio.run(rig.fill())
    door = Door(connect=rig.connect, origin=DESK.origin(), signed_in=signed_in, environment=dict(os.environ))
    return run_guarded(StrongroomApp(door))


if __name__ == "__main__":
    sys.exit(main())
