"""Sign-ins through every rule and the store, beside argon2 alone with the same parameters and concurrency."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from bench.line import Line
from bench.server import TOLD, new_server
from security.breach.screening import Screening
from security.bundle import build_services
from security.clock import SystemClock
from security.facts import Secret
from security.hashing import PasswordHasher
from security.keys import KeyRing
from security.origin import Origin
from security.services import Services
from security.vocabulary import Role
from store import organisations
from store.store import Store, open_store

EACH = 32
"""Sign-ins, and bare verifications before and after them, of one round, at the least."""

ROUNDS = 9
PASSWORD = "Lantern-Orchard 47 rivers"

Act = Callable[[], Awaitable[object]]
"""Begins what is timed."""


def an_origin(source_ip: str = "local") -> Origin:
    """A terminal that was not seen before."""
    return Origin(Secret(secrets.token_hex(16)), source_ip, "bench", "bench")


async def sign_ins(at_once: int) -> float:
    """The median, over the rounds, of sign-ins a second through bare verifications a second."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "bench"
        home.mkdir(mode=0o700)
        return await _through(f"sqlite://{home}/strongroom.db", at_once)


async def sign_ins_on_a_server(at_once: int) -> float:
    """The same on a server, through one pool."""
    with new_server() as server:
        return await _through(server.url("bench"), at_once)


async def _through(url: str, at_once: int) -> float:
    """The same in a new store; sign-ins come from sources of their own, as those of many people do."""
    clock = SystemClock()
    store = await open_store(url, create=True)
    hasher = PasswordHasher(queue=1000, patience=60)
    services = build_services(
        store,
        KeyRing.generate(clock.now()),
        clock,
        hasher,
        Screening.at(None),
        node="bench",
        refusal_floor_ms=0,
    )
    emails = await _people(services, store, max(EACH, 2 * at_once))
    stored = await hasher.hash(PASSWORD)
    ratios = []
    verifications = [partial(hasher.verify, stored, PASSWORD)] * len(emails)
    sign_in = [
        partial(_sign_in, services, email, f"10.0.{place >> 8}.{place & 255}")
        for place, email in enumerate(emails)
    ]
    for _ in range(ROUNDS + 1):
        before = await _rate(at_once, verifications)
        ours = await _rate(at_once, sign_in)
        after = await _rate(at_once, verifications)
        ratios.append(ours / statistics.mean((before, after)))
    await store.close()
    return statistics.median(ratios[1:])


async def _people(services: Services, store: Store, number: int) -> list[str]:
    """An owner and members, so that no counter of one account or source stands in the way."""
    await services.founding.found("Acme", "Ada", "ada@acme.example", PASSWORD, an_origin())
    async with store.read() as tx:
        org_id = (await organisations.list_all(tx))[0].id
    emails = [f"member{index}@acme.example" for index in range(number)]
    for email in emails:
        await services.founding.add_member(org_id, "Member", email, PASSWORD, Role.MEMBER, an_origin())
    return emails


async def _rate(at_once: int, acts: Sequence[Act]) -> float:
    """Acts a second, so many at once."""
    places = asyncio.Semaphore(at_once)

    async def one(act: Act) -> None:
        async with places:
            await act()

    start = time.perf_counter()
    await asyncio.gather(*(one(act) for act in acts))
    return len(acts) / (time.perf_counter() - start)


async def _sign_in(services: Services, email: str, source_ip: str) -> None:
    """One sign-in, from a terminal that was not seen before."""
    await services.sign_in.begin(email, PASSWORD, an_origin(source_ip))


LINES = (
    Line("sign-ins a second / the bare argon2 rate, 4 at once", 0.9, False, lambda: asyncio.run(sign_ins(4))),
    Line(
        f"sign-ins a second / the bare argon2 rate, 50 at once on one pool, {TOLD}",
        0.9,
        False,
        lambda: asyncio.run(sign_ins_on_a_server(50)),
    ),
)
