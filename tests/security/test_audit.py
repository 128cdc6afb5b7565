"""The audit finds whatever was done to its chain, and says where and what."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from security.audit import Audit, Event, Tampering
from security.audit_chain import AuditVerdict, canonical, digest_of
from security.clock import MovedClock
from security.facts import Secret
from security.key_entries import KeyPurpose
from security.keys import KeyRing
from security.origin import Origin
from security.vocabulary import EventName
from store import audit as audit_rows
from store import organisations as organisation_rows
from store.audit import GENESIS_HASH, AuditRecord
from store.ids import NIL_ID, new_id
from store.organisations import OrganisationRecord
from store.store import Store, open_store
from store.times import to_micros
from tests.security.stores import everything_in

ORG = "00000000-0000-7000-8000-000000000001"
ORIGIN = Origin(
    Secret("connection-canary"), "203.0.113.7", "OpenSSH, \x1b[31mkitty", "node-1", Secret("device-canary")
)
MINUTE = timedelta(minutes=1)

EVENT = Event(
    name=EventName.SIGNED_IN,
    org_id=ORG,
    actor_id="actor",
    subject_id="subject",
    session="abcdef01",
    origin=ORIGIN,
    was_success=True,
    details={"other_sessions": 2, "client": "x\u202ey"},
)


class ActFailed(Exception):
    """What an act raises after its event was written."""


async def write(store: Store, audit: Audit, clock: MovedClock, count: int = 1, event: Event = EVENT) -> None:
    """So many events, each a second after the one before, in one transaction."""
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        for _ in range(count):
            clock.advance(timedelta(seconds=1))
            await audit.append(tx, event)


async def events(store: Store, org_id: str = ORG) -> list[AuditRecord]:
    """All events of a chain."""
    async with store.read() as tx:
        return list(await audit_rows.walk(tx, org_id, 0, 10_000))


async def checkpoint_places(store: Store, org_id: str = ORG) -> list[tuple[int, str]]:
    """Where the checkpoints stand and of what kind they are."""
    async with store.read() as tx:
        return [(mark.seq, mark.kind) for mark in await audit_rows.checkpoints(tx, org_id)]


class Forger:
    """Writes down statements with `?` for each parameter; they are run when all is said."""

    def __init__(self) -> None:
        """Have nothing to do yet."""
        self.statements: list[tuple[str, tuple[object, ...]]] = []

    def execute(self, sql: str, parameters: tuple[object, ...] = ()) -> None:
        """Have one more statement."""
        self.statements.append((sql, parameters))

    def forge_file(self, path: str) -> None:
        """Run them over a file whose guards are dropped first."""
        with closing(sqlite3.connect(path)) as connection:
            guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in guards:
                connection.execute(f"DROP TRIGGER {name}")
            for sql, parameters in self.statements:
                connection.execute(sql, parameters)
            connection.commit()

    async def forge_server(self, url: str) -> None:
        """Run them on a server that is told to let its guards sleep."""
        connection = await asyncpg.connect(url, server_settings={"search_path": "strongroom"})
        await connection.execute("SET session_replication_role = replica")
        for text, parameters in self.statements:
            sql = text
            for number in range(1, len(parameters) + 1):
                sql = sql.replace("?", f"${number}", 1)
            await connection.execute(sql, *parameters)
        await connection.close()


@asynccontextmanager
async def tampering(store_url: str) -> AsyncIterator[Forger]:
    """The store in the hands of somebody who gets around its guards."""
    forger = Forger()
    yield forger
    if store_url.startswith("sqlite://"):
        forger.forge_file(store_url.removeprefix("sqlite://"))
    else:
        await forger.forge_server(store_url)


def found(verdict: AuditVerdict) -> tuple[int | None, Tampering | None]:
    """The place and the kind of what was found."""
    return verdict.bad_seq, verdict.tampering


def rehash(connection: Forger, records: list[AuditRecord], prev_hash: bytes) -> bytes:
    """Write records with hashes made anew, as who knows the form can; the last hash."""
    for record in records:
        fresh = digest_of(prev_hash, record)
        connection.execute(
            "UPDATE audit_events SET reason = ?, prev_hash = ?, hash = ? WHERE org_id = ? AND seq = ?",
            (record.reason, prev_hash, fresh, record.org_id, record.seq),
        )
        prev_hash = fresh
    return prev_hash


async def test_an_event_is_kept_with_all_that_is_asked_of_it(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock)
    (record,) = await events(store)
    assert (record.org_id, record.seq, record.at) == (ORG, 1, clock.now())
    assert (record.name, record.outcome, record.reason) == ("auth.signed_in", "success", "")
    assert (record.actor_id, record.subject_id, record.session) == ("actor", "subject", "abcdef01")
    assert (record.source_ip, record.client, record.node) == ("203.0.113.7", "OpenSSH, ␛[31mkitty", "node-1")
    assert json.loads(record.details) == {"other_sessions": 2, "client": "x⟨U+202E⟩y"}


async def test_a_failure_is_kept_with_its_reason(store: Store, audit: Audit, clock: MovedClock) -> None:
    failed = replace(EVENT, name=EventName.SIGN_IN_FAILED, was_success=False, reason="wrong_credentials")
    await write(store, audit, clock, event=failed)
    (record,) = await events(store)
    assert (record.outcome, record.reason) == ("failure", "wrong_credentials")


async def test_secrets_of_the_origin_are_not_kept(store: Store, audit: Audit, clock: MovedClock) -> None:
    await write(store, audit, clock)
    assert b"canary" not in await everything_in(store)


async def test_each_event_carries_the_hash_of_the_one_before(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 5)
    prev_hash = GENESIS_HASH
    for record in await events(store):
        assert record.prev_hash == prev_hash
        assert record.hash == digest_of(prev_hash, record)
        prev_hash = record.hash


async def test_the_canonical_form_is_sorted_json_of_every_field_but_the_hashes(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock)
    (record,) = await events(store)
    form = json.loads(canonical(record))
    assert list(form) == sorted(form)
    assert set(form) == set(AuditRecord.__dataclass_fields__) - {"prev_hash", "hash"}
    assert form["at"] == to_micros(record.at)


async def test_what_concerns_no_organisation_has_a_chain_of_its_own(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 2)
    await write(store, audit, clock, 3, replace(EVENT, org_id=None))
    assert [record.seq for record in await events(store, NIL_ID)] == [1, 2, 3]
    assert (await audit.verify(None)).events == 3
    assert (await audit.verify(ORG)).events == 2


async def test_an_act_that_fails_leaves_no_event(store: Store, audit: Audit, clock: MovedClock) -> None:
    with suppress(ActFailed):
        async with store.write(new_id(clock.now()), clock.now()) as tx:
            await audit.append(tx, EVENT)
            raise ActFailed
    assert await events(store) == []
    assert (await audit.verify(ORG)).is_whole


async def test_fifty_writers_through_two_doors_make_one_gapless_chain(
    store: Store, store_url: str, audit: Audit, keys: KeyRing, clock: MovedClock
) -> None:
    other = await open_store(store_url)
    doors = [(store, audit), (other, Audit(other, keys, clock))]

    async def one(number: int) -> None:
        through, its_audit = doors[number % 2]
        async with through.write(new_id(clock.now()), clock.now()) as tx:
            await its_audit.append(tx, EVENT)

    await asyncio.gather(*[one(number) for number in range(50)])
    await other.close()
    assert [record.seq for record in await events(store)] == list(range(1, 51))
    assert (await audit.verify(ORG)).is_whole


async def test_the_first_event_is_signed_and_then_one_after_ten_minutes(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    clock.advance(10 * MINUTE)
    await write(store, audit, clock, 2)
    assert await checkpoint_places(store) == [(1, "regular"), (4, "regular")]


async def test_a_checkpoint_stands_after_a_thousand_events(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        for _ in range(2100):
            await audit.append(tx, EVENT)
    assert await checkpoint_places(store) == [(1, "regular"), (1001, "regular"), (2001, "regular")]
    assert await audit.verify(ORG) == AuditVerdict(ORG, 2100, 2100)


@pytest.mark.parametrize(("before", "rest", "place"), [(1, 10, 2), (7, 10, 8), (998, 0, 1001)])
async def test_of_events_that_are_written_at_once_the_one_is_signed_that_is_due(
    store: Store, audit: Audit, clock: MovedClock, before: int, rest: int, place: int
) -> None:
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await audit.append_all(tx, [EVENT] * before)
    clock.advance(timedelta(minutes=rest))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await audit.append_all(tx, [EVENT] * 4)
    assert await checkpoint_places(store) == [(1, "regular"), (place, "regular")]
    assert (await audit.verify(ORG)).is_whole


async def test_events_that_waited_ten_minutes_are_signed_when_asked(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    signed = []
    for wait in (9 * MINUTE, MINUTE, 60 * MINUTE):
        clock.advance(wait)
        async with store.write(new_id(clock.now()), clock.now()) as tx:
            signed.append(await audit.checkpoint_if_due(tx, ORG))
    assert signed == [False, True, False]
    assert await checkpoint_places(store) == [(1, "regular"), (3, "regular")]


async def test_an_empty_or_untouched_chain_is_whole(store: Store, audit: Audit, clock: MovedClock) -> None:
    assert await audit.verify(ORG) == AuditVerdict(ORG, 0, 0)
    await write(store, audit, clock, 7)
    assert await audit.verify(ORG) == AuditVerdict(ORG, 7, 7)


@pytest.mark.parametrize("column", ["name", "actor_id", "client", "outcome", "reason", "details", "at", "id"])
async def test_an_edit_of_any_field_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, column: str
) -> None:
    await write(store, audit, clock, 5)
    value = {"outcome": "failure", "at": 7}.get(column, "forged")
    async with tampering(store_url) as sql:
        sql.execute(f"UPDATE audit_events SET {column} = ? WHERE seq = 3", (value,))  # noqa: S608
    assert found(await audit.verify(ORG)) == (3, Tampering.EDITED)


async def test_an_edit_with_its_own_hash_made_anew_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 5)
    third = (await events(store))[2]
    async with tampering(store_url) as sql:
        rehash(sql, [replace(third, reason="forged")], third.prev_hash)
    assert found(await audit.verify(ORG)) == (3, Tampering.EDITED)


async def test_a_whole_chain_made_anew_is_found_by_its_checkpoints(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    clock.advance(10 * MINUTE)
    await write(store, audit, clock, 5)
    records = await events(store)
    forged = [replace(record, reason="forged") for record in records[1:]]
    async with tampering(store_url) as sql:
        last = rehash(sql, forged, records[0].hash)
        sql.execute("UPDATE audit_chains SET hash = ?", (last,))
    assert found(await audit.verify(ORG)) == (4, Tampering.REWRITTEN)


async def test_events_after_the_last_checkpoint_made_anew_are_found_by_the_head(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 5)
    records = await events(store)
    async with tampering(store_url) as sql:
        rehash(sql, [replace(record, reason="forged") for record in records[3:]], records[2].hash)
    assert found(await audit.verify(ORG)) == (5, Tampering.REWRITTEN)


@pytest.mark.parametrize("count", [1, 2])
async def test_a_deletion_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, count: int
) -> None:
    await write(store, audit, clock, 8)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq >= 3 AND seq < ?", (3 + count,))
    assert found(await audit.verify(ORG)) == (3, Tampering.DELETED)


@pytest.mark.parametrize("count", [1, 2])
async def test_a_deletion_that_closed_the_gap_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, count: int
) -> None:
    await write(store, audit, clock, 8)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq >= 3 AND seq < ?", (3 + count,))
        for seq in range(3 + count, 9):
            sql.execute("UPDATE audit_events SET seq = ? WHERE seq = ?", (seq - count, seq))
    assert found(await audit.verify(ORG)) == (3, Tampering.DELETED)


async def test_the_first_events_cannot_go_without_a_purge(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 5)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq <= 2")
    assert found(await audit.verify(ORG)) == (1, Tampering.DELETED)


@pytest.mark.parametrize("knows_the_form", [True, False])
async def test_an_insertion_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, knows_the_form: bool
) -> None:
    await write(store, audit, clock, 6)
    third = (await events(store))[2]
    forged = replace(third, id="forged", reason="forged")
    fresh = digest_of(third.prev_hash, forged) if knows_the_form else bytes(32)
    async with tampering(store_url) as sql:
        for seq in range(6, 2, -1):
            sql.execute("UPDATE audit_events SET seq = ? WHERE seq = ?", (seq + 1, seq))
        sql.execute(
            "INSERT INTO audit_events SELECT org_id, 3, 'forged', at, name, actor_id, subject_id, session,"
            " source_ip, client, outcome, 'forged', node, details, prev_hash, hash"
            " FROM audit_events WHERE seq = 4",
        )
        sql.execute(
            "UPDATE audit_events SET at = ?, prev_hash = ?, hash = ? WHERE seq = 3",
            (to_micros(third.at), third.prev_hash, fresh),
        )
        sql.execute("UPDATE audit_chains SET seq = 7")
    assert found(await audit.verify(ORG)) == (3, Tampering.INSERTED)


@pytest.mark.parametrize(("one", "other"), [(3, 4), (3, 6)])
async def test_events_that_changed_places_are_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, one: int, other: int
) -> None:
    await write(store, audit, clock, 8)
    async with tampering(store_url) as sql:
        for was, now in ((one, 99), (other, one), (99, other)):
            sql.execute("UPDATE audit_events SET seq = ? WHERE seq = ?", (now, was))
    assert found(await audit.verify(ORG)) == (3, Tampering.REORDERED)


async def test_a_cut_tail_is_found_by_the_head(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 6)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq > 4")
    assert found(await audit.verify(ORG)) == (5, Tampering.CUT)


async def test_a_cut_tail_with_the_head_set_back_is_found_by_the_checkpoints(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    clock.advance(10 * MINUTE)
    await write(store, audit, clock, 3)
    records = await events(store)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq > 2")
        sql.execute("UPDATE audit_chains SET seq = 2, hash = ?, checkpoint_seq = 1", (records[1].hash,))
    assert found(await audit.verify(ORG)) == (3, Tampering.CUT)


async def test_a_checkpoint_that_is_gone_is_missed(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    clock.advance(10 * MINUTE)
    await write(store, audit, clock, 3)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_checkpoints WHERE seq = 4")
    assert found(await audit.verify(ORG)) == (4, Tampering.MISSING_CHECKPOINT)


async def test_a_thousand_events_without_a_checkpoint_are_not_believed(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        for _ in range(1500):
            await audit.append(tx, EVENT)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_checkpoints WHERE seq > 1")
        sql.execute("UPDATE audit_chains SET checkpoint_seq = 1")
    assert found(await audit.verify(ORG)) == (1001, Tampering.MISSING_CHECKPOINT)


@pytest.mark.parametrize(
    ("column", "value"),
    [("hash", bytes(32)), ("at", 7), ("signature", bytes(64)), ("key_id", "audit-9"), ("kind", "purge")],
)
async def test_a_forged_checkpoint_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock, column: str, value: object
) -> None:
    await write(store, audit, clock, 3)
    async with tampering(store_url) as sql:
        sql.execute(f"UPDATE audit_checkpoints SET {column} = ?", (value,))  # noqa: S608
    assert found(await audit.verify(ORG)) == (1, Tampering.FORGED_CHECKPOINT)


async def test_a_checkpoint_signed_by_keys_of_another_store_is_forged(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    stranger = Audit(store, KeyRing.generate(clock.now()), clock)
    assert found(await stranger.verify(ORG)) == (1, Tampering.FORGED_CHECKPOINT)


async def test_checkpoints_of_a_rotated_key_stay_good(
    store: Store, audit: Audit, keys: KeyRing, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    keys.rotate(KeyPurpose.AUDIT, clock.now())
    clock.advance(10 * MINUTE)
    await write(store, audit, clock, 3)
    assert (await audit.verify(ORG)).is_whole
    async with store.read() as tx:
        assert [mark.key_id for mark in await audit_rows.checkpoints(tx, ORG)] == ["audit-1", "audit-2"]


async def test_another_chains_events_cannot_stand_in(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 3)
    await write(store, audit, clock, 3, replace(EVENT, org_id=None))
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE org_id = ? AND seq = 2", (ORG,))
        sql.execute("UPDATE audit_events SET org_id = ? WHERE org_id = ? AND seq = 2", (ORG, NIL_ID))
    assert (await audit.verify(ORG)).bad_seq == 2
    assert found(await audit.verify(None)) == (2, Tampering.DELETED)


async def test_a_purge_takes_a_prefix_and_leaves_a_chain_that_verifies(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 4)
    clock.advance(timedelta(days=100))
    border = clock.now()
    await write(store, audit, clock, 3)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await audit.purge(tx, ORG, border) == 4
    assert [record.seq for record in await events(store)] == [5, 6, 7]
    assert (4, "purge") in await checkpoint_places(store)
    assert await audit.verify(ORG) == AuditVerdict(ORG, 3, 7)


async def test_a_chain_can_be_purged_whole_and_goes_on(store: Store, audit: Audit, clock: MovedClock) -> None:
    await write(store, audit, clock, 4)
    clock.advance(timedelta(days=100))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await audit.purge(tx, ORG, clock.now()) == 4
        assert await audit.purge(tx, ORG, clock.now()) == 0
    assert await audit.verify(ORG) == AuditVerdict(ORG, 0, 4)
    await write(store, audit, clock, 2)
    assert await audit.verify(ORG) == AuditVerdict(ORG, 2, 6)


async def test_a_purge_never_takes_an_old_event_out_of_the_middle(
    store: Store, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 2)
    clock.advance(-timedelta(days=2))
    await write(store, audit, clock, 2)
    clock.advance(timedelta(days=1))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await audit.purge(tx, ORG, clock.now()) == 0
    assert (await audit.verify(ORG)).events == 4


async def test_a_deletion_after_a_purge_is_found(
    store: Store, store_url: str, audit: Audit, clock: MovedClock
) -> None:
    await write(store, audit, clock, 4)
    border = clock.advance(timedelta(days=1))
    await write(store, audit, clock, 3)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await audit.purge(tx, ORG, border)
    async with tampering(store_url) as sql:
        sql.execute("DELETE FROM audit_events WHERE seq = 5")
    assert found(await audit.verify(ORG)) == (5, Tampering.DELETED)


async def test_a_chain_made_anew_without_any_checkpoint_is_not_believed(
    store: Store, audit: Audit, clock: MovedClock, store_url: str
) -> None:
    await write(store, audit, clock, 5)
    records = [replace(record, client="forged") for record in await events(store)]
    async with tampering(store_url) as connection:
        connection.execute("UPDATE audit_events SET client = 'forged'")
        last = rehash(connection, records, GENESIS_HASH)
        connection.execute("DELETE FROM audit_checkpoints")
        connection.execute("UPDATE audit_chains SET hash = ?, checkpoint_seq = 0", (last,))
    assert found(await audit.verify(ORG)) == (1, Tampering.MISSING_CHECKPOINT)


async def test_a_checkpoint_that_the_ten_minutes_asked_for_is_missed(
    store: Store, audit: Audit, clock: MovedClock, store_url: str
) -> None:
    for _ in range(3):
        await write(store, audit, clock, 3)
        clock.advance(11 * MINUTE)
    assert [seq for seq, _ in await checkpoint_places(store)] == [1, 4, 7]
    async with tampering(store_url) as connection:
        connection.execute("DELETE FROM audit_checkpoints WHERE seq = 4")
    assert found(await audit.verify(ORG)) == (4, Tampering.MISSING_CHECKPOINT)


async def test_a_chain_that_went_with_its_head_is_missed_while_its_organisation_stands(
    store: Store, audit: Audit, clock: MovedClock, store_url: str
) -> None:
    await write(store, audit, clock, 3)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await organisation_rows.insert(tx, OrganisationRecord(ORG, "Acme", "Acme", clock.now()))
    async with tampering(store_url) as connection:
        connection.execute("DELETE FROM audit_chains")
    assert found(await audit.verify(ORG)) == (1, Tampering.CUT)
    async with tampering(store_url) as connection:
        connection.execute("DELETE FROM audit_events")
        connection.execute("DELETE FROM audit_checkpoints")
    assert found(await audit.verify(ORG)) == (1, Tampering.CUT)
    assert (await audit.verify(None)).is_whole
