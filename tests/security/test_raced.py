"""One code in many processes: exactly one gets in, and the store is in nobody's way (R033, R044)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.security.forked import found_by

KINDS = ["totp", "recovery_code"]
ROUNDS = [50, pytest.param(200, marks=pytest.mark.soak)]
"""How often two processes race for a code: in the suite, and in `make soak`."""


@pytest.mark.parametrize("kind", KINDS)
def test_one_code_in_fifty_processes_lets_exactly_one_in(kind: str, unmade_url: str) -> None:
    ends = Counter(found_by("raced", kind, unmade_url))
    if unmade_url.startswith("postgresql:"):
        ends["CodeRejected"] += ends.pop("Unavailable", 0)  # a server lets nobody wait for long
    assert ends == {"SignedIn": 1, "CodeRejected": 49}


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("kind", KINDS)
def test_one_code_in_two_processes_lets_exactly_one_in_in_every_round(
    kind: str, rounds: int, unmade_url: str
) -> None:
    found = found_by("rounds", kind, unmade_url, str(rounds))
    ends = Counter(tuple(sorted(both)) for both in zip(*found["ends"], strict=True))
    assert ends == {("CodeRejected", "SignedIn"): rounds}
    assert found["signed_in"] == rounds
    assert found["is_whole"]
