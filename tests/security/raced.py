"""Fifty processes that spend the same code at the same instant.

Run as `python -m tests.security.raced totp|recovery_code DIRECTORY`; prints how each ended as JSON. The
limits of the throttle are lifted, so that it is the one guarded statement that decides.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from security import throttling
from security.clock import MovedClock
from security.facts import Secret
from security.keys import KeyRing
from security.origin import Origin
from security.refusals import Refusal
from security.throttling import DAY, Limit
from store.errors import StoreError
from tests.security.killed import closed, opened
from tests.security.people import an_origin

PROCESSES = 50


@dataclass(frozen=True)
class Runner:
    """One process's half-way state, on a connection of its own."""

    half: Secret
    origin: Origin


class Race:
    """One store, one code, and as many half-way states as there are processes."""

    def __init__(self, kind: str, directory: Path) -> None:
        """Bring everybody to the start."""
        self.kind = kind
        self.directory = directory
        self.clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.keys = KeyRing.generate(self.clock.now())
        self.code = ""
        self.runners: list[Runner] = []
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        """An enrolled owner, and fifty of them between the two steps."""
        house = await opened(self.directory, self.keys, self.clock, create=True)
        owner = await house.owner()
        await owner.enrol()
        for number in range(PROCESSES):
            origin = an_origin(source_ip=f"192.0.2.{number}")
            self.runners.append(Runner(await owner.half(origin), origin))
        self.code = owner.app.next_code() if self.kind == "totp" else owner.recovery.codes[0].reveal
        await closed(house)

    async def run(self, runner: Runner, start: float) -> str:
        """Wait for the start, spend the code, tell how it ended."""
        house = await opened(self.directory, self.keys, self.clock)
        sign_in = house.services.sign_in
        finish = sign_in.finish if self.kind == "totp" else sign_in.finish_with_recovery_code
        await asyncio.sleep(max(0.0, start - time.monotonic()))
        try:
            await finish(runner.half, self.code, runner.origin)
        except (Refusal, StoreError) as answer:
            return type(answer).__name__
        finally:
            await closed(house)
        return "SignedIn"


def main(kind: str, directory: Path) -> None:
    """Let all processes run at once and print how each ended."""
    generous = (Limit(1_000_000, DAY),)
    throttling.SECOND_STEP_OF_ACCOUNT = throttling.SECOND_STEP_OF_SOURCE = generous  # type: ignore[assignment]
    race = Race(kind, directory)
    start = time.monotonic() + 3
    pipes = []
    for runner in race.runners:
        read, write = os.pipe()
        if os.fork() == 0:
            os.write(write, asyncio.run(race.run(runner, start)).encode())
            os._exit(0)
        os.close(write)
        pipes.append(read)
    print(json.dumps([os.read(pipe, 100).decode() for pipe in pipes]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
