"""Fifty processes with one code: exactly one gets in, and the store is in nobody's way (R033, R044)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["totp", "recovery_code"])
def test_one_code_in_fifty_processes_lets_exactly_one_in(kind: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.raced", kind, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert Counter(json.loads(done.stdout)) == {"SignedIn": 1, "CodeRejected": 49}
