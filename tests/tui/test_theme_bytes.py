"""What themes send to a real terminal: within the bounds, and none of ours in the terminal's own colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from security.vocabulary import Appearance
from tests.tui.pty_rig import Rig
from tests.tui.test_sessions_bytes import DOWN, UP, walk

OURS = re.compile(rb"\x1b\[[0-9;:]*(?<![0-9])[34]8[;:]")
"""A colour by its number of 256, or by its red, green and blue."""

XTERM_16 = {"TERM": "xterm", "COLORTERM": ""}
"""A terminal of sixteen colours."""


LIKE_DARK = (Appearance.LIGHT, Appearance.HIGH_CONTRAST)
"""In sixteen colours these send the same kind of codes as the dark theme: by hand, with `make soak`."""


@pytest.mark.parametrize(
    ("appearance", "environment"),
    [
        *(pytest.param(each, {}, id=f"{each}-truecolor") for each in Appearance),
        *(
            pytest.param(each, XTERM_16, id=f"{each}-16", marks=[pytest.mark.soak] * (each in LIKE_DARK))
            for each in Appearance
        ),
    ],
)
def test_a_page_and_an_arrow_key_cost_little_in_every_theme(
    tmp_path: Path, appearance: Appearance, environment: dict[str, str]
) -> None:
    named = {**environment, "APPEARANCE": appearance.value}
    with Rig("tests.tui.sessions_rig", str(tmp_path / "home"), environment=named) as rig:
        assert 0 < walk(rig) <= 30_000
        costs = []
        for key in (DOWN, DOWN, UP, UP):
            before = len(rig.seen)
            rig.send(key)
            rig.read(0.6)
            costs.append(len(rig.seen) - before)
        assert min(costs) > 0
        assert max(costs) <= 400, costs
        sends_ours = OURS.search(rig.seen) is not None
        assert sends_ours is (appearance is not Appearance.TERMINAL and not environment)
