"""Canaries: after every flow, no secret is in a file, a log, a repr or a refusal (R048, R074)."""

from __future__ import annotations

import logging
from dataclasses import fields, is_dataclass

import pytest

from security.facts import Secret
from security.refusals import Refusal
from store import accounts as account_rows
from store import recovery_codes as code_rows
from store import sessions as session_rows
from store import two_factor as two_factor_rows
from tests.security.acts import ACTS
from tests.security.people import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, an_origin
from tests.security.stores import everything_in


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
    canaries = {PASSWORD, OTHER_PASSWORD}
    for fact in (answer, person.signed_in, person.codes, person.origin):
        canaries |= secrets_in(fact)
    if person.authenticator is not None:
        canaries |= secrets_in(person.authenticator.secret)
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    kept = await everything_in(house.store)
    told = "\n".join([*said, logged]).encode()
    assert len(canaries) > 2
    assert b"amir@acme.example" in kept
    for canary in canaries:
        for writing in writings(canary):
            assert writing not in kept
            assert writing not in told


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
