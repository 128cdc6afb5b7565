"""Moves that are cut off: killed, without room, without a server; the same move goes on from there."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.errors import Corrupt, StoreError, Unavailable, Unfinished
from store.frozen import ARRIVING
from store.moving import copying
from store.moving.copying import Step, Work
from store.store import open_store
from tests import postgresql
from tests.store.moved_rows import fill, held, move
from tests.store.moving_children import NO_ROOM, die_before, run, without_room
from tests.store.samples import fact

CROSSWAYS = (("sqlite", "postgresql"), ("postgresql", "sqlite"))


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A place of each engine where no store is."""
    with postgresql.new_database() as url:
        yield {"sqlite": f"sqlite://{tmp_path / 'private' / 'strongroom.db'}", "postgresql": url}


async def filled(url: str, count: int = 13) -> dict[str, list[tuple[object, ...]]]:
    """Make a store with rows in it, and give them."""
    store = await open_store(url, create=True)
    await fill(store, count)
    await store.close()
    return await held(url)


async def arrived(target: str, before: dict[str, list[tuple[object, ...]]]) -> None:
    """Make sure that all rows are there, and the acts of the moves beside."""
    after = await held(target)
    acts = before.pop("acts"), after.pop("acts")
    assert after == before
    assert set(acts[0]) <= set(acts[1])
    store = await open_store(target)
    assert await fact(store, ARRIVING) is None
    await store.check(full=True)
    await store.close()


@pytest.mark.parametrize(("one", "two"), CROSSWAYS)
@pytest.mark.parametrize("stride", [11, pytest.param(1, marks=pytest.mark.soak)])
async def test_a_move_that_is_killed_again_and_again_arrives(
    urls: dict[str, str], one: str, two: str, stride: int
) -> None:
    source, target = urls[one], urls[two]
    before = await filled(source)
    kills = 0
    for number in itertools.count(1, stride):
        code = run(die_before, source, target, number)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        kills += 1
    assert kills >= 5
    await arrived(target, before)


async def test_a_page_is_there_whole_or_not_at_all(urls: dict[str, str]) -> None:
    await filled(urls["sqlite"])
    assert run(die_before, urls["sqlite"], urls["postgresql"], 30) == -signal.SIGKILL
    store = await open_store(urls["postgresql"], unfinished="move")
    async with store.read() as tx:
        for table in ("organisations", "policies", "accounts", "totp_secrets"):
            rows = await tx.fetch(f"SELECT count(*) AS n FROM {table}")  # noqa: S608
            assert rows[0]["n"] in (0, 5, 10, 13)
    await store.close()
    with pytest.raises(Unfinished, match="same strongroom admin move"):
        await open_store(urls["postgresql"])


async def test_a_move_goes_on_when_its_server_is_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 5)
    source = f"sqlite://{tmp_path / 'private' / 'strongroom.db'}"
    before = await filled(source)
    server = postgresql.new_server()
    with ExitStack() as stack:
        stack.callback(postgresql.discard, server)
        server.sql("CREATE DATABASE there")

        def kill(step: Step) -> None:
            """Take the server away in the middle."""
            if step.table == "sessions":
                server.kill()

        with pytest.raises(Unavailable):
            await move(source, server.url("there"), kill)
        server.start()
        await move(source, server.url("there"))
        await arrived(server.url("there"), before)


async def test_a_move_goes_on_when_there_is_room_again(urls: dict[str, str]) -> None:
    before = await filled(urls["postgresql"], 40)
    assert run(without_room, urls["postgresql"], urls["sqlite"], 400_000) == NO_ROOM
    await move(urls["postgresql"], urls["sqlite"])
    await arrived(urls["sqlite"], before)


async def test_a_source_that_is_damaged_halfway_is_told(
    urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 5)
    await filled(urls["sqlite"], 60)
    path = Path(urls["sqlite"].removeprefix("sqlite://"))

    def damage(step: Step) -> None:
        """Write over everything but the first page, once."""
        if step.work is Work.COPY and step.table == "policies" and not damaged:
            damaged.append(step)
            with path.open("r+b") as file:
                file.seek(4096)
                file.write(b"\xa5" * (path.stat().st_size - 4096))

    damaged: list[Step] = []
    with pytest.raises(StoreError) as told:
        await move(urls["sqlite"], urls["postgresql"], damage)
    assert isinstance(told.value, Corrupt)
    with pytest.raises(Unfinished):
        await open_store(urls["postgresql"])
