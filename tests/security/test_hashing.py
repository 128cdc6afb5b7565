"""Passwords are hashed as strongly as was asked, so many at once and no more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import argon2
import pytest

from security.hashing import DEFAULT_PARAMETERS, SHOW_PARAMETERS, HashParameters, PasswordHasher
from security.refusals import Busy


class Gauge:
    """A slow piece of work that knows how often it runs at once."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.done = 0
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    def work(self) -> None:
        """Run in a thread until let go."""
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.go_on.wait(10)
        with self._lock:
            self.running -= 1
            self.done += 1


@pytest.fixture
def gauge() -> Iterator[Gauge]:
    """Work that ends with the test at the latest."""
    gauge = Gauge()
    yield gauge
    gauge.go_on.set()


def a_hasher(slots: int, queue: int = 64, patience: float = 5.0) -> PasswordHasher:
    """A cheap hasher with limits."""
    return PasswordHasher(SHOW_PARAMETERS, slots=slots, queue=queue, patience=patience, is_for_show=True)


async def test_a_password_is_verified_against_its_own_hash_only(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("Plum tree, 7 lanterns")
    assert await hasher.verify(stored, "Plum tree, 7 lanterns")
    assert not await hasher.verify(stored, "plum tree, 7 lanterns")
    assert await hasher.hash("Plum tree, 7 lanterns") != stored


async def test_the_default_is_argon2id_with_46_mib_16_bytes_of_salt_and_32_of_tag() -> None:
    stored = await PasswordHasher(slots=1).hash("x")
    made = argon2.extract_parameters(stored)
    assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert (made.salt_len, made.hash_len) == (16, 32)


@pytest.mark.parametrize(
    ("memory", "passes", "is_enough"),
    [
        (47_104, 1, True),
        (19_456, 2, True),
        (19_455, 2, False),
        (47_103, 1, False),
        (19_456, 1, False),
        (64, 99, False),
    ],
)
def test_parameters_below_the_floor_are_refused(memory: int, passes: int, is_enough: bool) -> None:
    parameters = HashParameters(memory, passes)
    assert parameters.is_strong_enough is is_enough
    if not is_enough:
        with pytest.raises(ValueError, match="argon2id"):
            PasswordHasher(parameters)


async def test_an_account_that_is_not_there_costs_the_same_work_and_is_refused() -> None:
    hasher = PasswordHasher(DEFAULT_PARAMETERS, slots=1)
    stored = await hasher.hash("x")
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(7):
        for account, times in ((stored, known), (None, unknown)):
            began = time.perf_counter()
            assert not await hasher.verify(account, "y")
            times.append(time.perf_counter() - began)
    assert 0.5 < sorted(unknown)[3] / sorted(known)[3] < 2


@pytest.mark.parametrize(
    "stored", ["", "x", "$argon2id$v=19$m=64,t=1,p=1$AAAA", "$2b$12$abc", "$argon2id$\ud800"]
)
async def test_a_damaged_hash_matches_nothing(hasher: PasswordHasher, stored: str) -> None:
    assert not await hasher.verify(stored, "x")
    assert hasher.needs_rehash(stored)


async def test_a_cheaper_hash_is_made_anew_and_a_dearer_one_is_left() -> None:
    cheap = PasswordHasher(HashParameters(64, 1), is_for_show=True)
    dear = PasswordHasher(HashParameters(128, 1), is_for_show=True)
    assert dear.needs_rehash(await cheap.hash("x"))
    assert not cheap.needs_rehash(await dear.hash("x"))
    assert not cheap.needs_rehash(await cheap.hash("x"))


async def test_a_hash_of_another_kind_is_made_anew(hasher: PasswordHasher) -> None:
    weak_kind = argon2.PasswordHasher(time_cost=9, memory_cost=4096, type=argon2.Type.I).hash("x")
    short_salt = argon2.PasswordHasher(time_cost=9, memory_cost=4096, salt_len=8).hash("x")
    assert hasher.needs_rehash(weak_kind)
    assert hasher.needs_rehash(short_salt)


async def test_no_more_hashes_run_at_once_than_there_are_slots(gauge: Gauge) -> None:
    hasher = a_hasher(slots=2)
    jobs = [asyncio.create_task(hasher._run(gauge.work)) for _ in range(20)]
    async with asyncio.timeout(9):
        while gauge.running < 2:  # noqa: ASYNC110 - its threads tell no loop
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # for a third, which should not come
    gauge.go_on.set()
    await asyncio.gather(*jobs)
    assert (gauge.most, gauge.done) == (2, 20)


async def test_when_the_queue_is_full_the_next_is_told_at_once_that_we_are_busy(gauge: Gauge) -> None:
    hasher = a_hasher(slots=1, queue=3)
    jobs = [asyncio.create_task(hasher._run(gauge.work)) for _ in range(4)]
    await asyncio.sleep(0.05)
    with pytest.raises(Busy):
        await asyncio.wait_for(hasher.hash("x"), 1)
    gauge.go_on.set()
    await asyncio.gather(*jobs)


async def test_whoever_waits_too_long_is_told_that_we_are_busy(gauge: Gauge) -> None:
    hasher = a_hasher(slots=1, patience=0.1)
    job = asyncio.create_task(hasher._run(gauge.work))
    await asyncio.sleep(0.02)
    began = time.perf_counter()
    with pytest.raises(Busy):
        await hasher.verify(None, "x")
    assert 0.05 < time.perf_counter() - began < 9
    gauge.go_on.set()
    await job


async def test_a_caller_who_goes_away_leaves_the_slot_taken_until_the_work_is_done(gauge: Gauge) -> None:
    hasher = a_hasher(slots=1, patience=0.5)
    job = asyncio.create_task(hasher._run(gauge.work))
    await asyncio.sleep(0.05)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    with pytest.raises(Busy):
        await hasher.hash("x")
    gauge.go_on.set()
    async with asyncio.timeout(20):
        while not gauge.done:  # noqa: ASYNC110 - its threads tell no loop
            await asyncio.sleep(0.01)
    assert await hasher.hash("x")


async def test_whoever_gives_up_waiting_takes_no_place_in_the_queue(gauge: Gauge) -> None:
    hasher = a_hasher(slots=1, queue=1)
    job = asyncio.create_task(hasher._run(gauge.work))
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(hasher.hash("x"))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gauge.go_on.set()
    await job
    assert await hasher.hash("x")


async def test_the_loop_goes_on_while_a_hash_is_made() -> None:
    hasher = PasswordHasher(DEFAULT_PARAMETERS, slots=1)
    job = asyncio.create_task(hasher.hash("x"))
    turns = 0
    while not job.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 3


async def test_a_closed_hasher_is_busy(hasher: PasswordHasher) -> None:
    hasher.close()
    with pytest.raises(Busy):
        await hasher.hash("x")
