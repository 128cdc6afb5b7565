"""What the activity costs a terminal: few bytes for an arrow key, none while nothing happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.pty_rig import GRAMMAR, Rig

DOWN, UP = "\x1b[B", "\x1b[A"
ARROW_BYTES = 400
"""The most that an arrow key may cost, what is said of the row included."""


def spent(rig: Rig, key: str, seconds: float = 0.7) -> int:
    """The bytes that a key brings."""
    before = len(rig.seen)
    rig.send(key)
    rig.read(seconds)
    return len(rig.seen) - before


@pytest.mark.parametrize(
    "size", [(60, 20), pytest.param((80, 24), marks=pytest.mark.soak, id="between"), (120, 40)]
)
def test_an_arrow_costs_at_most_four_hundred_bytes_and_rest_none(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    names = {"STRONGROOM_HOME": str(tmp_path / "home"), "STRONGROOM_BREACH_URL": "off", "TZ": "UTC"}
    with Rig("strongroom", "demo", size=size, environment=names) as rig:
        rig.wait_for("Your account", 60)
        rig.read(1)
        rig.send("[")
        rig.wait_for("in 30 days", 30)
        rig.read(1.5)
        costs = [spent(rig, key) for key in (DOWN, DOWN, DOWN, UP, DOWN)]
        assert max(costs) <= ARROW_BYTES
        assert min(costs) > 0
        assert spent(rig, "", 3) == 0
        assert GRAMMAR.fullmatch(rig.seen)
