"""Several doors to one store: what many processes have, in one, so that acts meet at every statement."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from security.refusals import Refusal
from security.services import Services
from tests.security.people import House

DOORS = 4
"""Each with a store, services and connections of its own."""


@asynccontextmanager
async def doors_of(house: House) -> AsyncIterator[list[Services]]:
    """The services of several processes over the store of one house."""
    opened = [await house.second() for _ in range(DOORS)]
    try:
        yield [services for _, services in opened]
    finally:
        for store, _ in opened:
            await store.close()


async def at_once(*acts: Awaitable[object]) -> list[object]:
    """Do everything at once and give what came of each; a refusal is an answer, any other fault is none."""
    answers = await asyncio.gather(*acts, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return list(answers)


def kinds(answers: list[object]) -> Counter[str]:
    """How often each kind of answer came."""
    return Counter(type(answer).__name__ for answer in answers)
