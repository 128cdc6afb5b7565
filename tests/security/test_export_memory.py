"""A million events are exported in bounded memory, on every engine (R079)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVENTS = 1_000_000
MOST_MIB = 64
"""What an export may take above what the program had before it."""


@pytest.mark.soak
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_million_events_take_no_more_memory_than_a_few(store_url: str, tmp_path: Path, form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.exporting", store_url, str(tmp_path), str(EVENTS), form],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    print(f"\n{form}, {store_url.partition(':')[0]}: {found}")
    assert found["total"] > EVENTS
    assert found["lines"] == found["total"] + (form == "csv")
    assert found["mib"] <= MOST_MIB
