"""The feed over a line to a server: it is lost, it stalls, it is slow, and no letter is missed for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from store import changes
from store.errors import Unavailable
from store.ids import new_id
from store.postgresql import bell
from store.store import Store, open_store
from tests import postgresql
from tests.store.feeders import tell
from tests.store.proxy import Deed, Proxy
from tests.store.samples import NOW
from tests.store.test_feed import hear, started

LISTENING = b"LISTEN"
"""What the program says on the line on which it listens."""


@pytest.fixture
def url() -> Iterator[str]:
    """A store on a server, empty."""
    with postgresql.new_store() as made:
        yield made


@pytest.fixture
async def near(url: str) -> AsyncIterator[Store]:
    """The store without anything between."""
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[Proxy]:
    """A line that can fail."""
    async with Proxy(url) as opened:
        yield opened


@pytest.fixture
async def far(proxy: Proxy) -> AsyncIterator[Store]:
    """The same store over that line."""
    opened = await open_store(proxy.url)
    yield opened
    await opened.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find out soon that a line is silent."""
    monkeypatch.setattr(bell, "PERIOD", 0.2)
    monkeypatch.setattr(bell, "ANSWER", 0.2)


async def listeners_cut(near: Store) -> None:
    """Let the server end every connection but the one that asks, as an operator or a restart does."""
    async with near.read() as tx:
        await tx.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_a_change_keeps_its_order_although_the_act_that_began_first_ends_last(near: Store) -> None:
    async with near.write(new_id(NOW), NOW) as slow:
        await changes.append(slow, NOW, "began first")
        await asyncio.create_task(tell(near, "ended first"))
    async with near.read() as tx:
        assert [change.kind for change in await changes.after(tx, 0, 10)] == ["ended first", "began first"]


async def test_a_line_that_the_server_ends_is_told_and_what_came_meanwhile_is_read(
    near: Store, far: Store
) -> None:
    follower, heard = await started(far, 0)
    await tell(near, "before")
    assert await heard == ["before"]
    waiting = asyncio.ensure_future(anext(follower))
    await asyncio.sleep(0)
    await listeners_cut(near)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, 20)
    await tell(near, "meanwhile")
    async with aclosing(far.follow(1)) as again:
        await tell(near, "after")
        assert await hear(again, 2) == ["meanwhile", "after"]


@pytest.mark.parametrize("deed", [Deed.DROP, Deed.STALL, Deed.RESET, Deed.HALF_CLOSE])
@pytest.mark.usefixtures("impatient")
async def test_a_line_that_fails_is_told_to_every_follower_and_nothing_is_missed_or_given_twice(
    near: Store, far: Store, proxy: Proxy, deed: Deed
) -> None:
    waiting = [(await started(far, 0))[1] for _ in range(5)]
    proxy.strike(deed, having_said=LISTENING)
    told = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
    assert [type(one) for one in told] == [Unavailable] * 5
    await tell(near, "meanwhile")
    async with aclosing(far.follow(0)) as again:
        assert await hear(again, 1) == ["meanwhile"]
        proxy.mend()
        await tell(near, "after")
        assert await hear(again, 1) == ["after"]


async def test_a_listener_that_reads_slowly_hears_everything_in_the_end(
    near: Store, far: Store, proxy: Proxy
) -> None:
    kinds = [f"change {number}" for number in range(300)]
    follower, heard = await started(far, 0)
    proxy.strike(Deed.STALL, having_said=LISTENING)
    await asyncio.gather(*(tell(near, *kinds[part::10]) for part in range(10)))
    proxy.mend()
    first = await heard
    assert sorted(first + await hear(follower, 299)) == sorted(kinds)


async def test_a_line_that_cannot_be_had_is_told_once_for_all_who_ask(far: Store, proxy: Proxy) -> None:
    proxy.strike(Deed.RESET, lasts=True)
    count = proxy.opened
    told = await asyncio.gather(*(hear(far.follow(), 1) for _ in range(200)), return_exceptions=True)
    assert {type(one) for one in told} == {Unavailable}
    assert proxy.opened - count <= 2


async def test_hundreds_of_followers_share_one_connection(near: Store, far: Store, proxy: Proxy) -> None:
    begun = asyncio.Event()
    waiting = [asyncio.create_task(hear(far.follow(0, begun=begun.set), 1)) for _ in range(300)]
    await begun.wait()
    await tell(near, "one")
    assert await asyncio.gather(*waiting) == [["one"]] * 300
    assert sum(message.asks(LISTENING) for message in proxy.seen) == 1
