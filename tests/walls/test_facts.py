"""What crosses the wall between rules and screens: no bare foreign text, no secret in a repr."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from datetime import UTC, datetime, timedelta

import pytest

from security import activity_facts, facts, operator_facts, origin, refusals
from security.facts import Secret

OWN_TEXT = {"id", "session_id", "batch_id"}
"""Fields of plain str that the product writes itself: ids."""

ASKED = {activity_facts.ActivityTerm}
"""What a person asks with, which is no fact: it is never shown."""

FACTS = [
    kind
    for module in (facts, activity_facts, operator_facts)
    for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
    if kind.__module__ == module.__name__ and kind not in ASKED
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_a_fact_carries_foreign_text_only_sanitised(fact: type) -> None:
    if fact is Secret:
        return
    bare = {
        name for name, kind in typing.get_type_hints(fact).items() if str in (kind, *typing.get_args(kind))
    }
    assert bare <= OWN_TEXT


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_a_fact_is_frozen_and_slotted(fact: type) -> None:
    assert fact.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(fact)


def test_a_secret_is_not_in_its_repr() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    enrolment = facts.Enrolment(
        "id", Secret("JBSWY3DP"), Secret("otpauth://JBSWY3DP"), now + timedelta(minutes=10)
    )
    where = origin.Origin(Secret("CONNECTION-CANARY"), "local", "xterm", "node", Secret("DEVICE-CANARY"))
    shown = f"{Secret('hunter2')!r} {Secret('hunter2')!s} {enrolment!r} {where!r}"
    assert "hunter2" not in shown
    assert "JBSWY3DP" not in shown
    assert "CANARY" not in shown


def test_every_refusal_has_a_tag_of_its_own() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(refusals, inspect.isclass)
        if issubclass(kind, refusals.Refusal) and kind is not refusals.Refusal
    ]
    tags = [kind.tag for kind in kinds]
    assert len(set(tags)) == len(tags)
    assert "refused" not in tags
