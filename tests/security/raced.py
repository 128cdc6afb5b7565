"""Fifty processes that spend the same code at the same instant.

Run as `python -m tests.security.raced totp|recovery_code URL`; prints how each ended as JSON. The
limits of the throttle are lifted, so that it is the one guarded statement that decides.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from security import throttling
from security.clock import MovedClock
from security.counters import DAY, Limit
from security.facts import Secret
from security.keys import KeyRing
from security.origin import Origin
from security.refusals import Refusal
from store.errors import StoreError
from tests.security.killed import closed, opened
from tests.security.people import an_origin
from tests.security.processes import Meet, run_at_once

PROCESSES = 50


@dataclass(frozen=True)
class Runner:
    """One process's half-way state, on a connection of its own."""

    half: Secret
    origin: Origin


class Race:
    """One store, one code, and as many half-way states as there are processes."""

    def __init__(self, kind: str, url: str) -> None:
        """Bring everybody to the start."""
        self.kind = kind
        self.url = url
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.code = ""
        self.runners: list[Runner] = []
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        """An enrolled owner, and fifty of them between the two steps."""
        house = await opened(self.url, self.keys, self.clock, create=True)
        owner = await house.owner()
        await owner.enrol()
        for number in range(PROCESSES):
            origin = an_origin(source_ip=f"192.0.2.{number}")
            self.runners.append(Runner(await owner.half(origin), origin))
        self.code = owner.app.next_code() if self.kind == "totp" else owner.recovery.codes[0].reveal
        await closed(house)

    async def run(self, runner: Runner, meet: Meet) -> str:
        """Wait for the start, spend the code, tell how it ended."""
        house = await opened(self.url, self.keys, self.clock)
        sign_in = house.services.sign_in
        finish = sign_in.finish if self.kind == "totp" else sign_in.finish_with_recovery_code
        meet()
        try:
            await finish(runner.half, self.code, runner.origin)
        except (Refusal, StoreError) as answer:
            return type(answer).__name__
        finally:
            await closed(house)
        return "SignedIn"


def lift_limits() -> None:
    """Let everybody try as often as they like, so that the one guarded statement decides."""
    generous = (Limit(1_000_000, DAY),)
    for name in ("SECOND_STEP_OF_ACCOUNT", "SECOND_STEP_OF_SOURCE"):
        setattr(throttling, name, generous)


def main(kind: str, url: str) -> None:
    """Let all processes run at once and print how each ended."""
    lift_limits()
    race = Race(kind, url)
    print(json.dumps(run_at_once([partial(race.run, runner) for runner in race.runners])))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
