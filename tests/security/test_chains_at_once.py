"""Many writers in several organisations at once: each chain in order and without a gap, and the feed too."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from security.audit import Audit
from security.clock import MovedClock, SystemClock
from security.facts import SignedIn
from security.key_rotation import KeyRotation
from security.keys import KEYS_FACT, create_keyring, load_keyring
from security.origin import Origin
from security.policy import STANDARD, put
from security.tokens import session_mark
from security.vocabulary import Role
from store import audit as audit_rows
from store import facts as fact_rows
from store import organisations as organisation_rows
from store import two_factor as two_factor_rows
from store.ids import new_id
from store.organisations import OrganisationRecord
from store.store import open_store
from tests.security.doors import at_once, doors_of
from tests.security.people import PASSWORD, House, an_origin

WRITERS = 20
ORGANISATIONS = 3
TURNS = 4


async def organisations(house: House, origin: Origin) -> list[str]:
    """The founder's organisation and two more, as the operator's door makes them."""
    found = [await house.org_id()]
    at = house.clock.now()
    for number in range(1, ORGANISATIONS):
        found.append(new_id(at))
        async with house.store.write(new_id(at), at) as tx:
            name = f"Organisation {number}"
            await organisation_rows.insert(tx, OrganisationRecord(found[-1], name, name, at))
            await put(tx, found[-1], STANDARD, version=1, at=at, by=None)
    return found


async def test_twenty_writers_in_three_organisations_leave_every_chain_in_order(house: House) -> None:
    owner = await house.owner()
    orgs = await organisations(house, owner.origin)
    house.clock = SystemClock()  # type: ignore[assignment]
    async with doors_of(house) as doors:

        async def write(number: int) -> None:
            """Be made, sign in, and take names."""
            services, org_id = doors[number % len(doors)], orgs[number % ORGANISATIONS]
            email, origin = f"bea{number}@acme.example", an_origin(source_ip=f"10.0.3.{number}")
            await services.founding.add_member(org_id, "Bea", email, PASSWORD, Role.MEMBER, origin)
            begun = await services.sign_in.begin(email, PASSWORD, origin)
            assert isinstance(begun, SignedIn)
            for turn in range(TURNS):
                await services.accounts.rename(begun.token, f"Bea {turn}", origin)

        await asyncio.gather(*(write(number) for number in range(WRITERS)))
    async with house.store.read() as tx:
        for org_id in orgs:
            events = await audit_rows.walk(tx, org_id, 0, 10_000)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert all(one.at <= next_one.at for one, next_one in pairwise(events[-TURNS * 6 :]))
            assert sum(event.name == "account.renamed" for event in events) == TURNS * len(
                range(orgs.index(org_id), WRITERS, ORGANISATIONS)
            )
        places = [int(str(row["seq"])) for row in await tx.fetch("SELECT seq FROM changes ORDER BY seq")]
    assert places == list(range(places[0], places[0] + len(places)))
    assert await house.audit_is_whole()


async def test_an_act_tells_of_its_changes_in_the_order_of_its_chain(house: House) -> None:
    owner = await house.owner()
    terminals = [await owner.sign_in() for _ in range(6)]
    async with doors_of(house) as doors:
        await at_once(
            *(
                doors[number % len(doors)].sign_in.sign_out(each.token, owner.origin)
                for number, each in enumerate(terminals)
            )
        )
    async with house.store.read() as tx:
        told = await tx.fetch("SELECT subject_id FROM changes WHERE kind = 'session_ended' ORDER BY seq")
        ended = await tx.fetch("SELECT session FROM audit_events WHERE name = 'auth.signed_out' ORDER BY seq")
    marks = [session_mark(str(row["subject_id"])) for row in told]
    assert marks == [row["session"] for row in ended]
    assert len(marks) == len(terminals)


@pytest.fixture
def key_file(tmp_path: Path, clock: MovedClock) -> Path:
    """The file of a ring that several processes load."""
    path = tmp_path / "ring" / "keys.json"
    create_keyring(path, clock.now())
    return path


async def test_two_rotations_at_once_leave_every_secret_open_to_who_starts_next(
    house: House, key_file: Path
) -> None:
    house.keys = load_keyring(key_file, None)
    house.services = house.build(house.store)
    owner = await house.owner()
    people = [owner, *[await house.member(owner, f"Bea{number}") for number in range(3)]]
    for person in people:
        await person.enrol()
    stores = [await open_store(house.store.url) for _ in range(2)]
    rings = [load_keyring(key_file, None) for _ in stores]
    rotations = [
        KeyRotation(store, ring, house.clock, Audit(store, ring, house.clock))
        for store, ring in zip(stores, rings, strict=True)
    ]
    await at_once(*(rotation.rotate(owner.origin) for rotation in rotations))
    for store in stores:
        await store.close()
    house.keys = load_keyring(key_file, None)
    house.services = house.build(house.store)
    async with house.store.read() as tx:
        assert house.keys.is_ring_of(await fact_rows.get(tx, KEYS_FACT) or "")
        for person in people:
            row = await two_factor_rows.get(tx, person.account_id)
            assert row is not None
            assert (
                house.keys.unseal(person.account_id, row.key_id, row.sealed).decode()
                == person.app.secret.reveal
            )
    assert isinstance(await owner.sign_in(), SignedIn)
    assert await house.audit_is_whole()
