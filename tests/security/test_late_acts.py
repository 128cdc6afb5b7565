"""Acts that wait for the store while others end their session: nothing is half done (R052, R112)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from security.facts import SignedIn
from security.lanes import act_in
from security.refusals import Refusal, SessionOver, WrongCredentials
from security.vocabulary import AccountStatus
from store import accounts as account_rows
from store import session_ends as end_rows
from store import sessions as session_rows
from store.store import open_store
from store.transaction import Transaction
from tests.security.acts import ACTS, OF_OPERATORS
from tests.security.people import PASSWORD, Dump, House, an_origin

WITHOUT_A_SESSION = {
    *("found", "add_member", "sign_in", "first_step", "second_step", "recovery_step"),
    *OF_OPERATORS,
}
"""Acts that nobody is signed in for."""

COUNTERS = ("acts", "attempts", "locks")
"""Tables that count tries and acts, in transactions of their own."""


async def overtaken(
    house: House, act: Callable[[], Awaitable[object]], change: Callable[[Transaction], Awaitable[object]]
) -> object:
    """Let an act come to what another process holds, which then commits a change.

    That is the whole store where it is a file, and the organisation where it is on a server.
    """
    other = await open_store(house.store.url)
    try:
        async with act_in(other, house.clock.now(), await house.org_id()) as tx:
            await change(tx)
            task = asyncio.ensure_future(act())
            await asyncio.wait([task], timeout=0.3)
            assert not task.done(), "the act did not wait for the store"
        try:
            return await task
        except Refusal as refusal:
            return refusal
    finally:
        await other.close()


def kept(dump: Dump) -> Dump:
    """The tables that a person's acts are about."""
    return {table: rows for table, rows in dump.items() if table not in COUNTERS}


@pytest.mark.parametrize("name", sorted(set(ACTS) - WITHOUT_A_SESSION))
async def test_an_act_whose_session_ends_while_it_waits_is_refused_and_leaves_nothing(
    house: House, name: str
) -> None:
    ready = await ACTS[name].prepare(house)
    at, mine = house.clock.now(), ready.person.signed_in.session_id
    before = kept(await house.dump())

    async def revoke(tx: Transaction) -> None:
        """End the session, as another process does."""
        assert await end_rows.end(tx, mine, at, "revoked")

    answer = await overtaken(house, lambda: ACTS[name].perform(house, ready), revoke)
    assert isinstance(answer, SessionOver)
    assert answer.reason == "revoked"
    after = kept(await house.dump())
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"sessions"}
    assert await house.audit_is_whole()
    async with house.store.read() as tx:
        session = await session_rows.get(tx, mine)
    assert session is not None
    assert (session.ended_at, session.end_reason) == (at, "revoked")


async def test_a_sign_in_that_waits_while_its_account_is_closed_begins_no_session(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)

    async def close(tx: Transaction) -> None:
        """Close the account, as another process does."""
        await account_rows.set_status(tx, bea.account_id, AccountStatus.SUSPENDED)
        await end_rows.end_others(tx, bea.account_id, None, house.clock.now(), "account_closed")

    answer = await overtaken(
        house, lambda: house.services.sign_in.begin(bea.email, PASSWORD, an_origin()), close
    )
    assert isinstance(answer, WrongCredentials)
    async with house.store.read() as tx:
        assert await session_rows.list_open(tx, bea.account_id) == []


async def test_a_member_who_is_suspended_while_a_write_waits_writes_nothing(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)

    async def close(tx: Transaction) -> None:
        """Close the account and nothing else: its sessions are over all the same."""
        await account_rows.set_status(tx, bea.account_id, AccountStatus.SUSPENDED)

    answer = await overtaken(
        house, lambda: house.services.accounts.rename(bea.token, "Bea B", bea.origin), close
    )
    assert isinstance(answer, SessionOver)
    assert answer.reason == "account_closed"
    async with house.store.read() as tx:
        account = await account_rows.get(tx, bea.account_id)
        assert account is not None
        assert account.name == "Bea"
        assert await session_rows.list_open(tx, bea.account_id) == []


async def test_a_session_that_is_begun_while_sign_out_everywhere_waits_is_ended_by_it(house: House) -> None:
    owner = await house.owner()
    begun = await owner.sign_in()
    async with house.store.read() as tx:
        row = await session_rows.get(tx, begun.session_id)
    assert row is not None
    late_id = "01999999-0000-7000-8000-000000000001"

    async def begin(tx: Transaction) -> None:
        """Begin a session, as another process does."""
        await tx.execute(
            "INSERT INTO sessions SELECT :late_id, account_id, org_id, :token_hash, device_id, client,"
            " source_ip, network, city, country, is_new_device, is_new_network, is_kept, methods, created_at,"
            " authenticated_at, last_active_at, expires_at, locked_at, ended_at, end_reason, is_new_country"
            " FROM sessions WHERE id = :begun_id",
            late_id=late_id,
            token_hash=b"late",
            begun_id=begun.session_id,
        )

    ended = await overtaken(
        house, lambda: house.services.sessions.revoke_others(owner.token, owner.origin), begin
    )
    assert ended == 2
    async with house.store.read() as tx:
        late = await session_rows.get(tx, late_id)
        assert late is not None
        assert late.end_reason == "revoked"


async def test_a_sign_in_that_waits_for_sign_out_everywhere_begins_after_it_and_stays(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()

    async def end_others(tx: Transaction) -> None:
        """End all but one, as another process does."""
        await end_rows.end_others(
            tx, owner.account_id, owner.signed_in.session_id, house.clock.now(), "revoked"
        )

    answer = await overtaken(house, owner.sign_in, end_others)
    assert isinstance(answer, SignedIn)
    view = await house.services.sessions.view(owner.token)
    assert {session.id for session in view.sessions} == {owner.signed_in.session_id, answer.session_id}
    assert [session.id for session in view.just_ended] == [other.session_id]
