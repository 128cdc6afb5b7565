"""Timing: unknown, wrong and suspended cost the same statements, hash work and time (R018)."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest

from security.bundle import build_services
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.refusals import WrongCredentials
from security.services import Services
from store.rows import Value
from store.transaction import Transaction
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, an_origin

TRIES = 1000
"""Of each class."""


class Counting(PasswordHasher):
    """Notes how often it verified."""

    def __init__(self) -> None:
        """Begin at none."""
        super().__init__(SHOW_PARAMETERS, is_for_show=True)
        self.verified = 0

    async def verify(self, stored: str | None, password: str) -> bool:
        """Verify, and note it."""
        self.verified += 1
        return await super().verify(stored, password)


async def classes(house: House) -> dict[str, tuple[str, str]]:
    """A wrong pair of each class."""
    owner = await house.owner()
    bea = await house.member(owner)
    await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin)
    return {
        "unknown": ("nobody@acme.example", PASSWORD),
        "wrong": (owner.email, WRONG_PASSWORD),
        "suspended": (bea.email, PASSWORD),
    }


async def refused(services: Services, pair: tuple[str, str], turn: int) -> float:
    """How long a refusal took."""
    origin = an_origin(source_ip=f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}")
    began = time.perf_counter()
    with pytest.raises(WrongCredentials):
        await services.sign_in.begin(*pair, origin)
    return time.perf_counter() - began


async def test_every_class_runs_the_same_statements_and_one_verification(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = await classes(house)
    hasher = Counting()
    services = house.build(house.store, hasher=hasher)
    for turn, pair in enumerate(pairs.values()):
        await refused(services, pair, turn)
    said: list[str] = []
    fetch, execute = Transaction.fetch, Transaction.execute

    async def noted_fetch(tx: Transaction, sql: str, /, **params: Value) -> object:
        """Note and go on."""
        said.append(sql)
        return await fetch(tx, sql, **params)

    async def noted_execute(tx: Transaction, sql: str, /, **params: Value) -> int:
        """Note and go on."""
        said.append(sql)
        return await execute(tx, sql, **params)

    monkeypatch.setattr(Transaction, "fetch", noted_fetch)
    monkeypatch.setattr(Transaction, "execute", noted_execute)
    runs = {}
    for turn, (name, pair) in enumerate(pairs.items(), start=10):
        said.clear()
        hasher.verified = 0
        await refused(services, pair, turn)
        runs[name] = (tuple(said), hasher.verified)
    assert runs["unknown"] == runs["wrong"] == runs["suspended"]
    assert runs["unknown"][1] == 1


def auc(one: list[float], other: list[float]) -> float:
    """The chance that one of the first is greater than one of the second (Mann-Whitney)."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, start=1) if is_one)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


@pytest.mark.soak
async def test_no_class_is_told_apart_by_its_time(house: House) -> None:
    pairs = await classes(house)
    services = build_services(
        house.store,
        house.keys,
        house.clock,
        house.hasher,
        house.screening,
        node="test",
        refusal_floor_ms=60,
        refusal_jitter_ms=20,
    )
    times: dict[str, list[float]] = {name: [] for name in pairs}
    for turn in range(TRIES):
        house.clock.advance(timedelta(minutes=1))
        for name, pair in pairs.items():
            times[name].append(await refused(services, pair, turn))
    for name in ("wrong", "suspended"):
        assert 0.45 <= auc(times["unknown"], times[name]) <= 0.55
        difference = statistics.median(times["unknown"]) - statistics.median(times[name])
        assert abs(difference) < 0.005
