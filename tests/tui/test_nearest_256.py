"""The nearest of the 256 colours: what is grey in a theme stays grey, and what there is stays what it is."""

from __future__ import annotations

import pytest
from rich.color import Color

from tui.palettes import DARK, LIGHT, Palette
from tui.terminal.nearest_256 import nearest


def test_each_of_the_colours_that_terminals_agree_on_is_its_own_nearest() -> None:
    drawn = {number: Color.from_ansi(number).get_truecolor() for number in range(16, 256)}
    found = {number: nearest(Color.from_triplet(value)).get_truecolor() for number, value in drawn.items()}
    assert found == drawn


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_grounds_that_lean_to_blue_become_greys_and_not_navy(palette: Palette) -> None:
    """Rich would draw the fields of dark in #00005f: the look of everybody who comes over SSH."""
    for name in ("ground", "panel", "field", "raised", "chosen", "button", "line"):
        wanted = Color.parse(getattr(palette, name)).get_truecolor()
        got = nearest(Color.parse(getattr(palette, name))).get_truecolor()
        assert max(got) == min(got), (name, got)
        assert all(abs(a - b) <= 26 for a, b in zip(wanted, got, strict=True)), (name, got)


def test_a_field_of_the_dark_theme_is_lighter_than_the_page() -> None:
    field, page = (nearest(Color.parse(value)).get_truecolor() for value in (DARK.field, DARK.ground))
    assert min(field) > max(page)
