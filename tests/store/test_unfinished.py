"""A store that is not finished is opened by nobody but whoever finishes it."""

from __future__ import annotations

import pytest

from store import unfinished
from store.errors import Missing, Stale, Unfinished
from store.store import Store, open_store
from store.unfinished import Cut
from tests import postgresql
from tests.store.samples import fact, fact_written, writing


async def test_a_new_store_bears_its_mark_from_its_first_moment(store_url: str) -> None:
    filled = await open_store(store_url, create=True, unfinished=Cut.MOVE)
    with pytest.raises(Unfinished, match="A move into the store"):
        await open_store(store_url)
    async with filled.read() as tx:
        assert await unfinished.read(tx) == Cut.MOVE
    await filled.close()


async def test_whoever_knows_what_was_begun_goes_on_and_takes_the_mark_away(store_url: str) -> None:
    await (await open_store(store_url, create=True, unfinished=Cut.RESTORE)).close()
    filled = await open_store(store_url, unfinished=Cut.RESTORE)
    async with writing(filled) as tx:
        await unfinished.finish(tx)
    await filled.close()
    finished = await open_store(store_url)
    await fact_written(finished)
    assert await fact(finished) == "new"
    await finished.close()


async def test_on_a_server_what_is_not_finished_takes_as_long_as_every_row_of_it_takes() -> None:
    with postgresql.new_database() as url:
        filled = await open_store(url, create=True, unfinished=Cut.RESTORE)
        async with writing(filled) as tx:
            shown = await tx.fetch_one("SELECT current_setting('statement_timeout') AS found")
            assert shown is not None
            assert shown["found"] == "10min"
        await filled.close()


async def test_another_mark_is_not_ones_own(store_url: str) -> None:
    await (await open_store(store_url, create=True, unfinished=Cut.RESTORE)).close()
    with pytest.raises(Unfinished, match="admin restore --in-place"):
        await open_store(store_url, unfinished=Cut.MOVE)


async def test_what_is_finished_is_not_finished_again(store: Store) -> None:
    with pytest.raises(Stale, match="finished already"):
        await open_store(store.url, unfinished=Cut.RESTORE)


async def test_what_is_not_there_is_missing(store_url: str) -> None:
    with pytest.raises(Missing):
        await open_store(store_url, unfinished=Cut.RESTORE)


async def test_a_store_that_stands_is_marked_and_then_refused(store: Store) -> None:
    async with writing(store) as tx:
        await unfinished.begin(tx, Cut.RESTORE)
    with pytest.raises(Unfinished):
        await open_store(store.url)
    async with writing(store) as tx:
        await unfinished.finish(tx)
    await (await open_store(store.url)).close()
