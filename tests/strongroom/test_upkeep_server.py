"""Upkeep of a store on a server: a machine whose clock is wrong leaves it to the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from security.clock import SystemClock
from security.vocabulary import EventName
from store import acts
from store import audit as audit_rows
from store.ids import NIL_ID
from store.times import EPOCH
from strongroom.assembly import Assembly
from strongroom.paths import find_paths
from strongroom.settings import load_settings
from strongroom.terminal_origin import find_origin
from strongroom.upkeep import keep_up
from strongroom.wiring import Wired
from tests import postgresql
from tests.strongroom.running import PASSWORD


class WrongClock(SystemClock):
    """The clock of a machine that nobody keeps."""

    def __init__(self, wrong_by: timedelta) -> None:
        """Be wrong from the beginning, so that it never steps."""
        self.wrong_by = wrong_by
        super().__init__()

    def _wall(self) -> datetime:
        return super()._wall() + self.wrong_by


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
async def wired(url: str, home: Path) -> AsyncIterator[Wired]:
    """A founded store on a server, with one act from long ago that housekeeping forgets."""
    variables: Mapping[str, str] = {
        "STRONGROOM_HOME": str(home),
        "STRONGROOM_STORE": url,
        "STRONGROOM_BREACH_URL": "off",
    }
    settings = load_settings(find_paths(variables), variables, {}, system_config=home / "none.toml")
    assembly = Assembly(settings, "node", may_found=True)
    opened = await assembly.wire()
    origin = find_origin({"TERM": "xterm"})
    await opened.services.founding.found("Harbour", "Ada", "ada@harbour.example", PASSWORD, origin)
    async with opened.store.write("long-ago", EPOCH):
        pass
    yield opened
    await assembly.close()


async def is_forgotten(wired: Wired) -> bool:
    """Whether the act from long ago is no longer known: somebody has kept house."""
    async with wired.store.read() as tx:
        return not await acts.exists(tx, "long-ago")


async def told(wired: Wired) -> list[str]:
    """What is told of the clock."""
    async with wired.store.read() as tx:
        events = await audit_rows.walk(tx, NIL_ID, 0, 100)
    return [event.details for event in events if event.name == EventName.CLOCK_STEPPED]


async def until(is_so: Callable[[], Awaitable[object]]) -> None:
    """Wait for something to be so."""
    for _ in range(1000):
        if await is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it is not so")


async def until_over(task: asyncio.Task[None]) -> None:
    """End the upkeep."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("seconds", [90, -90, 400 * 86_400])
async def test_a_machine_with_a_wrong_clock_keeps_no_house_and_says_so_once(
    wired: Wired, seconds: int
) -> None:
    clock = WrongClock(timedelta(seconds=seconds))
    upkeep = asyncio.create_task(keep_up(wired, clock, "node", every=timedelta(milliseconds=5)))
    await until(lambda: told(wired))
    for _ in range(20):
        await asyncio.sleep(0.01)
    await until_over(upkeep)
    (details,) = await told(wired)
    assert '"against": "server"' in details
    assert abs(int(details.rpartition(" ")[2].rstrip("}")) - seconds) <= 5
    assert not await is_forgotten(wired)


async def test_it_keeps_house_as_soon_as_its_clock_is_right(wired: Wired) -> None:
    clock = WrongClock(timedelta(minutes=-3))
    upkeep = asyncio.create_task(keep_up(wired, clock, "node", every=timedelta(milliseconds=5)))
    await until(lambda: told(wired))
    clock.wrong_by = timedelta(seconds=20)
    await until(lambda: is_forgotten(wired))
    await until_over(upkeep)


async def test_a_clock_within_a_minute_is_right(wired: Wired) -> None:
    clock = WrongClock(timedelta(seconds=-50))
    upkeep = asyncio.create_task(keep_up(wired, clock, "node", every=timedelta(milliseconds=5)))
    await until(lambda: is_forgotten(wired))
    await until_over(upkeep)
    assert await told(wired) == []


async def test_the_time_of_a_server_is_its_own(wired: Wired) -> None:
    before = SystemClock().now()
    there = await wired.store.time()
    assert there is not None
    assert abs(there - before) < timedelta(minutes=1)
