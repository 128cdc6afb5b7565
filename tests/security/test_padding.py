"""Padding: a refusal takes its floor, a success does not, and a floor of 250 ms is the default."""

from __future__ import annotations

import asyncio
import time

import pytest

from security.bundle import build_services
from security.padding import Padding
from security.refusals import WrongCredentials
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, an_origin


async def test_a_refusal_waits_for_floor_and_jitter() -> None:
    padding = Padding(floor_ms=60, jitter_ms=20)
    began = time.monotonic()
    with pytest.raises(WrongCredentials):
        async with padding.refusals():
            raise WrongCredentials
    assert 0.055 <= time.monotonic() - began < 20


async def test_a_success_does_not_wait() -> None:
    began = time.monotonic()
    async with Padding(floor_ms=60_000).refusals():
        await asyncio.sleep(0)
    assert time.monotonic() - began < 20


async def test_a_cancelled_wait_stops_at_once() -> None:
    async def refused() -> None:
        async with Padding(floor_ms=60_000).refusals():
            raise WrongCredentials

    task = asyncio.ensure_future(refused())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_default_floor_hides_who_is_known(house: House) -> None:
    owner = await house.owner()
    services = build_services(
        house.store, house.keys, house.clock, house.hasher, house.screening, node="test"
    )
    for email, password in ((owner.email, WRONG_PASSWORD), ("nobody@acme.example", PASSWORD)):
        began = time.monotonic()
        with pytest.raises(WrongCredentials):
            await services.sign_in.begin(email, password, an_origin())
        assert 0.245 <= time.monotonic() - began < 2
