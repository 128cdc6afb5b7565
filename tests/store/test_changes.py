"""Changes, mail to send and acts: what is appended comes back in order and is purged by age."""

from __future__ import annotations

from dataclasses import replace

from store import acts, changes, outbox
from store.changes import ChangeRecord
from store.ids import new_id
from store.outbox import OutboxRecord
from store.store import Store
from tests.store.samples import ADA, DAY, MINUTE, NOW, ORG, settle, writing


async def test_changes_come_back_in_order_after_a_place(store: Store) -> None:
    async with writing(store) as tx:
        assert await changes.last_seq(tx) == 0
        await changes.append(tx, NOW, "session_started", ORG, ADA, "session")
        await changes.append(tx, NOW, "policy_changed")
    async with store.read() as tx:
        first, second = [one.seq for one in await changes.after(tx, 0, 10)]
        assert 0 < first < second
        assert await changes.last_seq(tx) == second
        assert await changes.after(tx, 0, 10) == [
            ChangeRecord(first, NOW, "session_started", ORG, ADA, "session"),
            ChangeRecord(second, NOW, "policy_changed", None, None, None),
        ]
        assert [one.seq for one in await changes.after(tx, 0, 1)] == [first]
        assert await changes.after(tx, second, 10) == []


async def test_a_place_in_the_feed_is_never_given_twice(store: Store) -> None:
    async with writing(store) as tx:
        await changes.append(tx, NOW, "policy_changed")
    async with writing(store) as tx:
        first = await changes.last_seq(tx)
        assert await changes.purge(tx, NOW) == 0
        assert await changes.purge(tx, NOW + MINUTE) == 1
        await changes.append(tx, NOW, "policy_changed")
    async with store.read() as tx:
        assert await changes.last_seq(tx) > first


async def test_mail_that_waits_is_listed_oldest_first(store: Store) -> None:
    first = OutboxRecord(new_id(NOW), ADA, "ada@example.org", "password_changed", "{}", NOW, None)
    later = replace(first, id=new_id(NOW + DAY), created_at=NOW + DAY)
    sent = replace(first, id=new_id(NOW), sent_at=NOW)
    await settle(store)
    async with writing(store) as tx:
        for record in (later, sent, first):
            await outbox.insert(tx, record)
        assert await outbox.list_waiting(tx) == [first, later]
        assert await outbox.list_waiting(tx, limit=1) == [first]


async def test_acts_are_forgotten_by_age(store: Store) -> None:
    async with store.write("old", NOW - DAY):
        pass
    async with store.write("new", NOW) as tx:
        assert await acts.purge(tx, NOW) == 1
        assert not await acts.exists(tx, "old")
        assert await acts.exists(tx, "new")
