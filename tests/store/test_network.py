"""Whatever the line to the server does, an act is done, refused or in doubt, and the store says the same."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest

from store.postgresql import doubt
from store.store import Store, open_store
from tests import postgresql
from tests.store import network
from tests.store.network import Ended, act, contradictions, met
from tests.store.proxy import Deed, Fault, Message

AT_ONCE = 12
"""Lines that fail at the same time."""


@pytest.fixture
def url() -> Iterator[str]:
    """A store on a server, empty."""
    with postgresql.new_store() as made:
        yield made


@pytest.fixture
async def near(url: str) -> AsyncIterator[Store]:
    """The store without anything between, which tells the truth."""
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a server that can tell of a commit for a moment only."""
    monkeypatch.setattr(doubt, "PATIENCE", 1.5)


async def questions_of_an_act(url: str) -> int:
    """Count what the server answers in one act."""
    async with network.line(url) as (proxy, store):
        await act(store, "counted")
        return sum(message.ends_question for message in proxy.seen)


async def all_met(url: str, cases: list[tuple[str, Fault]], **how: bool) -> list[Ended]:
    """Let one act meet each fault, some at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, fault: Fault) -> Ended:
        async with turn:
            return await met(url, name, fault, **how)

    return list(await asyncio.gather(*(one(name, fault) for name, fault in cases)))


def is_listening(message: Message) -> bool:
    """Whether this opens the ear of the feed."""
    return message.asks(b"LISTEN")


async def test_a_fault_at_any_message_of_an_act_ends_it_as_the_store_says(url: str, near: Store) -> None:
    questions = await questions_of_an_act(url)
    assert questions >= 4
    ends = await all_met(url, list(network.faults(questions)))
    assert await contradictions(near, ends) == []
    assert Counter(end.told for end in ends)["done"] >= 4 * 2


async def test_an_answer_to_a_commit_that_is_lost_is_found_out(url: str, near: Store) -> None:
    cases = [(deed.value, Fault(deed, network.committed)) for deed in Deed]
    ends = await all_met(url, cases)
    assert {end.name: end.told for end in ends} == {deed.value: "done" for deed in Deed}
    assert await contradictions(near, ends) == []


async def test_a_line_that_stays_dead_after_a_commit_leaves_it_in_doubt(url: str, near: Store) -> None:
    cases = [(deed.value, Fault(deed, network.committed)) for deed in (Deed.DROP, Deed.STALL, Deed.RESET)]
    ends = await all_met(url, cases, lasts=True)
    assert {end.told for end in ends} == {"in doubt"}
    assert await contradictions(near, ends) == []


async def test_a_fault_while_a_connection_is_opened_costs_no_act(url: str, near: Store) -> None:
    def is_first(message: Message) -> bool:
        return message.is_asking

    def is_ready(message: Message) -> bool:
        return message.kind == b"Z"

    cases: list[tuple[str, Fault]] = [
        (f"{deed.value} at the first word", Fault(deed, is_first)) for deed in Deed
    ]
    cases += [(f"{deed.value} when all is ready", Fault(deed, is_ready)) for deed in Deed]
    ends = await all_met(url, cases, is_new=True)
    assert {end.name: end.told for end in ends} == {name: "done" for name, _ in cases}
    assert await contradictions(near, ends) == []


async def test_a_line_that_stays_dead_refuses_what_was_not_begun(url: str, near: Store) -> None:
    cases = [(f"{deed.value}", Fault(deed, network.Nth(1))) for deed in (Deed.DROP, Deed.RESET)]
    ends = await all_met(url, cases, lasts=True)
    assert {end.told for end in ends} == {"refused"}
    assert await contradictions(near, ends) == []


async def test_a_lane_is_free_again_soon_after_its_holder_fell_silent(url: str, near: Store) -> None:
    async with network.line(url) as (proxy, store):
        proxy.expect(Fault(Deed.DROP, lambda message: message.asks(b"COMMIT")))
        silent = asyncio.create_task(network.told(lambda: act(store, "silent")))
        await proxy.struck.wait()
        await act(near, "silent")  # the same lane; its own limit for locks is the longer one
        await silent


@pytest.mark.soak
async def test_three_hundred_random_faults(url: str, near: Store) -> None:
    chance = random.Random(20261121)
    cases: list[tuple[str, Fault]] = []
    for number in range(300):
        deed = chance.choice(list(Deed))
        nth = network.Nth(chance.randint(1, 6))
        at = nth if chance.random() < 0.5 else network.committed
        cases.append((f"{number}: {deed.value}", Fault(deed, at, passes=chance.random() < 0.5)))
    half = len(cases) // 2
    ends = await all_met(url, cases[:half]) + await all_met(url, cases[half:], lasts=True)
    assert await contradictions(near, ends) == []
    print(Counter(end.told for end in ends), f"longest {max(end.seconds for end in ends):.1f} s")
