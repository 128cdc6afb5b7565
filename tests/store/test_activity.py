"""An account's activity: pages by key, searches in bounded steps, and days that know how much there is."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import activity, audit
from store import sieve as sieve_rows
from store.activity import EventKey, Sieve, Slice, Term
from store.audit import AuditRecord, CheckpointRecord
from store.ids import new_id
from store.store import Store
from store.transaction import Transaction
from tests.store.samples import ADA, DAY, MINUTE, NOW, ORG, event, writing

BOB = new_id(NOW)
"""Somebody else of the organisation."""


async def happen(
    tx: Transaction,
    *,
    at: datetime = NOW,
    name: str = "auth.signed_in",
    client: str = "xterm",
    outcome: str = "success",
    reason: str = "",
    source_ip: str = "192.0.2.7",
    subject_id: str | None = ADA,
) -> AuditRecord:
    """Add one event to the chain."""
    head = await audit.head(tx, ORG)
    new = replace(
        event(head.seq + 1, head.hash, subject_id=subject_id, at=at),
        name=name,
        client=client,
        outcome=outcome,
        reason=reason,
        source_ip=source_ip,
    )
    await audit.insert(tx, new)
    await audit.set_head(tx, ORG, new.seq, new.hash)
    return new


async def some(store: Store, number: int, apart: timedelta = MINUTE) -> list[AuditRecord]:
    """So many events of Ada's, newest first, each followed by one of Bob's."""
    made = []
    async with writing(store) as tx:
        for place in range(number):
            made.append(await happen(tx, at=NOW + place * apart))
            await happen(tx, at=NOW + place * apart, subject_id=BOB)
    return made[::-1]


async def read_older(store: Store, below: EventKey | None, limit: int) -> Slice:
    """One page downward, in a snapshot of its own."""
    async with store.read() as tx:
        return await activity.older(tx, ADA, below, limit)


async def test_pages_downward_give_each_event_once_and_nobody_elses(store: Store) -> None:
    made = await some(store, 7)
    seen: list[AuditRecord] = []
    below: EventKey | None = None
    while True:
        page = await read_older(store, below, 3)
        seen += page.records
        if page.reached is None:
            break
        below = page.reached
    assert seen == made


async def test_pages_upward_begin_at_the_oldest_and_are_newest_first(store: Store) -> None:
    made = await some(store, 7)
    async with store.read() as tx:
        last = await activity.newer(tx, ADA, None, 3)
        assert list(last.records) == made[-3:]
        assert last.reached == EventKey.of(made[-3])
        rest = await activity.newer(tx, ADA, last.reached, 10)
        assert list(rest.records) == made[:-3]
        assert rest.reached is None


async def test_events_of_one_moment_keep_the_order_of_the_chain(store: Store) -> None:
    made = await some(store, 6, timedelta(0))
    page = await read_older(store, None, 2)
    rest = await read_older(store, page.reached, 9)
    assert [*page.records, *rest.records] == made


async def test_what_happens_while_one_pages_neither_repeats_nor_hides_older_events(store: Store) -> None:
    """R080."""
    made = await some(store, 6)
    first = await read_older(store, None, 3)
    async with writing(store) as tx:
        await happen(tx, at=NOW + DAY)
    rest = await read_older(store, first.reached, 9)
    assert [*first.records, *rest.records] == made


async def test_a_page_that_ends_with_the_last_event_says_that_there_is_nothing_beyond(store: Store) -> None:
    await some(store, 3)
    assert (await read_older(store, None, 3)).reached is None
    assert (await read_older(store, None, 2)).reached is not None
    assert await read_older(store, EventKey(NOW - DAY, 1), 3) == Slice((), None)


@pytest.mark.parametrize(
    ("sieve", "found"),
    [
        (Sieve(names=frozenset({"auth.signed_out"})), ["out"]),
        (Sieve(names=frozenset()), []),
        (Sieve(failures_only=True), ["bad"]),
        (Sieve(terms=(Term("kitty"),)), ["in", "out"]),
        (Sieve(terms=(Term("KITTY"), Term("198.51"))), ["out"]),
        (Sieve(terms=(Term("throttled"),)), ["bad"]),
        (Sieve(terms=(Term("sign_in_f"),)), ["bad"]),
        (Sieve(terms=(Term("left", frozenset({"auth.signed_out"})),)), ["out"]),
        (Sieve(terms=(Term("refus", failures=True),)), ["bad"]),
        (Sieve(terms=(Term("100%"),)), ["odd"]),
        (Sieve(terms=(Term("%"),)), ["odd"]),
        (Sieve(terms=(Term("!"),)), ["odd"]),
        (Sieve(terms=(Term("Ünïx"),)), ["odd"]),
        (Sieve(terms=(Term("' OR 1=1 --"),)), []),
    ],
)
async def test_a_sieve_lets_through_only_what_matches_all_of_it(
    store: Store, sieve: Sieve, found: list[str]
) -> None:
    async with writing(store) as tx:
        made = {
            "in": await happen(tx, client="OpenSSH, Kitty 0.35"),
            "out": await happen(
                tx, name="auth.signed_out", client="OpenSSH, kitty 0.35", source_ip="198.51.100.4"
            ),
            "bad": await happen(tx, name="auth.sign_in_failed", outcome="failure", reason="throttled"),
            "odd": await happen(tx, client="Ünïx 100%_!"),
        }
        await happen(tx, client="kitty", subject_id=BOB)
        page = await activity.older(tx, ADA, None, 10, sieve)
        upward = await activity.newer(tx, ADA, None, 10, sieve)
    assert [record.id for record in page.records] == [made[one].id for one in reversed(found)]
    assert upward.records == page.records


async def test_a_search_looks_at_a_bounded_number_of_events_and_says_where_it_stands(store: Store) -> None:
    async with writing(store) as tx:
        rare = await happen(tx, name="auth.password_changed")
        for minutes in range(1, 25):
            await happen(tx, at=NOW + minutes * MINUTE)
        sieve = Sieve(names=frozenset({"auth.password_changed"}))
        reached: EventKey | None = None
        found: list[AuditRecord] = []
        turns = 0
        while turns == 0 or reached is not None:
            page = await activity.older(tx, ADA, reached, 5, sieve, step=10)
            found += page.records
            turns, reached = turns + 1, page.reached
            if turns == 1:
                assert page == Slice((), EventKey(NOW + 15 * MINUTE, 16))
        assert (found, turns) == ([rare], 3)
        upward = await activity.newer(tx, ADA, None, 5, sieve, step=10)
        assert (upward.records, upward.reached) == ((rare,), EventKey(NOW + 9 * MINUTE, 10))


async def test_a_search_that_finds_more_than_a_page_goes_on_after_its_last_find(store: Store) -> None:
    async with writing(store) as tx:
        made = [await happen(tx, at=NOW + minutes * MINUTE) for minutes in range(9)][::-1]
        sieve = Sieve(terms=(Term("xterm"),))
        first = await activity.older(tx, ADA, None, 2, sieve, step=5)
        assert first == Slice(tuple(made[:2]), EventKey.of(made[1]))
        second = await activity.older(tx, ADA, first.reached, 4, sieve, step=5)
        assert list(second.records) == made[2:6]


async def test_days_and_total_are_known_without_counting(store: Store) -> None:
    await some(store, 5, timedelta(hours=9))
    async with store.read() as tx:
        assert await activity.total(tx, ADA) == 5
        assert await activity.total(tx, new_id(NOW)) == 0
        day = date(2026, 3, 1)
        found = await activity.days(tx, ADA, day, day + timedelta(days=1))
        assert [(one.day.isoformat(), one.total) for one in found] == [("2026-03-01", 2), ("2026-03-02", 2)]


async def test_a_purged_event_is_no_longer_counted(store: Store) -> None:
    async with writing(store) as tx:
        gone = await happen(tx)
        await happen(tx, at=NOW + DAY)
        await audit.insert_checkpoint(
            tx, CheckpointRecord(ORG, gone.seq, NOW, gone.hash, "purge", "audit-1", b"signature")
        )
        await audit.delete_prefix(tx, ORG, gone.seq)
        assert await activity.total(tx, ADA) == 1
        assert [one.total for one in await activity.days(tx, ADA, NOW.date(), NOW.date() + DAY)] == [1]


async def test_an_event_that_was_rolled_back_is_not_counted(store: Store) -> None:
    async def fail() -> None:
        async with writing(store) as tx:
            await happen(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.read() as tx:
        assert await activity.total(tx, ADA) == 0


async def test_every_event_is_found_by_its_index_and_tells_it(store: Store) -> None:
    made = await some(store, 40, timedelta(hours=5, minutes=7))
    async with store.read() as tx:
        for index, record in enumerate(made):
            key = EventKey.of(record)
            assert await activity.key_at(tx, ADA, index) == key
            assert await activity.index_of(tx, ADA, key) == index
        assert await activity.key_at(tx, ADA, len(made)) is None
        assert await activity.key_at(tx, ADA, -1) is None


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=12))
def test_a_pattern_means_nothing_but_itself(text: str) -> None:
    pattern = sieve_rows._literal(text)
    plain: list[str] = []
    rest = iter(pattern)
    for char in rest:
        assert char not in "%_"
        plain.append(next(rest) if char == "!" else char)
    assert "".join(plain) == "".join(char.lower() if char.isascii() else char for char in text)


@pytest.mark.parametrize("seed", range(6))
async def test_any_search_either_way_finds_what_a_plain_list_would(store: Store, seed: int) -> None:
    """Also where clocks went back, moments are shared, and steps and pages are of any length."""
    chance = random.Random(seed)
    wanted = Sieve(names=frozenset({"auth.signed_out"}))
    async with writing(store) as tx:
        made = [
            await happen(
                tx,
                at=NOW + chance.randrange(12) * MINUTE,
                name=chance.choice(["auth.signed_in", "auth.signed_in", "auth.signed_out"]),
            )
            for _ in range(60)
        ]
        made.sort(key=lambda record: (record.at, record.seq), reverse=True)
        for sieve in (Sieve(), wanted):
            model = [record for record in made if sieve.wants_all or record.name == "auth.signed_out"]
            for search, is_downward in ((activity.older, True), (activity.newer, False)):
                found: list[AuditRecord] = []
                place: EventKey | None = None
                while True:
                    page = await search(
                        tx, ADA, place, chance.randrange(1, 9), sieve, step=chance.randrange(1, 15)
                    )
                    found = [*found, *page.records] if is_downward else [*page.records, *found]
                    if page.reached is None:
                        break
                    place = page.reached
                assert found == model
