"""Any history of sign-ins, ends, choices and clocks: what has ended stays ended, and every list is right."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from security.breach.screening import EmbeddedList, Screening
from security.clock import MovedClock
from security.facts import SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.policy import STANDARD
from security.refusals import NotFound, SessionOver
from store.sessions import SessionRecord
from tests.security.people import House, Person
from tests.security.stores import new_store

LIMIT = 3
POLICY = replace(STANDARD, lifetime_seconds=3 * 3600, idle_seconds=3600, session_limit=LIMIT)

Step = tuple[str, int, int]
"""What is done, by which terminal, and to which or by how much."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["sign_in", "touch", "revoke", "others", "sign_out", "lifetime", "wait", "back", "keep_house"]
        ),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=5,
    max_size=30,
)


class History:
    """One person's terminals, and what is known to have ended."""

    def __init__(self, house: House, owner: Person) -> None:
        """Begin with the founder's session."""
        self.house = house
        self.owner = owner
        self.terminals: list[SignedIn] = [owner.signed_in]
        self.ended: dict[str, tuple[datetime, str | None]] = {}

    async def take(self, step: Step) -> None:
        """Do one thing; refusals are answers."""
        name, by, to = step
        terminal, other = (self.terminals[at % len(self.terminals)] for at in (by, to))
        sessions, origin = self.house.services.sessions, self.owner.origin
        try:
            match name:
                case "sign_in":
                    self.terminals.append(await self.owner.sign_in())
                case "touch":
                    await sessions.touch(terminal.token)
                case "revoke":
                    await sessions.revoke(terminal.token, other.session_id, origin)
                case "others":
                    await sessions.revoke_others(terminal.token, origin)
                case "sign_out":
                    await self.house.services.sign_in.sign_out(terminal.token, origin)
                case "lifetime":
                    await sessions.set_lifetime(
                        terminal.token, [None, timedelta(hours=1 + to % 3)][to % 2], origin
                    )
                case "wait":
                    self.house.clock.advance(timedelta(minutes=10 * (1 + to)))
                case "back":
                    self.house.clock.advance(-timedelta(minutes=10 * (1 + to)))
                case "keep_house":
                    await sessions.expire_due()
        except (NotFound, SessionOver):
            pass

    async def check(self) -> None:
        """Hold the store against what must be true after every step."""
        async with self.house.store.read() as tx:
            rows = await tx.fetch("SELECT * FROM sessions ORDER BY created_at, id")
            changes = await tx.fetch("SELECT subject_id FROM changes WHERE kind = 'session_ended'")
        records = [SessionRecord.from_row(row) for row in rows]
        over = {one.id: (one.ended_at, one.end_reason) for one in records if one.ended_at is not None}
        assert self.ended.items() <= over.items(), "an ended session came back, or ended twice"
        self.ended = over
        assert sorted(str(row["subject_id"]) for row in changes) == sorted(over)
        assert len(records) - len(over) <= LIMIT
        await self._check_lists(records)

    async def _check_lists(self, records: Sequence[SessionRecord]) -> None:
        """Each terminal that lives sees the same list, itself first, and none that has ended."""
        seen = set()
        for terminal in self.terminals:
            is_over = terminal.session_id in self.ended
            try:
                view = await self.house.services.sessions.view(terminal.token)
            except SessionOver:
                continue
            assert not is_over, "an ended session was let in"
            assert (view.sessions[0].id, view.sessions[0].is_current) == (terminal.session_id, True)
            assert all(view.read_at < one.expires_at for one in view.sessions)
            assert all(one.last_active_at + view.idle > view.read_at for one in view.sessions)
            assert {one.id for one in view.sessions}.isdisjoint(self.ended)
            seen.add(frozenset(one.id for one in view.sessions))
        assert len(seen) <= 1
        assert not seen or seen.pop() <= {one.id for one in records}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_is_done_what_has_ended_stays_so_and_every_list_is_right(
    engine: str, steps: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        clock = MovedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        hasher = PasswordHasher(SHOW_PARAMETERS, slots=2, is_for_show=True)
        with closing(hasher):
            async with new_store(engine, Path(directory)) as store:
                house = House(
                    store, KeyRing.generate(clock.now()), clock, hasher, Screening(None, EmbeddedList())
                )
                history = History(house, await house.owner(policy=POLICY))
                for step in steps:
                    await history.take(step)
                    await history.check()
                assert await house.audit_is_whole()
