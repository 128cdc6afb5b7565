"""Moving a store: everything arrives as it was, whatever engine it comes from and goes to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from store import changes, facts, frozen
from store.errors import Duplicate, Frozen, Missing, NewerSchema, Stale, Unfinished
from store.ids import new_id
from store.moving.copying import Differs
from store.moving.fitness import Unfit
from store.moving.moves import Cancelled, cancel, moving
from store.moving.postgresql_side import PostgresqlSide
from store.moving.side import Side, Taken
from store.moving.sides import side_of
from store.moving.sqlite_side import SqliteSide
from store.moving.tables import layouts
from store.statements import Statement
from store.store import open_store
from store.unfinished import Cut, begin
from tests import postgresql
from tests.store.moved_rows import fill, held, move, place_of, silent
from tests.store.samples import NOW, fact, fact_written, writing

WAYS = [(one, two) for one in ("sqlite", "postgresql") for two in ("sqlite", "postgresql")]


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[dict[str, list[str]]]:
    """Two places of each engine where no store is."""
    with ExitStack() as stack:
        yield {
            "sqlite": [f"sqlite://{tmp_path / name / 'strongroom.db'}" for name in ("here", "there")],
            "postgresql": [stack.enter_context(postgresql.new_database()) for _ in range(2)],
        }


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_every_row_of_every_shape_arrives(urls: dict[str, list[str]], one: str, two: str) -> None:
    source, target = urls[one][0], urls[two][1]
    store = await open_store(source, create=True)
    await fill(store)
    await store.close()
    before = await held(source)
    assert all(before.values())
    compared = await move(source, target)
    after = await held(target)
    acts = before.pop("acts"), after.pop("acts")
    assert after == before
    assert set(acts[0]) < set(acts[1])
    assert {each.table: each.rows for each in compared} == {
        **{name: len(rows) for name, rows in before.items()},
        "acts": len(acts[0]),
    }


async def test_there_and_back_is_the_same_to_the_byte(urls: dict[str, list[str]]) -> None:
    here, back = urls["sqlite"]
    store = await open_store(here, create=True)
    await fill(store)
    await store.close()
    there = {each.table: each.sha256 for each in await move(here, urls["postgresql"][0])}
    again = {each.table: each.sha256 for each in await move(urls["postgresql"][0], back)}
    for told in (there, again):
        del told["acts"]
    assert again == there
    before, after = await held(here), await held(back)
    assert {**after, "acts": before["acts"]} == before


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_the_feed_goes_on_after_the_highest_place_it_gave(
    urls: dict[str, list[str]], one: str, two: str
) -> None:
    store = await open_store(urls[one][0], create=True)
    async with writing(store) as tx:
        for _ in range(5):
            await changes.append(tx, NOW, "kind")
    async with writing(store) as tx:
        await tx.execute("DELETE FROM changes")
    await store.close()
    await move(urls[one][0], urls[two][1])
    store = await open_store(urls[two][1])
    async with writing(store) as tx:
        await changes.append(tx, NOW, "kind")
    async with store.read() as tx:
        rows = await tx.fetch("SELECT seq FROM changes")
    assert [row["seq"] for row in rows] == [6]
    await store.close()


async def test_the_source_is_frozen_with_a_sentence_and_reading_goes_on(
    urls: dict[str, list[str]], engine: str
) -> None:
    source, target = urls[engine]
    store = await open_store(source, create=True)
    await fact_written(store)
    async with moving(source, target, place_of(target), new_id(NOW)):
        with pytest.raises(Frozen, match=r"is being moved to .*, so nothing was changed"):
            await fact_written(store)
        assert await fact(store) == "new"
    await move(source, target)
    with pytest.raises(Frozen, match=r"has moved to .*, so nothing was changed. Use the store there"):
        await fact_written(store)
    assert await fact(store) == "new"
    await store.close()


async def test_the_schema_itself_refuses_acts_of_whatever_program(
    urls: dict[str, list[str]], engine: str
) -> None:
    source, target = urls[engine]
    await made(source)
    await move(source, target)
    hand = await side_of(source)
    with pytest.raises(Frozen):
        await hand.ask(Statement("INSERT INTO acts (id, at) VALUES ('by hand', 1)", {}))
    await hand.close()


async def test_an_act_that_is_under_way_is_waited_for(
    urls: dict[str, list[str]], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = urls[engine]
    store = await open_store(source, create=True)
    freezes = asyncio.Event()
    for kind in (SqliteSide, PostgresqlSide):
        does = kind.freeze

        async def freeze(self: Side, departure: frozen.Departure, does: Any = does) -> None:
            freezes.set()
            await does(self, departure)

        monkeypatch.setattr(kind, "freeze", freeze)
    async with writing(store) as tx:
        await facts.put(tx, "name", "late")
        going = asyncio.create_task(move(source, target))
        await freezes.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not going.done()
        async with store.read() as beside:
            assert await facts.get(beside, frozen.MOVING) is None
    await going
    await store.close()
    store = await open_store(target)
    assert await fact(store) == "late"
    await store.close()


async def test_of_two_moves_at_once_one_wins(urls: dict[str, list[str]], engine: str) -> None:
    source = urls[engine][0]
    await made(source)
    async with moving(source, urls[engine][1], place_of(urls[engine][1]), new_id(NOW)):
        with pytest.raises(Taken, match="Another move"):
            await move(source, urls[engine][1])
    await move(source, urls[engine][1])


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_a_place_with_a_store_is_left_as_it_is(urls: dict[str, list[str]], one: str, two: str) -> None:
    source, target = urls[one][0], urls[two][1]
    await made(source)
    await made(target)
    with pytest.raises(Duplicate, match="There is a store at"):
        await move(source, target)
    for url in (source, target):
        store = await open_store(url)
        await fact_written(store)
        await store.close()


@pytest.mark.parametrize(("one", "two"), WAYS[1:3])
async def test_a_store_whose_restore_began_since_it_was_opened_is_not_moved(
    urls: dict[str, list[str]], one: str, two: str
) -> None:
    source, target = urls[one][0], urls[two][1]
    await made(source)
    store = await open_store(source)
    async with writing(store) as tx:
        await begin(tx, Cut.RESTORE)
    await store.close()
    with pytest.raises(Unfinished, match="restore --in-place"):
        await move(source, target)
    with pytest.raises(Missing):
        await open_store(target)
    store = await open_store(source, unfinished=Cut.RESTORE)
    await fact_written(store)
    await store.close()


async def test_a_move_that_was_begun_goes_to_no_other_place(urls: dict[str, list[str]]) -> None:
    source, target = urls["sqlite"][0], urls["postgresql"][0]
    await made(source)
    async with moving(source, target, place_of(target), new_id(NOW)):
        pass
    with pytest.raises(Duplicate, match=r"is being moved to .* already"):
        await move(source, urls["postgresql"][1])
    await made(urls["sqlite"][1])
    with pytest.raises(Duplicate, match="of another move"):
        await move(urls["sqlite"][1], target)
    await move(source, target)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_what_was_changed_by_hand_is_found(
    urls: dict[str, list[str]], one: str, two: str, side: int
) -> None:
    source, target = urls[one][0], urls[two][1]
    store = await open_store(source, create=True)
    await fill(store)
    await store.close()
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        await under_way.fill(silent)
        hand = await side_of((source, target)[side])
        await hand.ask(Statement("UPDATE organisations SET name = 'new' WHERE id = 'org 3'", {}))
        await hand.close()
        with pytest.raises(Differs, match="organisations, id 'org 3' differs in name"):
            await under_way.fill(silent)
    await cancel(source, target, place_of(target))
    await move(source, target)


async def test_rows_that_are_in_one_side_alone_are_named(urls: dict[str, list[str]]) -> None:
    source, target = urls["sqlite"][0], urls["postgresql"][0]
    store = await open_store(source, create=True)
    await fill(store)
    await store.close()
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        await under_way.fill(silent)
        await under_way.target.ask(Statement("DELETE FROM locks WHERE span = 1", {}))
        with pytest.raises(Differs, match=r"locks, counter .*, span 1 is missing in the copy"):
            await under_way.fill(silent)
        await under_way.target.ask(Statement("DELETE FROM activity_days", {}))
        await under_way.target.ask(Statement("INSERT INTO attempts VALUES ('a', '', 1)", {}))
        with pytest.raises(Differs, match="attempts, id 'a', counter '' is in the copy alone"):
            await under_way.fill(silent)


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_a_move_that_is_given_up_leaves_nothing(urls: dict[str, list[str]], one: str, two: str) -> None:
    source, target = urls[one][0], urls[two][1]
    await made(source)
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        await under_way.fill(silent)
    with pytest.raises(Unfinished):
        await open_store(target)
    assert await cancel(source, target, place_of(target)) is Cancelled.OPEN
    with pytest.raises(Missing):
        await open_store(target)
    store = await open_store(source)
    await fact_written(store)
    await store.close()
    with pytest.raises(Stale, match="is not being moved"):
        await cancel(source, target, place_of(target))
    await move(source, target)
    with pytest.raises(Stale, match="has moved to"):
        await cancel(source, target, place_of(target))


async def test_a_server_need_not_be_reached_to_give_up_what_it_was_not_let_in_to(
    urls: dict[str, list[str]],
) -> None:
    source, target = urls["sqlite"][0], urls["postgresql"][0]
    await made(source)
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        await under_way.fill(silent)
    assert await cancel(source, None, "") is Cancelled.OPEN_TARGET_LEFT
    store = await open_store(source)
    await fact_written(store)
    await store.close()
    with pytest.raises(Duplicate, match="of another move that was given up"):
        await move(source, target)


async def test_of_two_moves_into_one_place_the_other_is_given_up(urls: dict[str, list[str]]) -> None:
    one, other, target = urls["postgresql"][0], urls["postgresql"][1], urls["sqlite"][0]
    await made(one)
    await made(other)
    async with moving(one, target, place_of(target), new_id(NOW)):
        late = await side_of(other)
        await late.freeze(frozen.Departure(new_id(NOW), place_of(target), frozen.Stage.COPYING))
        await late.close()
    with pytest.raises(Duplicate, match="is not that one"):
        await move(other, target)
    assert await cancel(other, None, "") is Cancelled.OPEN_TARGET_LEFT
    store = await open_store(other)
    await fact_written(store)
    await store.close()
    await move(one, target)


async def test_a_move_whose_target_may_be_in_use_is_given_up_only_where_that_can_be_asked(
    urls: dict[str, list[str]],
) -> None:
    source, target = urls["sqlite"][0], urls["postgresql"][0]
    await made(source)
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        await under_way.fill(silent)
        await under_way.prepare_to_leave()
    with pytest.raises(Missing, match="Name it with --to"):
        await cancel(source, None, "")
    with pytest.raises(Duplicate, match="is being moved to"):
        await cancel(source, urls["postgresql"][1], place_of(urls["postgresql"][1]))
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        store = await open_store(target, unfinished="move")
        async with writing(store) as tx:
            await under_way.let_in(tx)
        await store.close()
    with pytest.raises(Stale, match="has moved to"):
        await cancel(source, target, place_of(target))
    assert await move(source, target) == ()
    store = await open_store(source)
    with pytest.raises(Frozen, match="has moved to"):
        await fact_written(store)
    await store.close()


@pytest.mark.parametrize("text", ["'a' || char(0) || 'b'", "CAST(x'ff41' AS TEXT)"])
async def test_text_that_cannot_be_moved_is_named_and_the_source_is_open_again(
    urls: dict[str, list[str]], text: str
) -> None:
    source, target = urls["sqlite"][0], urls["postgresql"][0]
    await made(source)
    hand = await side_of(source)
    await hand.ask(Statement(f"INSERT INTO store_facts VALUES ('odd', {text})", {}))  # noqa: S608
    await hand.close()
    with pytest.raises(Unfit, match=r"A row cannot be moved \(store_facts, name 'odd'\): its value"):
        await move(source, target)
    with pytest.raises(Missing):
        await open_store(target)
    store = await open_store(source)
    await fact_written(store)
    await store.close()


async def test_a_nul_goes_from_file_to_file(urls: dict[str, list[str]]) -> None:
    await made(urls["sqlite"][0])
    store = await open_store(urls["sqlite"][0])
    async with writing(store) as tx:
        await facts.put(tx, "odd", "a\0b")
    await store.close()
    await move(*urls["sqlite"])
    store = await open_store(urls["sqlite"][1])
    assert await fact(store, "odd") == "a\0b"
    await store.close()


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_a_table_that_is_not_known_is_never_left_behind(
    urls: dict[str, list[str]], one: str, two: str
) -> None:
    source, target = urls[one][0], urls[two][1]
    await made(source)
    hand = await side_of(source)
    await hand.ask(Statement("CREATE TABLE later (n INTEGER)", {}))
    await hand.close()
    with pytest.raises(NewerSchema, match="other tables than this program knows"):
        await move(source, target)
    store = await open_store(source)
    await fact_written(store)
    await store.close()


async def test_every_table_is_read_by_its_primary_key(urls: dict[str, list[str]], engine: str) -> None:
    await made(urls[engine][0])
    side = await side_of(urls[engine][0])
    for layout in layouts(side.place, await side.columns()):
        assert set(layout.table.key) <= set(layout.columns)
        assert layout.columns
    await side.close()


async def test_a_file_goes_to_another_one_beside_it(tmp_path: Path) -> None:
    source, target = (f"sqlite://{tmp_path / 'private' / name}" for name in ("one.db", "two.db"))
    await made(source)
    async with moving(source, target, place_of(target), new_id(NOW)):
        with pytest.raises(Taken):
            await move(source, target)
    await move(source, target)
    assert sorted(path.name for path in (tmp_path / "private").iterdir()) == ["one.db", "two.db"]


async def made(url: str) -> None:
    """Make a store that holds nothing."""
    await (await open_store(url, create=True)).close()
