"""A primary dies and its synchronous standby takes over: nothing is lost, nothing is spent twice (R110)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def failed_over(directory: Path, how: str, seconds: float, people: int) -> dict[str, Any]:
    """Let people live through it, and give what was found."""
    directory.chmod(0o700)
    with (directory / "errors").open("w+") as errors, (directory / "found").open("w+") as found:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.security.failing_over",
                str(directory),
                how,
                str(seconds),
                str(people),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=found,
            stderr=errors,
            timeout=180,
            check=False,
        )
        errors.seek(0)
        assert done.returncode == 0, errors.read()[-4000:]
        found.seek(0)
        return dict(json.load(found))


def require_whole(found: dict[str, Any]) -> None:
    """Nothing acknowledged is lost, nothing is spent twice, and every door stood to the end."""
    assert found["lost"] == []
    assert found["twice"] == []
    assert found["audit is whole"]
    assert not any(found["doors"])


def test_everybody_is_served_again_and_nothing_acknowledged_is_lost_or_spent_twice(tmp_path: Path) -> None:
    require_whole(failed_over(tmp_path, "kill", 0, people=6))


@pytest.mark.soak
@pytest.mark.parametrize("how", ["kill", "pause"])
def test_nobody_waits_for_more_than_ten_seconds(how: str, tmp_path: Path) -> None:
    found = failed_over(tmp_path, how, 10, people=20)
    print({name: value for name, value in found.items() if name not in ("lost", "twice")})
    require_whole(found)
    assert found["nobody served for"] <= 10
