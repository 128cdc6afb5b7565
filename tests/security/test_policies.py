"""Policies are read strictly, and nothing weaker takes the place of a damaged one."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from security.clock import MovedClock
from security.policy import (
    BOUNDS,
    NEXTE,
    NIST,
    NIST_AAL2,
    PRESETS,
    STANDARD,
    STRICTEST,
    BadPolicy,
    Policy,
    damage_of,
    for_org,
    put,
)
from store import organisations as organisation_rows
from store import policies as policy_rows
from store.errors import Stale
from store.ids import new_id
from store.organisations import OrganisationRecord
from store.store import Store


@pytest.fixture
async def org_id(store: Store, clock: MovedClock) -> str:
    """An organisation without a policy of its own."""
    at = clock.now()
    record = OrganisationRecord(id=new_id(at), name="Acme", short_name="Acme", created_at=at)
    async with store.write(new_id(at), at) as tx:
        await organisation_rows.insert(tx, record)
    return record.id


def test_the_standard_asks_for_twelve_characters_and_three_classes() -> None:
    assert STANDARD.length_for(has_two_factor=False) == STANDARD.length_for(has_two_factor=True) == 12
    assert (STANDARD.needs_upper, STANDARD.needs_digit, STANDARD.needs_symbol) == (True, True, True)
    assert not STANDARD.needs_lower
    assert (STANDARD.lifetime, STANDARD.idle) == (timedelta(days=30), timedelta(days=7))
    assert (STANDARD.recovery_code_count, STANDARD.session_limit) == (8, 20)


def test_nist_asks_for_length_alone_and_for_less_with_two_factor() -> None:
    assert NIST.length_for(has_two_factor=False) == 15
    assert NIST.length_for(has_two_factor=True) == 8
    assert not any([NIST.needs_upper, NIST.needs_lower, NIST.needs_digit, NIST.needs_symbol])


def test_nist_aal2_ends_sessions_after_a_day_or_an_hour_of_rest() -> None:
    assert (NIST_AAL2.lifetime, NIST_AAL2.idle) == (timedelta(hours=24), timedelta(hours=1))


def test_nexte_hands_out_ten_codes() -> None:
    assert NEXTE.recovery_code_count == 10


@pytest.mark.parametrize("policy", PRESETS.values(), ids=PRESETS.keys())
def test_every_preset_survives_its_document(policy: Policy) -> None:
    assert Policy.from_json(policy.to_json()) == policy


def test_a_field_that_is_absent_has_its_default() -> None:
    assert Policy.from_json('{"minimum_length": 14}') == replace(STANDARD, minimum_length=14)


@pytest.mark.parametrize("name", BOUNDS)
def test_each_figure_is_taken_at_its_bounds_and_refused_beyond_them(name: str) -> None:
    least, greatest = BOUNDS[name]
    wide = {"lifetime_seconds": 30 * 86400, "idle_seconds": 900}
    for figure in (least, greatest):
        assert getattr(Policy.from_json(json.dumps({**wide, name: figure})), name) == figure
    wrong: list[object] = [least - 1, greatest + 1, float(least), True, str(least), [least]]
    for value in wrong:
        with pytest.raises(BadPolicy, match=name):
            Policy.from_json(json.dumps({**wide, name: value}))


def test_every_number_of_a_policy_has_bounds() -> None:
    assert {field.name for field in fields(Policy) if "int" in str(field.type)} == set(BOUNDS)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "object"),
        ('{"minimum_lenght": 12}', "minimum_lenght"),
        ('{"\\u001b[31m": 12}', "␛"),
        ('{"needs_upper": 1}', "needs_upper"),
        ('{"minimum_length": null}', "minimum_length"),
        ('{"sso_sentence": ""}', "sso_sentence"),
        ('{"sso_sentence": 7}', "sso_sentence"),
        ('{"idle_seconds": 7200, "lifetime_seconds": 3600}', "idle_seconds"),
    ],
)
def test_a_wrong_document_is_refused_and_the_field_named(document: str, words: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        Policy.from_json(document)
    assert words in str(refused.value)


def test_a_reminder_and_single_sign_on_may_be_off() -> None:
    policy = Policy.from_json('{"rotation_days": null, "sso_sentence": null}')
    assert policy.rotation_days is None
    assert not policy.requires_sso


async def test_an_organisation_without_a_policy_has_the_standard_one(store: Store, org_id: str) -> None:
    async with store.read() as tx:
        assert await for_org(tx, org_id) == STANDARD


async def test_a_policy_is_kept_as_it_was_put(store: Store, clock: MovedClock, org_id: str) -> None:
    at = clock.now()
    async with store.write(new_id(at), at) as tx:
        await put(tx, org_id, NIST, version=1, at=at, by=None)
    async with store.read() as tx:
        assert await for_org(tx, org_id) == NIST


async def test_of_two_changes_to_one_version_the_second_is_refused(
    store: Store, clock: MovedClock, org_id: str
) -> None:
    at = clock.now()
    async with store.write(new_id(at), at) as tx:
        await put(tx, org_id, NIST, version=1, at=at, by=None)
    with pytest.raises(Stale):
        async with store.write(new_id(at), at) as tx:
            await put(tx, org_id, NEXTE, version=1, at=at, by=None)


async def test_figures_out_of_bounds_are_never_kept(store: Store, clock: MovedClock, org_id: str) -> None:
    at = clock.now()
    with pytest.raises(BadPolicy):
        async with store.write(new_id(at), at) as tx:
            await put(tx, org_id, replace(STANDARD, minimum_length=4), version=1, at=at, by=None)


@pytest.mark.parametrize(
    ("document", "held"),
    [
        ("damage", STRICTEST),
        ("[]", STRICTEST),
        ('{"minimum_length": 4}', STRICTEST),
        (
            '{"minimum_length": 14, "of_tomorrow": 1, "sso_sentence": "At Acme\'s own page."}',
            replace(STRICTEST, minimum_length=14, sso_sentence="At Acme's own page."),
        ),
        (
            '{"lifetime_seconds": 7200, "idle_seconds": 9000}',
            replace(STRICTEST, lifetime_seconds=7200, idle_seconds=7200),
        ),
    ],
)
async def test_of_a_damaged_policy_what_can_be_read_holds_and_the_strictest_for_the_rest(
    store: Store, clock: MovedClock, org_id: str, document: str, held: Policy
) -> None:
    at = clock.now()
    async with store.write(new_id(at), at) as tx:
        await policy_rows.put(tx, policy_rows.PolicyRecord(org_id, 1, document, at, None))
    async with store.read() as tx:
        assert await for_org(tx, org_id) == held
        assert damage_of(await policy_rows.get(tx, org_id))
