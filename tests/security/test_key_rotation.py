"""Keys are rotated while everything runs, and nothing that was sealed is lost on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from security.audit import Audit
from security.bundle import build_services
from security.clock import MovedClock
from security.facts import Secret
from security.key_entries import KeyPurpose, KeysReadOnly
from security.key_rotation import AT_ONCE, KeyRotation, KeysRotated
from security.keys import KEYS_FACT, KeyRing, KeysNotOfStore, SealBroken, create_keyring, load_keyring
from security.origin import Origin
from store import accounts, audit, facts, organisations, two_factor
from store.accounts import AccountRecord
from store.errors import Unavailable
from store.ids import NIL_ID, new_id
from store.organisations import OrganisationRecord
from store.store import Store, open_store
from store.two_factor import TotpRecord
from tests.security.people import Authenticator, House

ORIGIN = Origin(Secret("connection"), "local", "command line", "node-1")


@pytest.fixture
def rotation(store: Store, keys: KeyRing, clock: MovedClock, audit: Audit) -> KeyRotation:
    """A rotation of the test's keys."""
    return KeyRotation(store, keys, clock, audit)


async def enrol(store: Store, keys: KeyRing, clock: MovedClock, count: int) -> list[str]:
    """So many accounts with an authenticator each; their ids."""
    at = clock.now()
    org_id = new_id(at)
    ids = [new_id(at) for _ in range(count)]
    async with store.write(new_id(at), at) as tx:
        await organisations.insert(tx, OrganisationRecord(org_id, "Acme", "Acme", at))
        for account_id in ids:
            await accounts.insert(tx, an_account(account_id, org_id, clock))
            sealed = keys.seal(account_id, b"secret of " + account_id.encode())
            await two_factor.insert(
                tx,
                TotpRecord(
                    account_id=account_id,
                    sealed=sealed.data,
                    key_id=sealed.key_id,
                    last_step=1,
                    consecutive_failures=0,
                    enrolled_at=at,
                ),
            )
    return ids


def an_account(account_id: str, org_id: str, clock: MovedClock) -> AccountRecord:
    """A row that an authenticator may stand beside."""
    return AccountRecord(
        id=account_id,
        org_id=org_id,
        email=f"{account_id}@acme.example",
        email_canonical=f"{account_id}@acme.example",
        name="Member",
        role="member",
        status="active",
        appearance="dark",
        password_hash=None,
        password_changed_at=None,
        breach_outcome="not_checked",
        created_at=clock.now(),
        last_sign_in_at=None,
        session_lifetime=None,
        must_enrol=False,
    )


async def secret_of(store: Store, keys: KeyRing, account_id: str) -> tuple[str, bytes]:
    """Under which key a row stands, and what it opens to."""
    async with store.read() as tx:
        row = await two_factor.get(tx, account_id)
    assert row is not None
    return row.key_id, keys.unseal(account_id, row.key_id, row.sealed)


async def test_every_authenticator_is_sealed_anew_and_opens_as_before(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    ids = await enrol(store, keys, clock, AT_ONCE + 3)
    done = await rotation.rotate(ORIGIN)
    assert done.key_ids == ("totp-2", "codes-2", "names-2", "audit-2")
    assert done.resealed == AT_ONCE + 3
    for account_id in ids:
        assert await secret_of(store, keys, account_id) == ("totp-2", b"secret of " + account_id.encode())


async def test_rotating_another_purpose_touches_no_authenticator(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    (account_id,) = await enrol(store, keys, clock, 1)
    assert (await rotation.rotate(ORIGIN, [KeyPurpose.CODES])).resealed == 0
    assert (await secret_of(store, keys, account_id))[0] == "totp-1"


async def test_the_audit_tells_which_keys_are_new_and_no_key(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    await rotation.rotate(ORIGIN, [KeyPurpose.TOTP, KeyPurpose.AUDIT])
    async with store.read() as tx:
        (event,) = await audit.walk(tx, NIL_ID, 0, 10)
    assert (event.name, event.outcome) == ("system.keys_rotated", "success")
    assert event.details == '{"keys": "totp-2, audit-2"}'


async def test_the_store_knows_the_new_ring(store: Store, keys: KeyRing, rotation: KeyRotation) -> None:
    await rotation.rotate(ORIGIN)
    async with store.read() as tx:
        known = await facts.get(tx, KEYS_FACT)
    assert known == keys.fingerprint()


async def test_a_rotation_that_stopped_before_the_rows_is_finished_later(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    (account_id,) = await enrol(store, keys, clock, 1)
    keys.rotate(KeyPurpose.TOTP, clock.now())
    keys.rotate(KeyPurpose.TOTP, clock.now())
    assert (await secret_of(store, keys, account_id))[0] == "totp-1"
    assert await rotation.reseal() == 1
    assert (await secret_of(store, keys, account_id))[0] == "totp-3"
    assert await rotation.reseal() == 0


async def test_a_spent_step_stays_spent(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    (account_id,) = await enrol(store, keys, clock, 1)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await two_factor.spend_step(tx, account_id, 77)
    await rotation.rotate(ORIGIN)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert not await two_factor.spend_step(tx, account_id, 77)


async def test_keys_that_cannot_be_written_rotate_nothing(
    store: Store, clock: MovedClock, audit: Audit, tmp_path: Path
) -> None:
    made = tmp_path / "keys" / "keys.json"
    create_keyring(made, clock.now())
    handed = tmp_path / "credentials"
    handed.mkdir()
    (handed / "strongroom-keys").write_bytes(made.read_bytes())
    (handed / "strongroom-keys").chmod(0o400)
    ring = load_keyring(made, handed)
    with pytest.raises(KeysReadOnly):
        await KeyRotation(store, ring, clock, audit).rotate(ORIGIN)
    async with store.read() as tx:
        assert await facts.get(tx, KEYS_FACT) is None


async def test_a_row_that_does_not_open_stops_the_rotation_and_stays_as_it_was(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    (account_id,) = await enrol(store, KeyRing.generate(clock.now()), clock, 1)
    with pytest.raises(SealBroken):
        await rotation.rotate(ORIGIN)
    async with store.read() as tx:
        row = await two_factor.get(tx, account_id)
    assert row is not None
    assert row.key_id == "totp-1"


async def test_a_second_rotation_takes_the_rows_along(
    store: Store, keys: KeyRing, clock: MovedClock, rotation: KeyRotation
) -> None:
    (account_id,) = await enrol(store, keys, clock, 1)
    await rotation.rotate(ORIGIN)
    clock.advance(timedelta(days=365))
    assert (await rotation.rotate(ORIGIN)).resealed == 1
    assert (await secret_of(store, keys, account_id))[0] == "totp-3"


async def test_where_the_keys_are_still_the_old_ones_a_code_is_told_to_wait_for_them(
    house: House, clock: MovedClock, tmp_path: Path
) -> None:
    owner = await house.owner()
    await owner.enrol()
    enrolling = await house.member(owner, "Bea")
    old = KeyRing(house.keys._entries)  # as a machine has it whose file was not copied
    there = build_services(
        house.store, old, clock, house.hasher, house.screening, node="there", refusal_floor_ms=0
    )
    await KeyRotation(house.store, house.keys, clock, Audit(house.store, house.keys, clock)).rotate(ORIGIN)
    enrolment = await house.services.two_factor.begin(enrolling.token, enrolling.origin)
    code = Authenticator(enrolment.secret, clock).code()
    half = await owner.half(owner.origin)
    with pytest.raises(Unavailable, match="rotated on another machine"):
        await there.two_factor.confirm(enrolling.token, enrolment.id, code, enrolling.origin)
    with pytest.raises(Unavailable, match="rotated on another machine"):
        await there.sign_in.finish(half, owner.app.next_code(), owner.origin)
    await house.services.two_factor.confirm(enrolling.token, enrolment.id, code, enrolling.origin)
    assert (await house.services.sign_in.finish(half, owner.app.code(), owner.origin)).token


async def test_of_two_machines_that_rotate_at_once_one_is_told_to_copy_the_keys(
    store: Store, clock: MovedClock, tmp_path: Path
) -> None:
    files = [tmp_path / name / "keys.json" for name in ("here", "there")]
    create_keyring(files[0], clock.now())
    files[1].parent.mkdir(mode=0o700)
    files[1].write_bytes(files[0].read_bytes())
    files[1].chmod(0o600)
    before = files[0].read_bytes()
    rings = [load_keyring(file) for file in files]
    (account_id,) = await enrol(store, rings[0], clock, 1)
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await facts.put(tx, KEYS_FACT, rings[0].fingerprint())
    other = await open_store(store.url)
    answers = await asyncio.gather(
        *(
            KeyRotation(each, ring, clock, Audit(each, ring, clock)).rotate(ORIGIN)
            for each, ring in zip((store, other), rings, strict=True)
        ),
        return_exceptions=True,
    )
    await other.close()
    assert {type(answer) for answer in answers} == {KeysRotated, KeysNotOfStore}
    winner = next(place for place, answer in enumerate(answers) if isinstance(answer, KeysRotated))
    assert files[1 - winner].read_bytes() == before
    async with store.read() as tx:
        assert await facts.get(tx, KEYS_FACT) == rings[winner].fingerprint()
    assert (await secret_of(store, rings[winner], account_id))[0] == "totp-2"
