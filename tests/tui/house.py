"""A house for the screens' tests: a real store, real flows, cheap hashes and a clock moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from security.breach.screening import EmbeddedList, Screening
from security.bundle import build_services
from security.clock import MovedClock
from security.facts import RecoveryCodes, SecondStepNeeded, Secret, SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.origin import Origin
from security.safe_text import SafeText, sanitise
from security.services import Services
from security.trouble import StoreTrouble
from store.store import Store, open_store
from tui.app import StrongroomApp
from tui.door import Door, DoorClosed

EMAIL = "amir@acme.example"
PASSWORD = "Correct horse, 7 battery"
NEW_PASSWORD = "Ninety purple otters, 3 boats"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the tests' clock begins: a Monday morning."""


@dataclass(slots=True)
class Person:
    """What somebody knows who has an account."""

    signed_in: SignedIn
    """The session that was founded, or the newest."""
    totp: str = field(default="", repr=False)
    """The authenticator's secret, once there is one."""
    codes: tuple[str, ...] = field(default=(), repr=False)
    """The recovery codes."""


@dataclass(slots=True)
class House:
    """A store with its flows."""

    store: Store
    services: Services
    clock: MovedClock

    def origin(self, connection: str = "one", client: str = "OpenSSH, kitty") -> Origin:
        """A terminal somewhere."""
        return Origin(Secret(connection), "203.0.113.7", client, "vault-1")

    def door(self, signed_in: SignedIn | None = None, *, needs_founding: bool = False) -> Door:
        """A door to this house; `signed_in` begins inside."""

        async def connect() -> Services:
            return self.services

        async def stand() -> None:
            try:
                await self.services.changes.stand()
            except StoreTrouble as trouble:
                raise DoorClosed(sanitise(str(trouble), max_cells=1000), 69) from trouble

        return Door(
            connect=connect,
            stand=stand,
            origin=self.origin(),
            needs_founding=needs_founding,
            signed_in=signed_in,
            machine=SafeText("vault-1"),
            support_contact=SafeText("help@acme.example"),
        )

    async def founder(self) -> Person:
        """The owner of Acme, signed in at the kitchen's terminal."""
        return Person(
            await self.services.founding.found(
                "Acme", "Amir Example", EMAIL, PASSWORD, self.origin("kitchen")
            )
        )

    async def with_two_factor(self) -> Person:
        """The owner with two-factor on and its codes acknowledged."""
        person = await self.founder()
        token, origin = person.signed_in.token, self.origin("kitchen")
        enrolment = await self.services.two_factor.begin(token, origin)
        person.totp = enrolment.secret.reveal
        made: RecoveryCodes = await self.services.two_factor.confirm(
            token, enrolment.id, self.code(person), origin
        )
        person.codes = tuple(code.reveal for code in made.codes)
        person.signed_in = made.signed_in
        await self.services.recovery_codes.acknowledge(
            made.signed_in.token, made.batch_id, person.codes[0], origin
        )
        self.clock.advance(timedelta(seconds=31))
        return person

    async def sign_in_elsewhere(self, person: Person, connection: str = "elsewhere") -> SignedIn:
        """One more session of the same person."""
        origin = self.origin(connection, "Firefox on Linux")
        answer = await self.services.sign_in.begin(EMAIL, PASSWORD, origin)
        if isinstance(answer, SecondStepNeeded):
            answer = await self.services.sign_in.finish(answer.half, self.code(person), origin)
            self.clock.advance(timedelta(seconds=31))
        return answer

    def code(self, person: Person, later: timedelta = timedelta()) -> str:
        """What the authenticator shows now, or at another moment."""
        return pyotp.TOTP(person.totp).at(self.clock.now() + later)


@asynccontextmanager
async def a_house(path: Path, screening: Screening | None = None) -> AsyncIterator[House]:
    """Build a house in an empty directory, and leave it clean; it asks the embedded list alone otherwise."""
    clock = MovedClock(START)
    home = path / "strongroom"
    store = await open_store(f"sqlite:///{home / 'strongroom.db'}", create=True)
    hasher = PasswordHasher(SHOW_PARAMETERS, is_for_show=True)
    services = build_services(
        store,
        KeyRing.generate(START),
        clock,
        hasher,
        screening or Screening(None, EmbeddedList()),
        node="vault-1",
        refusal_floor_ms=0,
        refusal_jitter_ms=0,
    )
    try:
        yield House(store, services, clock)
    finally:
        await store.close()
        hasher.close()


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no screen reads or writes, and everything that follows was drawn."""
    app = pilot.app
    for _ in range(3):
        await pilot.pause()
        busy = [
            worker
            for worker in app.workers
            if worker.group in ("load", "advice", "save", "act", "open") and not worker.is_finished
        ]
        if busy:
            await app.workers.wait_for_complete(busy)
    await pilot.pause()


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type a text key by key into what has the focus, as fast as it is taken."""
    for character in text:
        pilot.app.post_message(events.Key(_character_to_key(character), character))
    await pilot.pause()
    await pilot.pause()


def shown(app: StrongroomApp) -> str:
    """Everything that the top screen draws now, as plain lines."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width].rstrip() for strip in lines[:height])
