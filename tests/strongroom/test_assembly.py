"""The assembly: what it opens, keeps up and leaves, within one process."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from security.clock import SystemClock
from security.facts import SignedIn
from security.key_rotation import KeyRotation
from security.vocabulary import EventName
from store.audit import AuditRecord, heads, walk
from store.errors import Full
from strongroom.assembly import Assembly, needs_founding
from strongroom.exits import ExitCode, Stopped
from strongroom.founding_marker import Marker, marker_path
from strongroom.operating import rotate_keys
from strongroom.paths import find_paths
from strongroom.settings import Settings, load_settings
from strongroom.terminal_origin import find_origin
from strongroom.upkeep import keep_up
from strongroom.wiring import Wired
from tests.strongroom.running import PASSWORD

ORIGIN = find_origin({"TERM": "xterm"})


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings of a home where nothing is yet, and nothing is asked of the network."""
    variables: Mapping[str, str] = {"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off"}
    return load_settings(find_paths(variables), variables, {}, system_config=home / "none.toml")


@pytest.fixture
async def assembly(settings: Settings) -> AsyncIterator[Assembly]:
    """An assembly that is closed at the end."""
    assembly = Assembly(settings, "node", may_found=True)
    yield assembly
    await assembly.close()


async def found(wired: Wired) -> SignedIn:
    """Make the first owner."""
    return await wired.services.founding.found("Harbour", "Ada", "ada@harbour.example", PASSWORD, ORIGIN)


async def events(wired: Wired) -> list[AuditRecord]:
    """Every event of every chain."""
    async with wired.store.read() as tx:
        return [record for head in await heads(tx) for record in await walk(tx, head.org_id, 0, 1000)]


async def test_a_founding_that_is_finished_leaves_store_and_keys_and_no_marker(settings: Settings) -> None:
    assembly = Assembly(settings, "node", may_found=True)
    await found(await assembly.wire())
    assert marker_path(settings).exists()
    await assembly.close()
    assert sorted(path.name for path in settings.store_path.parent.iterdir()) == [
        "keys.json",
        "strongroom.db",
    ]
    assert await needs_founding(settings) is False


async def test_a_founding_that_is_left_is_undone(settings: Settings) -> None:
    assembly = Assembly(settings, "node", may_found=True)
    await assembly.connect()
    await assembly.close()
    assert list(settings.store_path.parent.iterdir()) == []
    assert await needs_founding(settings) is True


async def test_a_door_that_makes_no_owner_makes_no_store(settings: Settings) -> None:
    """R028: whatever is gone by the time that the door opens."""
    for left in ("nothing", "marker"):
        if left == "marker":
            marker_path(settings).touch(0o600)
        before = list(settings.store_path.parent.iterdir())
        assembly = Assembly(settings, "node", may_found=False)
        with pytest.raises(Stopped, match=r"no store|no owner yet") as stopped:
            await assembly.connect()
        await assembly.close()
        assert stopped.value.code is ExitCode.UNAVAILABLE
        assert list(settings.store_path.parent.iterdir()) == before


async def test_a_store_that_is_away_at_the_end_keeps_its_keys(settings: Settings, tmp_path: Path) -> None:
    """A disk that was unmounted: the owner is committed, and the keys are nowhere else."""
    assembly = Assembly(settings, "node", may_found=True)
    await found(await assembly.wire())
    keys = settings.keys.read_bytes()
    away = tmp_path / "away"
    away.mkdir()
    for path in settings.store_path.parent.glob("strongroom.db*"):
        if path != marker_path(settings):
            path.rename(away / path.name)
    await assembly.close()
    assert settings.keys.read_bytes() == keys
    for path in away.iterdir():
        path.rename(settings.store_path.parent / path.name)
    assert await needs_founding(settings) is False


async def test_the_marker_goes_as_soon_as_there_is_an_owner(
    settings: Settings, assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strongroom.assembly.LOOK_FOR_OWNER", 0.01)
    services = await assembly.connect()
    await asyncio.sleep(0.1)
    assert marker_path(settings).exists()
    await services.founding.found("Harbour", "Ada", "ada@harbour.example", PASSWORD, ORIGIN)
    for _ in range(500):
        if marker_path(settings).exists():
            await asyncio.sleep(0.01)
    assert not marker_path(settings).exists()
    assert settings.keys.exists()


async def test_a_founding_under_way_is_not_begun_by_another(settings: Settings, assembly: Assembly) -> None:
    await assembly.wire()
    second = Assembly(settings, "node", may_found=True)
    with pytest.raises(Stopped, match="just being made elsewhere") as stopped:
        await second.wire()
    await second.close()
    assert stopped.value.code is ExitCode.CONFLICT
    assert settings.keys.exists()


async def test_a_store_whose_founder_is_still_in_is_open_to_others(
    settings: Settings, assembly: Assembly
) -> None:
    signed_in = await found(await assembly.wire())
    second = Assembly(settings, "node", may_found=True)
    services = await second.connect()
    assert (await services.sessions.touch(signed_in.token)).email == "ada@harbour.example"
    await second.close()
    assert marker_path(settings).exists(), "it belongs to the founder's process"


async def test_undoing_removes_nothing_that_this_process_did_not_make(settings: Settings) -> None:
    first = Assembly(settings, "node", may_found=True)
    await first.wire()
    keys = settings.keys.read_bytes()
    os.link(settings.store_path, settings.store_path.with_name("kept.db"))
    await first.close()
    settings.keys.touch(0o600)
    settings.keys.write_bytes(keys)
    marker_path(settings).touch(0o600)
    second = Assembly(settings, "node", may_found=True)
    await second.wire()
    await second.close()
    assert settings.keys.read_bytes() == keys
    assert not settings.store_path.exists()
    assert marker_path(settings).exists(), "the founding can still go on"


async def test_two_processes_do_not_hold_one_marker(settings: Settings) -> None:
    first, second = Marker(settings), Marker(settings)
    assert first.take()
    assert not second.take()
    first.clear()
    assert second.take()
    second.clear()
    assert not marker_path(settings).exists()


async def test_closing_twice_or_unopened_is_harmless(settings: Settings) -> None:
    assembly = Assembly(settings, "node", may_found=True)
    await assembly.close()
    await assembly.close()
    assert list(settings.store_path.parent.iterdir()) == []


async def test_opening_keeps_the_event_loop_free(settings: Settings) -> None:
    """A screen goes on answering keys while store and keys are opened."""
    assembly, turns = Assembly(settings, "node", may_found=True), 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    counting = asyncio.create_task(count_turns())
    await assembly.connect()
    counting.cancel()
    await assembly.close()
    assert turns > 3


class SteppingClock(SystemClock):
    """The machine's clock as an operator may set it."""

    def __init__(self) -> None:
        """Not set yet."""
        self.offset = timedelta(0)
        super().__init__()

    def _wall(self) -> datetime:
        return super()._wall() + self.offset


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(minutes=5)])
async def test_a_clock_that_was_set_is_an_event(settings: Settings, step: timedelta) -> None:
    """R119."""
    clock = SteppingClock()
    assembly = Assembly(settings, "node", clock, may_found=True)
    wired = await assembly.wire()
    await found(wired)
    upkeep = asyncio.create_task(keep_up(wired, clock, "node", every=timedelta(milliseconds=5)))
    clock.offset = step
    told: list[AuditRecord] = []
    for _ in range(500):
        await asyncio.sleep(0.01)
        if told := [event for event in await events(wired) if event.name == EventName.CLOCK_STEPPED]:
            break
    upkeep.cancel()
    await asyncio.gather(upkeep, return_exceptions=True)
    verdicts = [await wired.services.audit.verify(org_id) for org_id in await wired.chains()]
    await assembly.close()
    assert f'"seconds": {round(step.total_seconds())}' in told[0].details
    assert all(verdict.is_whole for verdict in verdicts)


async def test_an_organisation_that_lost_its_chain_is_among_the_chains_and_cut(settings: Settings) -> None:
    assembly = Assembly(settings, "node", may_found=True)
    wired = await assembly.wire()
    await found(wired)
    with sqlite3.connect(settings.store_path) as store:
        for table in ("audit_chains", "audit_events", "audit_checkpoints"):
            for (trigger,) in store.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
            ).fetchall():
                store.execute(f"DROP TRIGGER {trigger}")
            store.execute(f"DELETE FROM {table}")  # noqa: S608 - three names of our own
    store.close()
    verdicts = [await wired.services.audit.verify(org_id) for org_id in await wired.chains()]
    await assembly.close()
    assert [verdict.is_whole for verdict in verdicts] == [False]


async def test_a_clock_that_only_runs_is_no_event(settings: Settings) -> None:
    clock = SteppingClock()
    assembly = Assembly(settings, "node", clock, may_found=True)
    wired = await assembly.wire()
    await found(wired)
    upkeep = asyncio.create_task(keep_up(wired, clock, "node", every=timedelta(milliseconds=5)))
    await asyncio.sleep(0.1)
    upkeep.cancel()
    await asyncio.gather(upkeep, return_exceptions=True)
    names = {event.name for event in await events(wired)}
    await assembly.close()
    assert EventName.CLOCK_STEPPED not in names


def test_a_rotation_that_stops_half_way_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys are in their file by then: "nothing was changed" would be wrong."""

    async def founded() -> None:
        """Make a store with an owner."""
        assembly = Assembly(settings, "node", may_found=True)
        await found(await assembly.wire())
        await assembly.close()

    asyncio.run(founded())

    async def full(_self: KeyRotation) -> int:
        raise Full("There is no room left, so nothing was changed.")

    monkeypatch.setattr(KeyRotation, "reseal", full)
    with pytest.raises(Stopped, match="stopped half-way") as stopped:
        rotate_keys(settings, "all")
    assert stopped.value.code is ExitCode.UNAVAILABLE
    assert "nothing was changed" not in stopped.value.sentence + stopped.value.hint
    assert b"totp" in settings.keys.read_bytes()
