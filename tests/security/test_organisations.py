"""Organisations: an operator adds further ones, each with its own chain and its first owner (R113)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from uuid import UUID

import pytest

from security.activity_facts import ActivityQuery
from security.facts import SignedIn
from security.operations import Operations
from security.operator_facts import OrganisationAdded
from security.policy import PRESETS
from security.refusals import (
    BreachedPassword,
    EmailTaken,
    NameTaken,
    NotFound,
    Refusal,
    UnusableField,
    WeakPassword,
)
from security.vocabulary import AccountStatus, NoticeKind, Role
from store import audit as audit_rows
from store.audit import AuditRecord
from store.store import open_store
from tests.security.people import OPERATOR, PASSWORD, House, an_origin

GOOD = {
    "organisation": "Borealis Shipping",
    "name": "Cleo Nord",
    "email": "cleo@borealis.example",
    "password": PASSWORD,
}


async def added(operations: Operations, **typed: str) -> OrganisationAdded:
    """Add with good answers, but for those that are given."""
    answers = {**GOOD, **typed}
    return await operations.organisations.add(
        answers["organisation"], answers["name"], answers["email"], answers["password"], OPERATOR, an_origin()
    )


async def chain(house: House, org_id: str) -> list[AuditRecord]:
    """The events of an organisation, oldest first."""
    async with house.store.read() as tx:
        return list(await audit_rows.walk(tx, org_id, 0, 500))


async def test_a_second_organisation_has_an_owner_and_a_chain_of_its_own(house: House) -> None:
    await house.owner()
    answer = await added(house.operations)
    assert (answer.organisation.name, answer.organisation.short_name) == ("Borealis Shipping", "Borealis")
    assert (answer.organisation.members, answer.organisation.with_two_factor) == (1, 0)
    assert (answer.owner.email, answer.owner.role, answer.owner.status) == (
        "cleo@borealis.example",
        Role.OWNER,
        AccountStatus.ACTIVE,
    )
    events = await chain(house, answer.organisation.id)
    assert [(event.seq, event.name) for event in events] == [
        (1, "org.created"),
        (2, "account.created"),
        (3, "auth.breach_check_skipped"),
    ]
    assert {(event.actor_id, event.subject_id) for event in events} == {(None, answer.owner.id)}
    assert {json.loads(event.details)["operator"] for event in events} == {OPERATOR}
    assert await house.audit_is_whole()


async def test_the_owner_of_it_hears_and_signs_in_and_nobody_is_signed_in_before(house: House) -> None:
    await house.owner()
    answer = await added(house.operations)
    mail = await house.mail_of(NoticeKind.ACCOUNT_CREATED)
    assert mail.address == "cleo@borealis.example"
    assert json.loads(mail.facts) == {"organisation": "Borealis Shipping"}
    assert (await house.change_kinds())[-1] == "account_changed"
    assert await house.count("sessions") == 1
    signed_in = await house.services.sign_in.begin("cleo@borealis.example", PASSWORD, an_origin())
    assert isinstance(signed_in, SignedIn)
    assert signed_in.account.id == answer.owner.id


async def test_one_organisation_sees_nothing_of_another(house: House) -> None:
    owner = await house.owner()
    answer = await added(house.operations)
    suspend = house.services.accounts.suspend
    with pytest.raises(NotFound) as of_another:
        await suspend(owner.token, answer.owner.id, owner.origin)
    with pytest.raises(NotFound) as of_nobody:
        await suspend(owner.token, str(UUID(int=7)), owner.origin)
    assert str(of_another.value) == str(of_nobody.value)
    mine = await house.services.activity.newest(owner.token, ActivityQuery(), 50)
    assert all("borealis" not in str(event).casefold() for event in mine.events)


async def test_ids_are_no_numbers_that_go_on_by_one(house: House) -> None:
    await house.owner()
    first, second = (
        await added(house.operations),
        await added(house.operations, organisation="Cobalt", email="x@cobalt.example"),
    )
    ids = [first.organisation.id, second.organisation.id, first.owner.id, second.owner.id]
    assert all(UUID(one).version == 7 for one in ids)
    assert len({one[-12:] for one in ids}) == len(ids)


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("organisation", "", UnusableField),
        ("organisation", "acme financial group", NameTaken),
        ("organisation", "Acme Financia1 Group", NameTaken),
        ("name", "a\x1b[31m", UnusableField),
        ("email", "nobody", UnusableField),
        ("email", "AMIR@acme.example", EmailTaken),
        ("password", "short", WeakPassword),
        ("password", "Borealis & 7 lanterns", WeakPassword),
        ("password", "Password1234!", (WeakPassword, BreachedPassword)),
    ],
)
async def test_what_is_refused_leaves_nothing(
    house: House, field: str, value: str, refusal: type[Refusal] | tuple[type[Refusal], ...]
) -> None:
    await house.owner()
    before = await house.dump()
    with pytest.raises(refusal):
        await added(house.operations, **{field: value})
    after = await house.dump()
    assert {name: rows for name, rows in after.items() if name != "acts"} == {
        name: rows for name, rows in before.items() if name != "acts"
    }


async def test_two_of_one_name_at_once_make_one(house: House) -> None:
    await house.owner()
    store = await open_store(house.store.url)
    try:
        answers = await asyncio.gather(
            added(house.operations),
            added(house.operate(store), organisation="BOREALIS shipping", email="b@borealis.example"),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken", "OrganisationAdded"]
    assert len(await house.operations.organisations.list()) == 2
    assert await house.audit_is_whole()


async def test_the_list_counts_members_and_those_with_two_factors(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    owner.wait(seconds=1)
    await added(house.operations)
    listed = await house.operations.organisations.list()
    assert [(one.name, one.members, one.with_two_factor) for one in listed] == [
        ("Acme Financial Group", 2, 1),
        ("Borealis Shipping", 1, 0),
    ]
    assert listed[1].created_at == house.clock.now()


async def test_a_policy_of_its_own_holds_for_the_first_password(house: House) -> None:
    await house.owner()
    strict = replace(PRESETS["standard"], minimum_length=40)
    with pytest.raises(WeakPassword):
        await house.operations.organisations.add(
            GOOD["organisation"],
            GOOD["name"],
            GOOD["email"],
            GOOD["password"],
            OPERATOR,
            an_origin(),
            policy=strict,
        )
