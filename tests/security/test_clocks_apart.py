"""Machines whose clocks differ, on one store: what one has shut, another does not open before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from security.bundle import build_services
from security.clock import MovedClock
from security.refusals import Refusal, Throttled, WrongCredentials
from security.services import Services
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, Person, an_origin

STRANGER = "198.51.100.9"
MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
BEHIND = [2 * timedelta(seconds=1), 3 * MINUTE, 6 * MINUTE, 45 * MINUTE]
"""By how much the clock of the other machine is behind."""


def other_machine(house: House, behind: timedelta) -> Services:
    """The services of a machine whose clock is behind by so much."""
    return build_services(
        house.store,
        house.keys,
        MovedClock(house.clock.now() - behind),
        house.hasher,
        house.screening,
        node="other",
        refusal_floor_ms=0,
        refusal_jitter_ms=0,
    )


async def guess(person: Person, kind: type[Refusal], password: str = WRONG_PASSWORD, times: int = 1) -> None:
    """Try passwords for somebody's name from a strange place."""
    for _ in range(times):
        with pytest.raises(kind):
            await person.house.services.sign_in.begin(person.email, password, an_origin(source_ip=STRANGER))


@pytest.mark.parametrize("behind", BEHIND)
async def test_housekeeping_of_a_machine_that_is_behind_opens_no_lock_of_another(
    house: House, behind: timedelta
) -> None:
    owner = await house.owner()
    await guess(owner, WrongCredentials, times=10)
    await other_machine(house, behind).housekeeping.run()
    house.clock.advance(5 * MINUTE - MOMENT)
    await guess(owner, Throttled, PASSWORD)
    house.clock.advance(MOMENT)
    await house.services.sign_in.begin(owner.email, PASSWORD, an_origin(source_ip=STRANGER))


@pytest.mark.parametrize("behind", BEHIND)
async def test_housekeeping_of_a_machine_that_is_behind_forgets_no_try_of_another(
    house: House, behind: timedelta
) -> None:
    owner = await house.owner()
    await guess(owner, WrongCredentials, times=9)
    await other_machine(house, behind).housekeeping.run()
    house.clock.advance(4 * MINUTE)
    await guess(owner, WrongCredentials)
    await guess(owner, Throttled, PASSWORD)
