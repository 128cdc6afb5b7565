"""Sessions: alive until exactly their limit, and once ended never again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store import sessions
from store.errors import Duplicate, Stale
from store.sessions import SessionRecord
from store.store import Store
from tests.store.samples import ADA, DAY, MINUTE, NOW, ORG, hashed, session, settle, writing

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


async def test_the_living_are_listed_last_used_first(store: Store) -> None:
    old, young = session("old", began=NOW - DAY), session("young")
    await begin(store, old, young)
    async with writing(store) as tx:
        assert [one.id for one in await sessions.list_alive(tx, ADA, NOW)] == [young.id, old.id]
        assert await sessions.touch(tx, old.id, NOW + MINUTE)
        assert [one.id for one in await sessions.list_alive(tx, ADA, NOW)] == [old.id, young.id]
        oldest = await sessions.oldest_alive(tx, ADA, NOW)
        assert oldest is not None
        assert oldest.id == old.id
        assert await sessions.list_alive(tx, "nobody", NOW) == []


async def test_at_exactly_its_expiry_a_session_is_not_alive(store: Store) -> None:
    await begin(store, session("a", expires=NOW + MINUTE))
    async with store.read() as tx:
        assert len(await sessions.list_alive(tx, ADA, NOW + MINUTE - TICK)) == 1
        assert await sessions.list_alive(tx, ADA, NOW + MINUTE) == []
        assert await sessions.oldest_alive(tx, ADA, NOW + MINUTE) is None


async def test_at_exactly_the_idle_limit_a_session_is_not_alive(store: Store) -> None:
    await begin(store, session("a"))
    async with store.read() as tx:
        assert len(await sessions.list_alive(tx, ADA, NOW + MINUTE - TICK, idle=MINUTE)) == 1
        assert await sessions.list_alive(tx, ADA, NOW + MINUTE, idle=MINUTE) == []


async def test_a_use_is_never_noted_backwards_or_after_the_end(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await sessions.touch(tx, kept.id, NOW + MINUTE)
        assert not await sessions.touch(tx, kept.id, NOW)
        await sessions.end(tx, kept.id, NOW + MINUTE, "revoked")
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
        await sessions.end(tx, kept.id, NOW, "revoked")
        assert not await sessions.set_locked(tx, kept.id, NOW)


async def test_a_session_ends_once(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        assert await sessions.end(tx, kept.id, NOW, "revoked")
        assert not await sessions.end(tx, kept.id, NOW + MINUTE, "signed_out")
        assert not await sessions.rotate(tx, kept.id, hashed("a"), hashed("b"))
        assert await sessions.get(tx, kept.id) == replace(kept, ended_at=NOW, end_reason="revoked")


async def test_another_program_cannot_bring_a_session_back(store: Store) -> None:
    kept = session("a")
    await begin(store, kept)
    async with writing(store) as tx:
        await sessions.end(tx, kept.id, NOW, "revoked")
    for change in ("ended_at = NULL, end_reason = NULL", "token_hash = x'00'"):
        with pytest.raises(Stale):
            async with writing(store) as tx:
                await tx.execute(f"UPDATE sessions SET {change}")  # noqa: S608 - two constants


async def test_ending_the_others_keeps_exactly_one_and_names_the_rest(store: Store) -> None:
    records = [session(str(n), began=NOW + n * MINUTE) for n in range(4)]
    await begin(store, *records)
    async with writing(store) as tx:
        await sessions.end(tx, records[3].id, NOW, "signed_out")
        ended = await sessions.end_others(tx, ADA, records[1].id, NOW, "revoked")
        assert ended == [records[0].id, records[2].id]
        assert await sessions.list_alive(tx, ADA, NOW) == [records[1]]
        assert await sessions.end_others(tx, ADA, None, NOW, "account_closed") == [records[1].id]


async def test_what_is_due_ends_with_its_reason_at_exactly_its_limit(store: Store) -> None:
    expired = session("expired", began=NOW, expires=NOW + MINUTE)
    idle = session("idle", began=NOW + TICK)
    alive = session("alive", began=NOW + 2 * TICK)
    await begin(store, expired, idle, alive)
    async with writing(store) as tx:
        assert await sessions.end_due(tx, ORG, NOW + MINUTE - TICK, MINUTE) == []
        due = await sessions.end_due(tx, ORG, NOW + MINUTE + TICK, MINUTE)
        assert [(one.id, one.end_reason) for one in due] == [(expired.id, "expired"), (idle.id, "idle")]
        assert await sessions.end_due(tx, ORG, NOW + MINUTE + TICK, MINUTE) == []
        assert await sessions.end_due(tx, ORG, NOW + DAY) == []
        assert await sessions.list_alive(tx, ADA, NOW + MINUTE) == [alive]


async def test_a_network_is_known_once_a_session_came_from_it(store: Store) -> None:
    await begin(store, session("a"))
    async with store.read() as tx:
        assert await sessions.knows_network(tx, ADA, "192.0.2.0/24")
        assert not await sessions.knows_network(tx, ADA, "198.51.100.0/24")
        assert not await sessions.knows_network(tx, "nobody", "192.0.2.0/24")


def test_the_hash_of_a_token_is_in_no_repr() -> None:
    assert "token_hash" not in repr(session("a"))
