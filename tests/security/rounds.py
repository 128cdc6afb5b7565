"""Two processes that spend the same code at the same instant, round after round.

Run as `python -m tests.security.rounds totp|recovery_code URL ROUNDS`; prints how both ended in each
round, and whether the audit is whole then, as JSON. Both processes live through all rounds, each with a
store and services of its own. Limits are lifted, so that it is the one guarded statement that decides.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from functools import partial

from security.clock import MovedClock
from security.keys import KeyRing
from security.refusals import Refusal
from security.vocabulary import EventName
from store.errors import StoreError
from tests.security.killed import closed, opened
from tests.security.people import House, Person, an_origin
from tests.security.processes import Meet, run_at_once
from tests.security.raced import lift_limits

PROCESSES = 2


class Rounds:
    """One store, and the people whose codes are spent."""

    def __init__(self, kind: str, url: str, count: int) -> None:
        """Enrol as many as are needed: a batch of recovery codes does not last for ever."""
        self.kind = kind
        self.url = url
        self.count = count
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.people: list[Person] = []
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        """The owner, and members while codes are wanting."""
        house = await opened(self.url, self.keys, self.clock, create=True)
        owner = await house.owner()
        await owner.enrol()
        self.people.append(owner)
        while self.kind == "recovery_code" and len(self._codes()) < self.count:
            member = await house.member(owner, f"Bea{len(self.people)}")
            await member.enrol()
            self.people.append(member)
        await closed(house)

    def _codes(self) -> list[tuple[Person, str]]:
        """Every recovery code, and whose it is."""
        return [(person, code.reveal) for person in self.people for code in person.recovery.codes]

    async def run(self, number: int, meet: Meet) -> list[str]:
        """Spend the code of each round, and tell how each ended."""
        house = await opened(self.url, self.keys, self.clock)
        spend = self._spend_step if self.kind == "totp" else self._spend_recovery_code
        ends = [await spend(house, turn, f"192.0.2.{number}", meet) for turn in range(self.count)]
        await closed(house)
        return ends

    async def _spend_step(self, house: House, turn: int, source_ip: str, meet: Meet) -> str:
        """Spend the code of the next half minute; the clocks of both processes go alike."""
        owner = self.people[0]
        code = owner.app.next_code()
        origin = an_origin(source_ip=source_ip)
        owner.house = house
        half = await owner.half(origin)
        meet()
        return await ended(house.services.sign_in.finish(half, code, origin))

    async def _spend_recovery_code(self, house: House, turn: int, source_ip: str, meet: Meet) -> str:
        """Spend the next recovery code of those there are."""
        person, code = self._codes()[turn]
        origin = an_origin(source_ip=source_ip)
        person.house = house
        half = await person.half(origin)
        meet()
        return await ended(house.services.sign_in.finish_with_recovery_code(half, code, origin))

    async def outcome(self) -> dict[str, object]:
        """What the store holds when all is over."""
        house = await opened(self.url, self.keys, self.clock)
        async with house.store.read() as tx:
            rows = await tx.fetch("SELECT name FROM audit_events WHERE outcome = 'success'")
            signed_in = sum(row["name"] == EventName.SIGNED_IN for row in rows)
        is_whole = await house.audit_is_whole()
        await closed(house)
        return {"signed_in": signed_in - len(self.people), "is_whole": is_whole}


async def ended(finish: Awaitable[object]) -> str:
    """How a sign-in ended, in a word."""
    try:
        await finish
    except (Refusal, StoreError) as answer:
        return type(answer).__name__
    return "SignedIn"


def main(kind: str, url: str, count: str) -> None:
    """Let both processes run through all rounds, and print what came of it."""
    lift_limits()
    rounds = Rounds(kind, url, int(count))
    began = time.monotonic()
    ends = run_at_once([partial(rounds.run, number) for number in range(PROCESSES)])
    seconds = time.monotonic() - began
    print(json.dumps({"ends": ends, "seconds": seconds, **asyncio.run(rounds.outcome())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
