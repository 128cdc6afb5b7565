"""Flows over a line that fails: all or nothing, told as the store says, and no code is spent twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from security.breach.screening import Screening
from security.clock import MovedClock
from security.hashing import PasswordHasher
from security.keys import KeyRing
from security.refusals import CodeRejected, Refusal
from store.errors import InDoubt, StoreError
from store.postgresql import doubt
from store.store import Store
from tests.security.acts import ACTS, Ready, difference
from tests.security.people import House
from tests.security.stores import new_store
from tests.store.network import Nth, at_rest, committed, far
from tests.store.proxy import Deed, Fault, Proxy

CHOSEN = ("second_step", "recovery_step", "revoke", "change_password")
SPENDING = ("second_step", "recovery_step")
"""Those that spend a code."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a server that can tell of a commit for a moment only."""
    monkeypatch.setattr(doubt, "PATIENCE", 1.5)


@dataclass
class Scene:
    """What every case needs anew."""

    name: str
    """Which act it is."""
    directory: Path
    keys: KeyRing
    clock: MovedClock
    hasher: PasswordHasher
    screening: Screening

    def house(self, store: Store) -> House:
        """Every flow over a store."""
        return House(store, self.keys, self.clock, self.hasher, self.screening)

    async def met(self, fault: Fault | None) -> tuple[str, dict[str, tuple[int, int]], list[bool]]:
        """Let the act meet a fault; gives the answer, the rows that changed, and what was a commit."""
        async with new_store("postgresql", self.directory) as store:
            near = self.house(store)
            ready = await ACTS[self.name].prepare(near)
            before = await near.dump()
            async with Proxy(store.url) as proxy:
                away = far(proxy, scale=0.8)
                if fault is not None:
                    proxy.expect(fault)
                answer = await self._told(self.house(away), ready)
                asked = [message.asks(b"COMMIT") for message in proxy.seen if message.ends_question]
                proxy.mend()
                await away.close()
            await at_rest(store)
            changed = difference(before, await near.dump())
            assert await near.audit_is_whole()
            if self.name in SPENDING:
                await self._spend_again(near, ready, was_spent=bool(changed))
            return answer, changed, asked

    async def _told(self, house: House, ready: Ready) -> str:
        """Act, and give what was said of it."""
        try:
            await ACTS[self.name].perform(house, ready)
        except InDoubt:
            return "in doubt"
        except (StoreError, Refusal):
            return "refused"
        return "done"

    async def _spend_again(self, house: House, ready: Ready, *, was_spent: bool) -> None:
        """Try the same code twice more, each with a first step of its own: it opens one door in all."""
        for turn in range(2):
            half = await ready.person.half(ready.person.origin)
            is_refused = was_spent or turn > 0
            try:
                await ACTS[self.name].perform(house, Ready(ready.person, half.reveal))
            except CodeRejected:
                assert is_refused
            else:
                assert not is_refused


@pytest.fixture(params=CHOSEN)
def scene(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    keys: KeyRing,
    clock: MovedClock,
    hasher: PasswordHasher,
    screening: Screening,
) -> Scene:
    """One of the chosen acts."""
    return Scene(request.param, tmp_path, keys, clock, hasher, screening)


async def judge(scene: Scene, chosen: list[Fault], whole: dict[str, tuple[int, int]]) -> None:
    """Let the act meet each fault and compare what is told with what is kept."""
    for fault in chosen:
        answer, changed, _ = await scene.met(fault)
        assert changed in ({}, whole), fault
        assert answer == "in doubt" or (answer == "done") == (changed == whole), fault


async def test_an_act_that_meets_a_fault_is_whole_or_nothing_and_told_so(scene: Scene) -> None:
    answer, whole, asked = await scene.met(None)
    assert answer == "done"
    assert whole
    last = len(asked) - asked[::-1].index(True)
    chosen = [Fault(Deed.RESET, Nth(number), passes=number % 2 == 0) for number in range(2, last, 11)]
    for deed in (Deed.RESET, Deed.DROP):
        chosen += [Fault(deed, Nth(last), passes) for passes in (False, True)]
    chosen.append(Fault(Deed.HALF_CLOSE, committed))
    await judge(scene, chosen, whole)


@pytest.mark.soak
async def test_an_act_that_meets_any_fault_at_any_message_is_whole_or_nothing(scene: Scene) -> None:
    _, whole, asked = await scene.met(None)
    chosen = [
        Fault(deed, Nth(number), passes)
        for deed in Deed
        for number in range(1, len(asked) + 1)
        for passes in (False, True)
    ]
    await judge(scene, chosen, whole)
