"""Work that is seen through ends before the cancellation goes on."""

from __future__ import annotations

import asyncio

import pytest

from store.shielding import see_through


async def test_the_result_comes_back() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 3

    assert await see_through(work()) == 3


async def test_an_error_comes_back() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await see_through(work())


async def test_the_work_ends_before_the_cancellation_goes_on() -> None:
    ended = False

    async def work() -> None:
        nonlocal ended
        await asyncio.sleep(0.02)
        ended = True

    task = asyncio.create_task(see_through(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended


async def test_an_error_is_the_cause_of_the_cancellation_that_hides_it() -> None:
    async def work() -> None:
        await asyncio.sleep(0.01)
        raise LookupError

    task = asyncio.create_task(see_through(work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert isinstance(caught.value.__cause__, LookupError)
