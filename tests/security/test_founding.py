"""Founding: the first owner, once, and the members that follow."""

from __future__ import annotations

import asyncio

import pytest

from security.facts import SignedIn
from security.keys import KEYS_FACT
from security.refusals import (
    AlreadyFounded,
    BreachedPassword,
    EmailTaken,
    NotFound,
    Refusal,
    UnusableField,
    UnusableInput,
    WeakPassword,
)
from security.services import Services
from security.vocabulary import Role
from store import facts as fact_rows
from tests.security.people import PASSWORD, House, an_origin

GOOD = {
    "organisation": "Acme Financial Group",
    "name": "Amir Haddad",
    "email": "amir@acme.example",
    "password": PASSWORD,
}


async def found(services: Services, **typed: str) -> SignedIn:
    """Found with good answers, but for those that are given."""
    answers = {**GOOD, **typed}
    return await services.founding.found(
        answers["organisation"], answers["name"], answers["email"], answers["password"], an_origin()
    )


async def test_the_first_owner_is_signed_in_on_a_device_that_is_no_news(house: House) -> None:
    assert await house.services.founding.is_needed()
    owner = await house.owner()
    assert not await house.services.founding.is_needed()
    assert owner.signed_in.account.role is Role.OWNER
    assert owner.signed_in.account.organisation == "Acme Financial Group"
    assert not owner.signed_in.is_new_device
    assert owner.signed_in.device_secret is not None
    assert [event.name for event in await owner.events()] == [
        "org.created",
        "account.created",
        "auth.breach_check_skipped",
        "auth.signed_in",
    ]
    assert await house.mail() == []
    assert await house.audit_is_whole()


async def test_the_store_knows_its_keys_from_the_founding_on(house: House) -> None:
    await house.owner()
    async with house.store.read() as tx:
        assert house.keys.is_ring_of(await fact_rows.get(tx, KEYS_FACT) or "")


async def test_a_store_with_an_account_is_not_founded_again(house: House) -> None:
    await house.owner()
    with pytest.raises(AlreadyFounded):
        await house.owner()


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("organisation", "", UnusableField),
        ("name", "\u202eevil", UnusableField),
        ("email", "not an address", UnusableField),
        ("password", "Sunset!42", WeakPassword),
        ("password", "Amir Haddad, 1 owner", WeakPassword),
        ("password", "", UnusableInput),
    ],
)
async def test_a_founding_that_is_refused_leaves_the_store_empty(
    house: House, field: str, value: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await found(house.services, **{field: value})
    assert await house.services.founding.is_needed()
    assert await house.count("organisations") == 0
    assert await house.count("audit_events") == 0


async def test_two_foundings_at_once_make_one_owner(house: House) -> None:
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            found(house.services),
            found(services, email="other@acme.example"),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyFounded) for answer in answers) == 1
    assert await house.count("accounts") == 1


async def test_a_member_has_an_account_of_their_own(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner, "Bea", Role.ADMIN)
    assert bea.signed_in.account.role is Role.ADMIN
    assert (await bea.events())[0].name == "account.created"


async def test_an_address_belongs_to_one_account_in_every_writing(house: House) -> None:
    owner = await house.owner()
    async with house.store.read() as tx:
        org_id = (await house.org_ids(tx))[0]
    add = house.services.founding.add_member
    with pytest.raises(EmailTaken):
        await add(org_id, "Amir Two", "AMIR@ACME.example", PASSWORD, Role.MEMBER, owner.origin)
    with pytest.raises(NotFound):
        await add("no such", "Bea", "bea@acme.example", PASSWORD, Role.MEMBER, owner.origin)
    with pytest.raises((WeakPassword, BreachedPassword)):
        await add(org_id, "Bea", "bea@acme.example", "Password1234!", Role.MEMBER, owner.origin)


async def test_one_address_added_twice_at_once_makes_one_account(house: House) -> None:
    owner = await house.owner()
    async with house.store.read() as tx:
        org_id = (await house.org_ids(tx))[0]
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            *(
                each.founding.add_member(
                    org_id, "Bea", "bea@acme.example", PASSWORD, Role.MEMBER, owner.origin
                )
                for each in (house.services, services)
            ),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert sum(isinstance(answer, EmailTaken) for answer in answers) == 1


async def test_advice_before_the_founding_knows_what_was_typed(house: House) -> None:
    advice = house.services.founding.advice(
        "Haddad and 3 gulls!", ["Acme", "Amir Haddad", "amir@acme.example"]
    )
    assert [state.rule for state in advice.rules if not state.is_met] == ["context"]
