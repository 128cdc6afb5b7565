"""Canaries: after every flow, no secret is in a file, a log, a repr or a refusal (R048, R074)."""

from __future__ import annotations

import logging
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from security.activity_facts import ActivityQuery
from security.breach.screening import Screening
from security.clock import MovedClock
from security.facts import Secret, SignedIn
from security.hashing import PasswordHasher
from security.keys import KeyRing
from security.refusals import Refusal
from security.vocabulary import ExportForm
from store import accounts as account_rows
from store import recovery_codes as code_rows
from store import sessions as session_rows
from store import two_factor as two_factor_rows
from store.store import open_store
from tests import postgresql
from tests.security.acts import ACTS, Ready
from tests.security.conftest import NOON
from tests.security.people import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, an_origin
from tests.security.stores import Reused, everything_in


def secrets_in(found: object) -> set[str]:
    """The plain text of every secret within a fact."""
    if isinstance(found, Secret):
        return {found.reveal} if len(found.reveal) > 6 else set()
    if isinstance(found, tuple | list):
        return set().union(*(secrets_in(part) for part in found)) if found else set()
    if is_dataclass(found):
        return set().union(*(secrets_in(getattr(found, field.name, None)) for field in fields(found)))
    return set()


def writings(secret: str) -> set[bytes]:
    """The ways in which a secret could be written down."""
    plain = secret.replace("-", "")
    return {text.encode() for text in (secret, secret.lower(), plain, plain.lower())}


async def rows(house: House, account_id: str) -> list[object]:
    """Records that carry hashes and sealed secrets."""
    async with house.store.read() as tx:
        return [
            await account_rows.get(tx, account_id),
            *await session_rows.list_open(tx, account_id),
            await two_factor_rows.get(tx, account_id),
            await two_factor_rows.get_enrolment(tx, account_id),
            await code_rows.live_batch(tx, account_id),
        ]


def canaries_of(ready: Ready, answer: object) -> set[str]:
    """Every secret that an act was about."""
    person = ready.person
    found = {PASSWORD, OTHER_PASSWORD}
    for fact in (answer, person.signed_in, person.codes, person.origin):
        found |= secrets_in(fact)
    if person.authenticator is not None:
        found |= secrets_in(person.authenticator.secret)
    assert len(found) > 2
    return found


@pytest.mark.parametrize("name", ACTS)
async def test_no_secret_of_a_flow_is_written_down_anywhere(
    house: House, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ready = await ACTS[name].prepare(house)
    answer = await ACTS[name].perform(house, ready)
    person = ready.person
    said = [repr(answer), str(answer), repr(person.signed_in), repr(person.codes), repr(person.authenticator)]
    said += [repr(record) for record in await rows(house, person.account_id)]
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    kept = await everything_in(house.store)
    told = "\n".join([*said, logged]).encode()
    assert b"amir@acme.example" in kept
    for canary in canaries_of(ready, answer):
        for writing in writings(canary):
            assert writing not in kept
            assert writing not in told


@pytest.mark.parametrize("form", ExportForm)
async def test_no_secret_is_in_an_export(house: House, form: ExportForm) -> None:
    """After an enrolment and a sign-in in two steps."""
    ready = await ACTS["second_step"].prepare(house)
    answer = await ACTS["second_step"].perform(house, ready)
    assert isinstance(answer, SignedIn)
    flow = house.services.activity_export
    export = await flow.begin(answer.token, ActivityQuery(), ready.person.origin, form)
    written = b"".join([piece.data async for piece in export.pieces])
    assert b"auth.2fa_enabled" in written
    for canary in canaries_of(ready, answer):
        assert not any(writing in written for writing in writings(canary))


TALKED_OF = ("confirm_enrolment", "second_step", "recovery_step", "change_password", "regenerate")
"""Acts of many secrets, for the test that reads all that a server has written."""


async def test_a_server_that_writes_down_all_it_is_asked_learns_no_secret(
    keys: KeyRing, hasher: PasswordHasher, screening: Screening
) -> None:
    talkative = {**postgresql.QUICK, "log_min_messages": "info", "log_statement": "all"}
    server = postgresql.new_server(talkative)
    canaries = set()
    reused = Reused(lambda: server)
    try:
        for act in map(ACTS.__getitem__, TALKED_OF):
            store = await open_store(await reused.emptied())
            house = House(store, keys, MovedClock(NOON), hasher, screening)
            ready = await act.prepare(house)
            canaries |= canaries_of(ready, await act.perform(house, ready))
            await store.close()
        server.sql("CHECKPOINT")
        server.stop()
        kept = [b"\n".join(re.findall(rb"[ -~]{7,}", file.read_bytes())) for file in written_by(server)]
    finally:
        postgresql.discard(server)
    assert sum(b"amir@acme.example" in each for each in kept) >= 3, "it is in table, journal and log"
    for canary in canaries:
        for writing in writings(canary):
            assert not any(writing in each for each in kept)
            assert not any(writing.hex().encode() in each for each in kept)


def written_by(server: postgresql.Server) -> list[Path]:
    """The files that a server has written since it was made: log, journal and the newest database."""
    newest = max((server.data / "base").iterdir(), key=lambda each: int(each.name))
    return [server.directory / "log", *newest.iterdir(), *(server.data / "pg_wal").glob("0*")]


async def test_no_refusal_repeats_what_was_typed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    owner = await house.owner()
    await owner.enrol()
    services, origin = house.services, an_origin()
    half = await owner.half(origin)
    typed_code, typed_recovery = owner.app.wrong_code(), "ZZZZ-YYYY-XXXX-WWWW"
    asked = [
        services.sign_in.begin(owner.email, WRONG_PASSWORD, origin),
        services.sign_in.begin(owner.email, WRONG_PASSWORD + "\n", origin),
        services.sign_in.finish(half, typed_code, origin),
        services.sign_in.finish_with_recovery_code(half, typed_recovery, origin),
        services.reauthentication.prove(owner.token, WRONG_PASSWORD, typed_code, owner.origin),
        services.passwords.change(
            owner.token, PASSWORD, WRONG_PASSWORD[:8], WRONG_PASSWORD[:8], None, origin
        ),
        services.two_factor.disable(owner.token, WRONG_PASSWORD, typed_code, owner.origin),
        services.accounts.view(Secret("a-token-of-nobody")),
    ]
    said = []
    for act in asked:
        with pytest.raises(Refusal) as refusal:
            await act
        said.append(f"{refusal.value!r} {refusal.value!s} {refusal.value.args!r}")
    said += [f"{event.reason} {event.details}" for event in await owner.events()]
    said += [mail.facts for mail in await house.mail()]
    said += [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
    told = "\n".join(said)
    for typed in (WRONG_PASSWORD, WRONG_PASSWORD[:8], typed_recovery, "ZZZZYYYY", "a-token-of-nobody"):
        assert typed not in told
