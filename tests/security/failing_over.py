"""A primary dies under people at several front doors, and its synchronous standby takes over.

Run as `python -m tests.security.failing_over DIRECTORY kill|pause SECONDS PEOPLE`; prints what was found as
JSON. It forks while no thread of a store is alive, so that every front door begins alike.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from security.clock import MovedClock
from security.facts import SecondStepNeeded, Secret
from security.keys import KeyRing
from security.refusals import CodeRejected
from store import two_factor
from store.ids import new_id
from tests import postgresql
from tests.security.failover_people import (
    QuickClock,
    Somebody,
    closed,
    lift_limits,
    opened,
    work,
)
from tests.security.people import PASSWORD, House, Person, an_origin

EACH = 5
"""People at each front door."""
DATABASE = "postgres"
Told = list[dict[str, Any]]


class Failover:
    """Two servers, the people, and what they were told."""

    def __init__(self, directory: Path, count: int) -> None:
        """Bring everybody to the start."""
        self.directory = directory
        self.count = count
        self.doors_open = max(2, count // EACH)
        self.keys = KeyRing.generate(datetime(2026, 3, 2, 12, tzinfo=UTC))
        self.primary = postgresql.new_server(listen="127.0.0.1")
        self.people: list[Somebody] = []
        clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        asyncio.run(self._prepare(clock))
        self.standby = postgresql.new_standby(self.primary)
        self.clock = QuickClock(clock.now() + timedelta(minutes=1))
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self.primary, self.standby))
        self.url = f"postgresql://{postgresql.USER}@{hosts}/{DATABASE}"

    async def _prepare(self, clock: MovedClock) -> None:
        """Found, and add everybody with two factors."""
        house = await opened(self.primary.tcp_url(DATABASE), self.keys, clock, create=True)
        owner = await house.owner()
        await self._enrol(owner)
        for number in range(1, self.count):
            await self._enrol(await house.member(owner, f"Person{number}"))
        await closed(house)

    async def _enrol(self, person: Person) -> None:
        """Turn two-factor authentication on, and remember what the person holds."""
        await person.enrol()
        origin = an_origin(source_ip=f"192.0.2.{len(self.people)}")
        codes = person.recovery.codes[1:]
        self.people.append(
            Somebody(person.account_id, person.email, origin, person.token, person.app.secret, codes)
        )

    def doors(self) -> list[int]:
        """Open the front doors, each a process of its own."""
        opened_doors = []
        for door in range(self.doors_open):
            child = os.fork()
            if child == 0:
                lift_limits()
                try:
                    asyncio.run(
                        work(
                            self.url,
                            self.keys,
                            self.clock,
                            self.people[door :: self.doors_open],
                            self.directory,
                        )
                    )
                finally:
                    os._exit(not (self.directory / "stop").exists())
            opened_doors.append(child)
        return opened_doors

    def told(self) -> Told:
        """Everything that anybody was told, by the time of it."""
        lines: Told = []
        for path in self.directory.glob("told-*"):
            lines += [json.loads(line) for line in path.read_text().splitlines()]
        return sorted(lines, key=lambda line: float(line["at"]))

    def served_since(self, moment: float) -> set[str]:
        """Who has signed in since a moment."""
        return {
            line["who"] for line in self.told() if line["what"] in ("step", "code") and line["began"] > moment
        }

    def wait_for_all(self, moment: float) -> None:
        """Wait until everybody has signed in by an act that began after a moment."""
        deadline = time.monotonic() + 60
        while len(self.served_since(moment)) < self.count:
            assert time.monotonic() < deadline, "somebody is not served any more"
            time.sleep(0.1)

    def run(self, how: str, seconds: float) -> dict[str, object]:
        """Let them live, let the primary die, promote, let them live on, and look at everything."""
        children = self.doors()
        began = time.monotonic()
        self.wait_for_all(began)
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        died = time.monotonic()
        if how == "kill":
            self.primary.kill()
        else:
            self.primary.pause()
        self.standby.promote()
        promoted = time.monotonic()
        self.wait_for_all(promoted)
        time.sleep(seconds)
        (self.directory / "stop").touch()
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        found = asyncio.run(self._judge(self.told()))
        return {
            "doors": codes,
            "promoted after": promoted - died,
            **self._gaps(self.told(), died),
            **found,
        }

    def _gaps(self, told: Told, died: float) -> dict[str, object]:
        """How long nobody was served, and how long somebody was not."""
        good = [line for line in told if line["what"] in ("begun", "step", "code", "revoked")]
        first = min(float(line["at"]) for line in good if line["began"] > died)
        each = [
            min(
                float(line["at"])
                for line in good
                if line["who"] == person.account_id and line["began"] > died
            )
            for person in self.people
        ]
        longest = max(float(line["at"]) - float(line["began"]) for line in told)
        return {
            "nobody served for": first - died,
            "somebody not served for": max(each) - died,
            "longest act": longest,
        }

    async def _judge(self, told: Told) -> dict[str, object]:
        """Compare what was told with what the new primary holds."""
        lift_limits()
        house = await opened(self.standby.tcp_url(DATABASE), self.keys, self.clock)
        lost = await self._lost(house, told)
        twice = [key for key, n in Counter(_spent(told)).items() if n > 1]
        twice += await self._spendable(house, told)
        is_whole = await house.audit_is_whole()
        await closed(house)
        return {
            "told": Counter(line["what"] for line in told),
            "lost": lost,
            "twice": twice,
            "audit is whole": is_whole,
        }

    async def _lost(self, house: House, told: Told) -> list[str]:
        """Every acknowledged act that is not there, and every session that does not go on."""
        async with house.store.read() as tx:
            rows = await tx.fetch("SELECT id, ended_at FROM sessions")
            events = await tx.fetch(
                "SELECT subject_id, count(*) AS n FROM audit_events"
                " WHERE name = 'auth.signed_in' AND outcome = 'success' GROUP BY subject_id"
            )
        ended = {str(row["id"]): row["ended_at"] is not None for row in rows}
        counted = {str(row["subject_id"]): int(str(row["n"])) for row in events}
        lost = [
            f"session {line['session']}" for line in told if line["session"] and line["session"] not in ended
        ]
        lost += [
            f"end of {line['which']}"
            for line in told
            if line["what"] == "revoked" and not ended[line["which"]]
        ]
        for person in self.people:
            mine = [line for line in told if line["who"] == person.account_id]
            if counted[person.account_id] < sum(bool(line["session"]) for line in mine):
                lost.append(f"events of {person.email}")
            last = [line for line in mine if line["session"] and not ended[line["session"]]][-1]
            for token in (person.home, Secret(last["token"])):
                await house.services.sessions.touch(token)
        return lost

    async def _spendable(self, house: House, told: Told) -> list[str]:
        """Every acknowledged code that can be spent once more."""
        found = []
        by_id = {person.account_id: person for person in self.people}
        for line in told:
            person, at = by_id[line["who"]], house.clock.now()
            if line["what"] == "step":
                async with house.store.write(new_id(at), at) as tx:
                    if await two_factor.spend_step(tx, person.account_id, int(line["which"])):
                        found.append(f"step {line['which']} of {person.email}")
            elif line["what"] == "code":
                sign_in = house.services.sign_in
                answer = await sign_in.begin(person.email, PASSWORD, person.origin)
                assert isinstance(answer, SecondStepNeeded)
                try:
                    await sign_in.finish_with_recovery_code(
                        answer.half,
                        person.codes[int(line["which"])].reveal,
                        person.origin,
                    )
                    found.append(f"code {line['which']} of {person.email}")
                except CodeRejected:
                    pass
        return found

    def end(self) -> None:
        """Stop both servers."""
        postgresql.discard(self.primary)
        postgresql.discard(self.standby)


def _spent(told: Told) -> list[str]:
    """What was spent by each acknowledged sign-in."""
    return [
        f"{line['who']} {line['what']} {line['which']}" for line in told if line["what"] in ("step", "code")
    ]


def main(directory: Path, how: str, seconds: float, count: int) -> None:
    """Do it once and print what was found."""
    place = postgresql.begin_run()
    try:
        failover = Failover(directory, count)
        try:
            print(json.dumps(failover.run(how, seconds)))
        finally:
            (directory / "stop").touch()
            failover.end()
    finally:
        postgresql.end_run(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
