"""What it costs the terminal to come inside, to go from page to page, and to go from field to field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.pty_rig import GRAMMAR, Rig

SIZES = ((60, 20), (80, 24), (120, 40))
FOCUS_BYTES = 1_000
"""The most that going on to the next field may cost: two fields, their labels, and the footer."""

CTRL_L = "\x0c"

NAME = "▣ Strongroom".encode()
"""What stands in the first row of every page."""


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """A person who begins inside, on the Overview, once everything has been painted."""
    with Rig("tests.tui.sessions_rig", str(tmp_path / "home"), size=request.param) as rig:
        rig.wait_for("Your account", 30)
        settle(rig)
        yield rig


def settle(rig: Rig) -> None:
    """Read until nothing has come for a while."""
    before = -1
    while before != len(rig.seen):
        before = len(rig.seen)
        rig.read(0.6)


def cost(rig: Rig, key: str) -> int:
    """The bytes that a key brings, everything that follows from it included."""
    before = len(rig.seen)
    rig.send(key)
    for _ in range(100):  # a busy machine takes its time
        if len(rig.seen) > before:
            break
        rig.read(0.1)
    settle(rig)
    return len(rig.seen) - before


def test_the_first_screen_is_painted_once_and_then_what_changes_alone_until_a_redraw(rig: Rig) -> None:
    assert rig.seen.count(NAME) == 1
    assert rig.seen.count(b"Your account") == 1
    first = len(rig.seen)
    costs = [cost(rig, key) for key in "]]]][1]2"]
    assert min(costs) > 0
    assert max(costs) < 10_000, costs
    assert rig.seen.count(NAME) == 1  # what all pages share is left alone
    costs = [cost(rig, key) for key in ("\x1b[B", "\x1b[B", "\x1b[A")]  # an arrow lights two titles
    assert min(costs) > 0
    assert max(costs) <= 400, costs
    redrawn = cost(rig, CTRL_L)
    assert redrawn > max(2_000, first / 2)  # two paintings would be more than what came at the beginning
    assert rig.seen.count(NAME) == 2
    cost(rig, "1")
    costs = [cost(rig, "\t") for _ in range(5)]
    assert min(costs) > 0
    assert max(costs) <= FOCUS_BYTES, costs
    assert cost(rig, CTRL_L) > 2_000
    assert rig.seen.count(NAME) == 3
    assert GRAMMAR.fullmatch(rig.seen)
