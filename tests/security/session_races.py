"""Processes that begin and end sessions of one person at the same instant.

Run as `python -m tests.security.session_races KIND URL`; prints how each process ended and what the
store holds afterwards, as JSON. It forks while no thread of a store is alive.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Semaphore

from security.clock import MovedClock
from security.facts import Secret, SignedIn
from security.keys import KeyRing
from security.policy import STANDARD
from security.refusals import Refusal, SessionOver
from security.vocabulary import ChangeKind
from store import sessions as session_rows
from store.errors import StoreError
from tests.security.doors import at_once, kinds
from tests.security.killed import closed, opened
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, Person, an_origin
from tests.security.processes import Meet, run_at_once

SIGNERS = 6
"""Processes that sign in at once."""

GUESSERS = 6
GUESSES = 5
"""Processes that guess, and how often each does."""

LIMIT = 4
"""Sessions that one person may have, where that is what is raced for."""

FORK = multiprocessing.get_context("fork")
"""Makes what all processes share."""

Run = Callable[[House], Awaitable[str]]


def spread(number: int) -> float:
    """A little later for each, so that some come before the others and some after."""
    return number * 0.01


def signer(email: str, number: int) -> Run:
    """Sign in."""

    async def run(house: House) -> str:
        """Begin a session."""
        await asyncio.sleep(spread(number))
        origin = an_origin(f"signer {number}", f"192.0.2.{number}")
        answer = await house.services.sign_in.begin(email, PASSWORD, origin)
        assert isinstance(answer, SignedIn)
        return "SignedIn"

    return run


def guesser(email: str, number: int) -> Run:
    """Guess at a password, five times at once."""

    async def run(house: House) -> str:
        """Guess from a place of its own each time."""
        begin = house.services.sign_in.begin
        places = [an_origin(source_ip=f"192.0.{number}.{place}") for place in range(GUESSES)]
        answers = await at_once(*(begin(email, WRONG_PASSWORD, place) for place in places))
        return " ".join(kinds(answers).elements())

    return run


def ender(token: Secret, number: int) -> Run:
    """Sign out everywhere else."""

    async def run(house: House) -> str:
        """End the others."""
        await asyncio.sleep(spread(number))
        return str(await house.services.sessions.revoke_others(token, an_origin()))

    return run


def revoker(token: Secret, session_id: str) -> Run:
    """End one session."""

    async def run(house: House) -> str:
        """End it."""
        await house.services.sessions.revoke(token, session_id, an_origin())
        return "Revoked"

    return run


def renamer(token: Secret, begun: Semaphore) -> Run:
    """Take new names, one after the other, until the session is over; tell when it has begun."""

    async def run(house: House) -> str:
        """Rename again and again."""
        for number in range(100_000):
            try:
                await house.services.accounts.rename(token, f"Name {number}", an_origin())
            except SessionOver as over:
                return f"{over.reason} after {number}"
            begun.release()
        return "never over"

    return run


def suspender(token: Secret, account_id: str) -> Run:
    """Close an account."""

    async def run(house: House) -> str:
        """Close it."""
        await asyncio.sleep(spread(2 * SIGNERS))
        await house.services.accounts.suspend(token, account_id, an_origin())
        return "Suspended"

    return run


def listener(account_id: str, begun: Semaphore) -> Run:
    """Tell when it listens, and when the end of a session is heard."""

    async def run(house: House) -> str:
        """Listen for one end."""
        changes = house.services.changes.follow(None, account_id=account_id, begun=begun.release)
        async with asyncio.timeout(40), aclosing(changes) as feed:
            async for change in feed:
                if change.kind is ChangeKind.SESSION_ENDED:
                    return f"heard {time.monotonic()}"
        return "heard nothing"

    return run


def late_revoker(token: Secret, session_id: str, begun: Semaphore, others: int) -> Run:
    """End one session when all others have begun, and tell when that was."""

    async def run(house: House) -> str:
        """End it."""
        for _ in range(others):
            while not begun.acquire(block=False):  # noqa: ASYNC110 - it is of several processes
                await asyncio.sleep(0.01)
        await house.services.sessions.revoke(token, session_id, an_origin())
        return f"ended {time.monotonic()}"

    return run


async def others_and_signers(house: House) -> tuple[Person, list[Run]]:
    """One signs out everywhere else while the same person signs in elsewhere; one other session is there."""
    owner = await house.owner()
    await owner.sign_in()
    signers = [signer(owner.email, number) for number in range(SIGNERS)]
    return owner, [ender(owner.token, SIGNERS // 2), *signers]


async def each_the_other(house: House) -> tuple[Person, list[Run]]:
    """Four terminals of one person sign out everywhere else."""
    owner = await house.owner()
    others = [await owner.sign_in() for _ in range(3)]
    return owner, [ender(token, 0) for token in (owner.token, *(other.token for other in others))]


async def one_another(house: House) -> tuple[Person, list[Run]]:
    """Two terminals revoke each other by name."""
    owner = await house.owner()
    other = await owner.sign_in()
    mine = owner.signed_in.session_id
    return owner, [revoker(owner.token, other.session_id), revoker(other.token, mine)]


async def revoked_while_writing(house: House) -> tuple[Person, list[Run]]:
    """A terminal writes without a pause while another one revokes it."""
    owner = await house.owner()
    other = await owner.sign_in()
    begun = FORK.Semaphore(0)
    return owner, [renamer(other.token, begun), late_revoker(owner.token, other.session_id, begun, 50)]


async def closed_while_signing_in(house: House) -> tuple[Person, list[Run]]:
    """An account is closed while its person signs in."""
    owner = await house.owner()
    bea = await house.member(owner)
    signers = [signer(bea.email, number) for number in range(SIGNERS)]
    return bea, [suspender(owner.token, bea.account_id), *signers]


async def guessed(house: House) -> tuple[Person, list[Run]]:
    """Many processes guess at one password, each several times at once."""
    owner = await house.owner()
    return owner, [guesser(owner.email, number) for number in range(GUESSERS)]


async def too_many(house: House) -> tuple[Person, list[Run]]:
    """More sign-ins at once than there may be sessions."""
    owner = await house.owner(policy=replace(STANDARD, session_limit=LIMIT))
    return owner, [signer(owner.email, 0) for _ in range(2 * LIMIT)]


async def heard(house: House) -> tuple[Person, list[Run]]:
    """Three processes listen, and one revokes."""
    owner = await house.owner()
    other = await owner.sign_in()
    begun = FORK.Semaphore(0)
    listeners = [listener(owner.account_id, begun) for _ in range(3)]
    return owner, [late_revoker(owner.token, other.session_id, begun, len(listeners)), *listeners]


KINDS = {
    kind.__name__: kind
    for kind in (
        others_and_signers,
        each_the_other,
        one_another,
        revoked_while_writing,
        closed_while_signing_in,
        guessed,
        too_many,
        heard,
    )
}


class Race:
    """One store and the processes over it."""

    def __init__(self, kind: str, url: str) -> None:
        """Bring everybody to the start."""
        self.url = url
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.account_id, self.runs = asyncio.run(self._prepare(kind))

    async def _prepare(self, kind: str) -> tuple[str, Sequence[Run]]:
        """The people, and what each process does."""
        house = await opened(self.url, self.keys, self.clock, create=True)
        person, runs = await KINDS[kind](house)
        await closed(house)
        return person.account_id, runs

    async def run(self, run: Run, meet: Meet) -> str:
        """Wait for the start, act, tell how it ended."""
        house = await opened(self.url, self.keys, self.clock)
        try:
            meet()
            return await run(house)
        except (Refusal, StoreError) as answer:
            return type(answer).__name__
        finally:
            await closed(house)

    async def outcome(self) -> dict[str, object]:
        """What the store holds when all is over: the open sessions, and the person's events in order."""
        house = await opened(self.url, self.keys, self.clock)
        async with house.store.read() as tx:
            alive = [session.client for session in await session_rows.list_open(tx, self.account_id)]
            rows = await tx.fetch(
                "SELECT name, client, outcome FROM audit_events WHERE subject_id = :who ORDER BY seq",
                who=self.account_id,
            )
        is_whole = await house.audit_is_whole()
        await closed(house)
        return {"alive": alive, "events": [list(map(str, tuple(row))) for row in rows], "is_whole": is_whole}  # type: ignore[arg-type]


def main(kind: str, url: str) -> None:
    """Let all processes run at once, then print how each ended and what is there."""
    race = Race(kind, url)
    ends = run_at_once([partial(race.run, run) for run in race.runs])
    print(json.dumps({"ends": ends, **asyncio.run(race.outcome())}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
