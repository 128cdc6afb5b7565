"""Members as an operator looks through them: with their second factor, their last activity, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import accounts, members, organisations, sessions, two_factor
from store.errors import Corrupt
from store.ids import new_id
from store.store import Store
from tests.store.samples import (
    ADA,
    DAY,
    MINUTE,
    NOW,
    ORG,
    account,
    organisation,
    session,
    settle,
    totp,
    writing,
)

BEA = new_id(NOW + MINUTE)
CLEO = new_id(NOW + 2 * MINUTE)


@pytest.fixture(autouse=True)
async def people(store: Store) -> None:
    """Ada with an authenticator and two sessions, Bea, and Cleo who was removed; an empty organisation."""
    await settle(store)
    async with writing(store) as tx:
        await accounts.insert(tx, replace(account(BEA, "bea@example.org"), role="member", name="Bea"))
        removed = replace(account(CLEO, "cleo@example.org"), status="removed", name="Cleo")
        await accounts.insert(tx, removed)
        await two_factor.insert(tx, totp())
        await sessions.insert(tx, session("old"))
        await sessions.insert(tx, session("new", began=NOW + DAY))
        await organisations.insert(tx, replace(organisation(), id=new_id(NOW + DAY), name="Empty"))


async def test_a_member_is_told_with_what_other_tables_know(store: Store) -> None:
    async with store.read() as tx:
        ada = await members.get(tx, ADA)
        bea = await members.get(tx, BEA)
        assert await members.get(tx, "nobody") is None
    assert ada == members.MemberRecord(
        id=ADA,
        organisation=organisation().name,
        name=account().name,
        email=account().email,
        role="owner",
        status="active",
        must_enrol=False,
        has_two_factor=True,
        created_at=NOW,
        last_active_at=NOW + DAY,
    )
    assert bea is not None
    assert (bea.has_two_factor, bea.last_active_at) == (False, None)


async def test_without_sessions_the_last_sign_in_is_told(store: Store) -> None:
    async with writing(store) as tx:
        await accounts.note_sign_in(tx, BEA, NOW + MINUTE)
        assert (await members.known(tx, BEA)).last_active_at == NOW + MINUTE
        with pytest.raises(Corrupt):
            await members.known(tx, "nobody")


async def test_pages_follow_the_ids_and_leave_out_whoever_was_removed(store: Store) -> None:
    async with store.read() as tx:
        first = await members.page(tx, ORG, "", 1)
        second = await members.page(tx, ORG, first[0].id, 5)
        assert await members.page(tx, ORG, second[-1].id, 5) == []
        assert await members.page(tx, "other", "", 5) == []
    assert [one.id for one in (*first, *second)] == sorted([ADA, BEA])


async def test_organisations_are_counted_with_those_who_have_two_factors(store: Store) -> None:
    async with store.read() as tx:
        counted = await members.organisations(tx)
    assert [(one.organisation.name, one.members, one.with_two_factor) for one in counted] == [
        (organisation().name, 2, 1),
        ("Empty", 0, 0),
    ]


async def test_names_are_found_by_their_length_in_characters(store: Store) -> None:
    async with store.read() as tx:
        assert await members.names_as_long(tx, ORG, 1, 4) == ["Bea"]
        assert await members.names_as_long(tx, ORG, 1, 100) == [account().name, "Bea"]
        assert await members.names_as_long(tx, "other", 1, 100) == []


async def test_only_active_accounts_of_a_role_are_counted(store: Store) -> None:
    async with writing(store) as tx:
        assert await accounts.count_active(tx, ORG, "owner") == 1
        await accounts.set_status(tx, ADA, "suspended")
        assert await accounts.count_active(tx, ORG, "owner") == 0
        assert await accounts.count_active(tx, ORG, "member") == 1
