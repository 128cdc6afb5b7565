"""All or nothing: exceptions, cancellation at any moment, two writers at once."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from store import acts, facts
from store.errors import Duplicate, InDoubt, ReadOnly, Refused, Stale, Unavailable
from store.ids import new_id
from store.sqlite.connections import Connection
from store.store import Store, open_store
from tests.store.samples import NOW, fact, fact_written, writing


async def test_a_write_is_there_afterwards_together_with_its_act(store: Store) -> None:
    act_id = new_id(NOW)
    async with store.write(act_id, NOW) as tx:
        await facts.put(tx, "name", "new")
    async with store.read() as tx:
        assert await facts.get(tx, "name") == "new"
        assert await acts.exists(tx, act_id)


async def test_an_exception_undoes_the_act(store: Store) -> None:
    act_id = new_id(NOW)

    async def act() -> None:
        async with store.write(act_id, NOW) as tx:
            await facts.put(tx, "name", "new")
            raise LookupError

    with pytest.raises(LookupError):
        await act()
    async with store.read() as tx:
        assert await facts.get(tx, "name") is None
        assert not await acts.exists(tx, act_id)


async def test_an_act_takes_place_only_once(store: Store) -> None:
    act_id = new_id(NOW)
    async with store.write(act_id, NOW):
        pass
    with pytest.raises(Duplicate):
        async with store.write(act_id, NOW) as tx:
            await facts.put(tx, "name", "new")
    assert await fact(store) is None


async def test_a_failed_statement_dooms_its_transaction_even_if_swallowed(store: Store) -> None:
    insert = "INSERT INTO store_facts (name, value) VALUES ('name', 'x')"

    async def act() -> None:
        async with writing(store) as tx:
            await tx.execute(insert)
            with contextlib.suppress(Duplicate):
                await tx.execute(insert)

    with pytest.raises(Duplicate):
        await act()
    assert await fact(store) is None


@pytest.mark.parametrize("value", ["\udcff", 1 << 63])
async def test_a_value_that_cannot_be_kept_dooms_its_transaction_even_if_swallowed(
    store: Store, value: str | int
) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "name", "before")
            with contextlib.suppress(Refused):
                await tx.execute("INSERT INTO store_facts VALUES ('other', :value)", value=value)

    with pytest.raises(Refused):
        await act()
    assert await fact(store) is None


async def test_a_transaction_is_over_after_its_block(store: Store) -> None:
    async with writing(store) as tx:
        pass
    with pytest.raises(RuntimeError, match="over"):
        await facts.put(tx, "name", "late")


async def test_a_write_inside_a_write_is_refused_at_once(store: Store) -> None:
    async with writing(store):
        with pytest.raises(RuntimeError, match="middle of a write"):
            async with writing(store):
                pass


async def test_a_snapshot_cannot_write(store: Store) -> None:
    with pytest.raises(ReadOnly):
        async with store.read() as tx:
            await facts.put(tx, "name", "new")
    assert await fact(store) is None


async def test_a_snapshot_sees_one_moment(store: Store) -> None:
    async with store.read() as tx:
        assert await facts.get(tx, "name") is None
        async with writing(store) as other:
            await facts.put(other, "name", "new")
        assert await facts.get(tx, "name") is None
    assert await fact(store) == "new"


async def test_two_tasks_that_write_at_once_wait_for_each_other(store: Store) -> None:
    async def add() -> None:
        async with writing(store) as tx:
            await tx.hold("count")
            seen = int(await facts.get(tx, "count") or 0)
            await asyncio.sleep(0.001)
            await facts.put(tx, "count", str(seen + 1))

    await asyncio.gather(*(add() for _ in range(50)))
    assert await fact(store, "count") == "50"


async def decide(store: Store, meeting: asyncio.Barrier | None) -> None:
    """Read how many there are, and add one where there is none; without a meeting, hold the name first."""
    async with writing(store) as tx:
        if meeting is None:
            await tx.hold("places")
        taken = await facts.get(tx, "taken by") is not None
        if meeting is not None:
            await meeting.wait()
        if not taken:
            await facts.put(tx, f"taken {new_id(NOW)}", "yes")
            await facts.put(tx, "taken by", "somebody")


async def test_who_holds_a_name_before_it_reads_never_decides_beside_another(store: Store) -> None:
    await asyncio.gather(*(decide(store, None) for _ in range(10)))
    assert await decisions(store) == 1


@pytest.mark.of_servers
async def test_who_does_not_hold_it_does_on_a_server(store: Store) -> None:
    """What `hold` is for: there two acts read the same, and both decide by it."""
    meeting = asyncio.Barrier(2)
    await asyncio.gather(*(decide(store, meeting) for _ in range(2)))
    assert await decisions(store) == 2


async def decisions(store: Store) -> int:
    """Tell how many have decided."""
    async with store.look() as tx:
        return len(await tx.fetch("SELECT name FROM store_facts WHERE name LIKE 'taken %-%'"))


async def test_acts_that_hold_many_names_in_any_order_never_wait_for_each_other_in_a_ring(
    store: Store,
) -> None:
    names = [f"name {number}" for number in range(5)]

    async def act(turn: int) -> None:
        order = names[turn % 5 :] + names[: turn % 5]
        async with store.write(new_id(NOW), NOW, hold=order if turn % 2 else ()) as tx:
            if turn % 2 == 0:
                await tx.hold(*order)
            await facts.put(tx, f"turn {turn}", "done")

    await asyncio.gather(*(act(turn) for turn in range(40)))
    async with store.look() as tx:
        assert len(await tx.fetch("SELECT name FROM store_facts WHERE name LIKE 'turn %'")) == 40


async def test_a_name_that_is_held_from_the_beginning_is_held_like_any_other(store: Store) -> None:
    async def add() -> None:
        async with store.write(new_id(NOW), NOW, hold=("count",)) as tx:
            seen = int(await facts.get(tx, "count") or 0)
            await facts.put(tx, "count", str(seen + 1))

    await asyncio.gather(*(add() for _ in range(30)))
    assert await fact(store, "count") == "30"


@pytest.mark.parametrize("act_id", ["it's", "'); DROP TABLE acts; --", "a'b\\", "é", ":at"])
async def test_an_act_may_be_called_anything(store: Store, act_id: str) -> None:
    async with store.write(act_id, NOW, hold=(act_id,)):
        pass
    async with store.read() as tx:
        assert await acts.exists(tx, act_id)


async def test_more_readers_than_connections_all_get_their_turn(store: Store) -> None:
    assert await asyncio.gather(*(fact(store) for _ in range(20))) == [None] * 20


async def test_closing_waits_for_the_write_under_way_and_refuses_the_next(store: Store) -> None:
    entered = asyncio.Event()

    async def act() -> None:
        async with writing(store) as tx:
            entered.set()
            await asyncio.sleep(0.05)
            await facts.put(tx, "name", "new")

    task = asyncio.create_task(act())
    await entered.wait()
    await store.close()
    await task
    for attempt in (store.read(), writing(store)):
        with pytest.raises(Unavailable, match="closed"):
            async with attempt:
                pass
    again = await open_store(store.url)
    assert await fact(again) == "new"
    await again.close()


async def test_times_and_truth_values_are_kept_as_integers(store: Store) -> None:
    async with store.read() as tx:
        row = await tx.fetch_one(
            "SELECT CAST(:at AS BIGINT) AS at, CAST(:truth AS BIGINT) AS truth, CAST(:none AS TEXT) AS nil",
            at=NOW,
            truth=True,
            none=None,
        )
    assert row is not None
    assert (row["at"], row["truth"], row["nil"]) == (1772366400123456, 1, None)


DEFER = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": (
        "ALTER TABLE policies ALTER CONSTRAINT policies_org_id_fkey DEFERRABLE INITIALLY DEFERRED"
    ),
}
"""What lets a reference to nothing come to light at the commit alone."""


async def test_a_commit_that_is_refused_undoes_the_act_and_leaves_the_store_usable(
    store: Store, engine: str
) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await facts.put(tx, "name", "new")
            await tx.fetch(DEFER[engine])
            await tx.execute(
                "INSERT INTO policies (org_id, version, document, updated_at) VALUES ('none', 1, '', 0)"
            )

    with pytest.raises(Stale):
        await act()
    assert await fact(store) is None
    await fact_written(store)
    assert await fact(store) == "new"


@pytest.mark.usefixtures("sqlite_path")
async def test_a_commit_whose_answer_was_lost_is_found_by_its_act(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Connection.commit

    async def commit_and_lose_the_answer(connection: Connection) -> None:
        await commit(connection)
        raise Unavailable("the disk failed")

    monkeypatch.setattr(Connection, "commit", commit_and_lose_the_answer)
    async with writing(store) as tx:
        await facts.put(tx, "name", "new")
    assert tx.is_committed
    assert await fact(store) == "new"


@pytest.mark.usefixtures("sqlite_path")
async def test_a_commit_of_which_nothing_can_be_found_out_is_in_doubt(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("the disk failed")

    async def act() -> None:
        async with writing(store):
            monkeypatch.setattr(Connection, "commit", fail)
            monkeypatch.setattr(Connection, "run", fail)

    with pytest.raises(InDoubt, match="Look before you repeat it"):
        await act()
    monkeypatch.undo()
    await fact_written(store)
