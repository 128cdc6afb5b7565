"""People who sign in and revoke without end, and write down whatever was acknowledged."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyotp

from security import throttling
from security.breach.screening import EmbeddedList, Screening
from security.clock import MovedClock
from security.counters import DAY, Limit
from security.facts import SecondStepNeeded, Secret, SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.origin import Origin
from security.refusals import Refusal
from security.totp import step_at
from store.errors import InDoubt, StoreError
from store.store import open_store
from tests.security.people import PASSWORD, House

SPEED = 15
"""How much quicker the time of these people runs: a code every two seconds."""
PAUSE = 0.05
"""Seconds before somebody tries again who was refused."""
EVERY = 4
"""Which sign-in is by a recovery code, while there are any."""


class QuickClock(MovedClock):
    """A clock that is the same in every process, and runs quicker than the machine's."""

    def __init__(self, start: datetime) -> None:
        """Begin now at a moment."""
        super().__init__(start)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The present moment."""
        return super().now() + SPEED * timedelta(seconds=time.monotonic() - self._began)


@dataclass(frozen=True)
class Somebody:
    """One person, with what they have in their hands."""

    account_id: str
    email: str
    origin: Origin
    home: Secret = field(repr=False)
    """The token of a session that stays."""
    secret: Secret = field(repr=False)
    codes: tuple[Secret, ...] = field(repr=False)


def lift_limits() -> None:
    """Let it be the guarded statements alone that decide."""
    generous = (Limit(1_000_000, DAY),)
    for name in (
        "PASSWORD_OF_ACCOUNT",
        "PASSWORD_OF_SOURCE",
        "SECOND_STEP_OF_ACCOUNT",
        "SECOND_STEP_OF_SOURCE",
    ):
        setattr(throttling, name, generous)


async def opened(url: str, keys: KeyRing, clock: MovedClock, *, create: bool = False) -> House:
    """A house over the store on a server."""
    store = await open_store(url, create=create)
    hasher = PasswordHasher(SHOW_PARAMETERS, slots=2, is_for_show=True)
    return House(store, keys, clock, hasher, Screening(None, EmbeddedList()))


async def closed(house: House) -> None:
    """Close what `opened` opened."""
    await house.store.close()
    house.hasher.close()


class Living:
    """One person's days."""

    def __init__(self, house: House, person: Somebody, log: int) -> None:
        """Begin with the session that stays."""
        self._services = house.services
        self._clock = house.clock
        self._person = person
        self._log = log
        self._tried = step_at(self._clock.now())
        self._turn = 0
        self._codes = list(enumerate(person.codes))
        self._previous: str | None = None
        self._began = 0.0

    async def live(self, stop: Path) -> None:
        """Sign in, revoke the session before, and touch the one that stays, again and again."""
        while not stop.exists():
            try:
                await self._day()
            except InDoubt:
                self._write("in doubt", "")
            except StoreError as error:
                self._write("refused", str(error))
            except Refusal as refusal:
                self._previous = None
                self._write("rejected", type(refusal).__name__)
            else:
                continue
            await asyncio.sleep(PAUSE)

    async def _day(self) -> None:
        """Do each thing once."""
        signed_in = await self._sign_in()
        if self._previous is not None:
            self._began = time.monotonic()
            await self._services.sessions.revoke(signed_in.token, self._previous, self._person.origin)
            self._write("revoked", self._previous)
        self._previous = signed_in.session_id
        self._began = time.monotonic()
        await self._services.sessions.touch(self._person.home)
        self._write("touched", "")

    async def _sign_in(self) -> SignedIn:
        """Take both steps; whatever was tried once is never tried again."""
        person, sign_in = self._person, self._services.sign_in
        self._began = time.monotonic()
        answer = await sign_in.begin(person.email, PASSWORD, person.origin)
        self._write("begun", "")
        assert isinstance(answer, SecondStepNeeded)
        self._turn += 1
        if self._turn % EVERY == 0 and self._codes:
            number, code = self._codes.pop()
            self._began = time.monotonic()
            signed_in = await sign_in.finish_with_recovery_code(answer.half, code.reveal, person.origin)
            self._write("code", str(number), signed_in)
            return signed_in
        while step_at(self._clock.now()) <= self._tried:  # noqa: ASYNC110 - time itself is waited for
            await asyncio.sleep(0.02)
        self._tried = step_at(self._clock.now())
        code_now = pyotp.TOTP(person.secret.reveal).generate_otp(self._tried)
        self._began = time.monotonic()
        signed_in = await sign_in.finish(answer.half, code_now, person.origin)
        self._write("step", str(self._tried), signed_in)
        return signed_in

    def _write(self, what: str, which: str, signed_in: SignedIn | None = None) -> None:
        """Write down what was told, before anything else is done."""
        line = {
            "who": self._person.account_id,
            "what": what,
            "which": which,
            "began": self._began,
            "at": time.monotonic(),
            "session": signed_in.session_id if signed_in else "",
            "token": signed_in.token.reveal if signed_in else "",
        }
        os.write(self._log, json.dumps(line).encode() + b"\n")


async def work(url: str, keys: KeyRing, clock: MovedClock, people: list[Somebody], directory: Path) -> None:
    """Be one front door, at which some people come and go until the file `stop` is there."""
    house = await opened(url, keys, clock)
    log = os.open(directory / f"told-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    await asyncio.gather(*(Living(house, person, log).live(directory / "stop") for person in people))
    await closed(house)
