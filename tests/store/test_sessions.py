"""Sessions: alive until exactly their limit, and once ended never again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store import accounts, devices, session_ends, sessions
from store.devices import DeviceRecord
from store.errors import Duplicate, Stale
from store.ids import new_id
from store.sessions import SessionRecord
from store.store import Store
from store.transaction import Transaction
from tests.store.samples import ADA, DAY, MINUTE, NOW, ORG, account, hashed, session, settle, writing

TICK = timedelta(microseconds=1)


async def begin(store: Store, *records: SessionRecord) -> None:
    """Settle Ada and keep sessions of hers."""
    await settle(store)
    async with writing(store) as tx:
        for record in records:
            await sessions.insert(tx, record)


async def test_a_session_comes_back_as_it_was_kept_by_id_and_by_token(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with store.read() as tx:
        assert await sessions.get(tx, kept.id) == kept
        assert await sessions.find_by_hash(tx, hashed("a")) == kept
        assert await sessions.find_by_hash(tx, hashed("b")) is None
        assert await sessions.get(tx, "b") is None


async def test_two_sessions_never_share_a_token(store: Store) -> None:
    await begin(store, session("a"))
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await sessions.insert(tx, session("a"))


async def test_the_open_ones_are_listed_last_used_first(store: Store) -> None:
    old, young, over = session("old", began=NOW - DAY), session("young"), session("over")
    await begin(store, old, young, over)
    async with writing(store) as tx:
        await session_ends.end(tx, over.id, NOW, "revoked")
        assert [one.id for one in await sessions.list_open(tx, ADA)] == [young.id, old.id]
        assert await sessions.touch(tx, old.id, NOW + MINUTE)
        assert [one.id for one in await sessions.list_open(tx, ADA)] == [old.id, young.id]
        assert await sessions.list_open(tx, "nobody") == []


async def test_the_ended_ones_of_a_span_are_listed_newest_end_first(store: Store) -> None:
    records = [session(str(n)) for n in range(4)]
    await begin(store, *records)
    async with writing(store) as tx:
        for n, record in enumerate(records[:3]):
            await session_ends.end(tx, record.id, NOW + n * MINUTE, "revoked")
        found = await sessions.list_ended(tx, ADA, NOW, NOW + 2 * MINUTE)
        assert [one.id for one in found] == [records[2].id, records[1].id]
        assert [one.id for one in await sessions.list_ended(tx, ADA, NOW - TICK, NOW)] == [records[0].id]
        assert len(await sessions.list_ended(tx, ADA, NOW - TICK, NOW + DAY, limit=2)) == 2
        assert await sessions.list_ended(tx, "nobody", NOW - DAY, NOW + DAY) == []


async def test_a_use_is_never_noted_backwards_or_after_the_end(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await sessions.touch(tx, kept.id, NOW + MINUTE)
        assert not await sessions.touch(tx, kept.id, NOW)
        await session_ends.end(tx, kept.id, NOW + MINUTE, "revoked")
        assert not await sessions.touch(tx, kept.id, NOW + 2 * MINUTE)


async def test_a_new_token_ends_the_old_one_in_the_same_statement(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await sessions.rotate(tx, kept.id, hashed("a"), hashed("b"))
        assert not await sessions.rotate(tx, kept.id, hashed("a"), hashed("c"))
        assert await sessions.find_by_hash(tx, hashed("a")) is None
        assert await sessions.find_by_hash(tx, hashed("b")) == replace(kept, token_hash=hashed("b"))


async def test_a_new_token_may_come_with_a_new_proof(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        await sessions.rotate(
            tx, kept.id, hashed("a"), hashed("b"), authenticated_at=NOW + MINUTE, methods="password totp"
        )
        assert await sessions.get(tx, kept.id) == replace(
            kept, token_hash=hashed("b"), authenticated_at=NOW + MINUTE, methods="password totp"
        )


async def test_a_session_is_locked_and_unlocked_while_it_lives(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await sessions.set_locked(tx, kept.id, NOW + MINUTE)
        assert await sessions.get(tx, kept.id) == replace(kept, locked_at=NOW + MINUTE)
        assert await sessions.set_locked(tx, kept.id, None)
        assert await sessions.get(tx, kept.id) == kept
        await session_ends.end(tx, kept.id, NOW, "revoked")
        assert not await sessions.set_locked(tx, kept.id, NOW)


async def test_a_session_ends_once(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await session_ends.end(tx, kept.id, NOW, "revoked")
        assert not await session_ends.end(tx, kept.id, NOW + MINUTE, "signed_out")
        assert not await sessions.rotate(tx, kept.id, hashed("a"), hashed("b"))
        assert await sessions.get(tx, kept.id) == replace(kept, ended_at=NOW, end_reason="revoked")


async def test_another_program_cannot_bring_a_session_back(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        await session_ends.end(tx, kept.id, NOW, "revoked")
    for change in ("ended_at = NULL, end_reason = NULL", "token_hash = :other"):
        with pytest.raises(Stale):
            async with writing(store) as tx:
                await tx.execute(f"UPDATE sessions SET {change}", other=hashed("b"))  # noqa: S608 - two constants


async def test_ending_the_others_keeps_exactly_one_and_names_the_rest(store: Store) -> None:
    records = [session(str(n), began=NOW + n * MINUTE) for n in range(4)]
    await begin(store, *records)
    async with writing(store) as tx:
        await session_ends.end(tx, records[3].id, NOW, "signed_out")
        ended = await session_ends.end_others(tx, ADA, records[1].id, NOW, "revoked")
        assert ended == [records[0].id, records[2].id]
        assert await sessions.list_open(tx, ADA) == [records[1]]
        assert await session_ends.end_others(tx, ADA, None, NOW, "account_closed") == [records[1].id]


async def test_what_is_due_ends_with_its_reason_at_exactly_its_limit(store: Store) -> None:
    expired = session("expired", began=NOW, expires=NOW + MINUTE)
    idle = session("idle", began=NOW + TICK)
    alive = session("alive", began=NOW + 2 * TICK)
    await begin(store, expired, idle, alive)
    async with writing(store) as tx:
        assert await session_ends.end_due(tx, ORG, NOW + MINUTE - TICK, MINUTE) == []
        due = await session_ends.end_due(tx, ORG, NOW + MINUTE + TICK, MINUTE)
        assert [(one.id, one.end_reason) for one in due] == [(expired.id, "expired"), (idle.id, "idle")]
        assert await session_ends.end_due(tx, ORG, NOW + MINUTE + TICK, MINUTE) == []
        assert await session_ends.end_due(tx, ORG, NOW + DAY) == []
        assert await sessions.list_open(tx, ADA) == [alive]


async def test_a_lifetime_that_became_shorter_ends_the_older_ones_at_exactly_its_limit(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await session_ends.end_due(tx, ORG, NOW + MINUTE - TICK, lifetime=MINUTE) == []
        assert await session_ends.end_due(tx, "another", NOW + MINUTE, lifetime=MINUTE) == []
        due = await session_ends.end_due(tx, ORG, NOW + MINUTE, lifetime=MINUTE)
        assert [(one.id, one.end_reason) for one in due] == [(kept.id, "expired")]


async def test_a_persons_own_lifetime_ends_theirs_and_nobody_elses(store: Store) -> None:
    kept, bea = session("a"), new_id(NOW)
    await begin(store, kept)
    async with writing(store) as tx:
        await accounts.insert(tx, account(bea, "bea@example.org"))
        await sessions.insert(tx, session("b", account_id=bea))
        await accounts.set_session_lifetime(tx, ADA, MINUTE)
        assert await session_ends.end_due(tx, ORG, NOW + MINUTE - TICK, lifetime=DAY) == []
        due = await session_ends.end_due(tx, ORG, NOW + MINUTE, lifetime=DAY)
        assert [(one.id, one.end_reason) for one in due] == [(kept.id, "expired")]
        assert len(await sessions.list_open(tx, bea)) == 1


async def test_a_country_is_known_new_or_the_first_that_is_known(store: Store) -> None:
    async def seen(tx: Transaction, country: str, who: str = ADA) -> tuple[bool, bool]:
        """Whether the country was there before, and whether any was."""
        found = await sessions.seen_before(tx, who, hashed("none"), "192.0.2.0/24", country)
        return found.country, found.countries

    await begin(store, session("a"))
    async with writing(store) as tx:
        assert await seen(tx, "Norway") == (False, False)
        await sessions.insert(tx, replace(session("b"), country="Norway"))
        assert await seen(tx, "Norway") == (True, True)
        assert await seen(tx, "Chile") == (False, True)
        await sessions.insert(tx, replace(session("c"), country="Chile"))
        assert await seen(tx, "Norway") == (True, True)
        assert await seen(tx, "Norway", "nobody") == (False, False)


async def test_a_network_and_a_device_are_known_once_a_session_was_there(store: Store) -> None:
    await begin(store, session("a"))
    device = DeviceRecord("desk", ADA, hashed("desk"), "xterm", None, NOW, NOW)
    async with writing(store) as tx:
        await devices.insert(tx, device)
    async with store.read() as tx:
        here = await sessions.seen_before(tx, ADA, hashed("desk"), "192.0.2.0/24", None)
        assert here == sessions.SeenBefore("desk", network=True, country=False, countries=False)
        elsewhere = await sessions.seen_before(tx, ADA, hashed("other"), "198.51.100.0/24", None)
        assert elsewhere == sessions.SeenBefore(None, network=False, country=False, countries=False)
        nobody = await sessions.seen_before(tx, "nobody", hashed("desk"), "192.0.2.0/24", None)
        assert nobody == elsewhere


def test_the_hash_of_a_token_is_in_no_repr() -> None:
    assert "token_hash" not in repr(session("a"))
