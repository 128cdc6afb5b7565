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


def test_the_first_screen_inside_is_painted_once(rig: Rig) -> None:
    assert rig.seen.count("▣ Strongroom".encode()) == 1
    assert rig.seen.count(b"Your account") == 1
    first = len(rig.seen)
    assert cost(rig, CTRL_L) > first / 2  # two such paintings would be more than what came at the beginning
    assert GRAMMAR.fullmatch(rig.seen)


def test_another_page_costs_less_than_ten_thousand_bytes(rig: Rig) -> None:
    costs = [cost(rig, key) for key in "]]]][1]2"]
    assert min(costs) > 0
    assert max(costs) < 10_000, costs
    assert rig.seen.count("▣ Strongroom".encode()) == 1  # what all pages share is left alone


def test_going_from_field_to_field_paints_the_fields_alone(rig: Rig) -> None:
    cost(rig, "1")
    costs = [cost(rig, "\t") for _ in range(5)]
    assert min(costs) > 0
    assert max(costs) <= FOCUS_BYTES, costs


def test_redrawing_paints_everything_again(rig: Rig) -> None:
    cost(rig, "\t")
    before = rig.seen.count("▣ Strongroom".encode())
    assert cost(rig, CTRL_L) > 2_000
    assert rig.seen.count("▣ Strongroom".encode()) == before + 1


def test_an_arrow_on_the_overview_lights_two_titles(rig: Rig) -> None:
    costs = [cost(rig, key) for key in ("\x1b[B", "\x1b[B", "\x1b[A")]
    assert min(costs) > 0
    assert max(costs) <= 400, costs
