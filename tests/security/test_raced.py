"""One code in many processes: exactly one gets in, and the store is in nobody's way (R033, R044)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


KINDS = ["totp", "recovery_code"]
ROUNDS = 200


def run(program: str, *arguments: str) -> Any:
    """Run a program of these tests, and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.security.{program}", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{program} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_one_code_in_fifty_processes_lets_exactly_one_in(kind: str, unmade_url: str) -> None:
    ends = Counter(run("raced", kind, unmade_url))
    if unmade_url.startswith("postgresql:"):
        ends["CodeRejected"] += ends.pop("Unavailable", 0)  # a server lets nobody wait for long
    assert ends == {"SignedIn": 1, "CodeRejected": 49}


@pytest.mark.parametrize("kind", KINDS)
def test_one_code_in_two_processes_lets_exactly_one_in_in_each_of_two_hundred_rounds(
    kind: str, unmade_url: str
) -> None:
    found = run("rounds", kind, unmade_url, str(ROUNDS))
    rounds = Counter(tuple(sorted(ends)) for ends in zip(*found["ends"], strict=True))
    assert rounds == {("CodeRejected", "SignedIn"): ROUNDS}
    assert found["signed_in"] == ROUNDS
    assert found["is_whole"]
