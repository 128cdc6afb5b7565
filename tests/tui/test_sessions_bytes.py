"""What the sessions page costs the terminal, and that nothing foreign in it reaches one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.pty_rig import GRAMMAR, Rig

DOWN, UP = "\x1b[B", "\x1b[A"
SIZES = ((60, 20), (80, 24), (120, 40))


def walk(rig: Rig) -> int:
    """Go from the Overview to General and on to its sessions; how many bytes the last step cost."""
    rig.wait_for("Your account", 30)
    rig.read(1.0)
    rig.send("1")
    rig.wait_for("Save name")
    rig.read(1.0)
    before = len(rig.seen)
    rig.send("]")
    rig.wait_for("Kitchen laptop")
    rig.read(1.0)
    return len(rig.seen) - before


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """A person with five sessions, on the Overview."""
    with Rig("tests.tui.sessions_rig", str(tmp_path / "home"), size=request.param) as rig:
        yield rig


def test_page_arrow_and_rest_cost_little_and_hostile_clients_places_and_names_are_inert(rig: Rig) -> None:
    assert 0 < walk(rig) <= 30_000
    costs = []
    for key in (DOWN, DOWN, DOWN, UP, UP, UP):
        before = len(rig.seen)
        rig.send(key)
        rig.read(0.4)
        costs.append(len(rig.seen) - before)
    assert min(costs) > 0
    assert max(costs) <= 400, costs  # where the list need not scroll
    before = len(rig.seen)
    rig.read(3.0)
    assert rig.seen[before:] == b""
    for keys in ("\x1b[F", "\r", "\x1b", "x", "\x1b", "o", "\x1b", "n", "\x1b"):  # list, details and dialogs
        rig.send(keys)
        rig.read(0.5)
    found = GRAMMAR.match(rig.seen)
    end = found.end() if found else 0
    assert end == len(rig.seen), rig.seen[max(0, end - 40) : end + 40]
    assert b"evil" in rig.seen
