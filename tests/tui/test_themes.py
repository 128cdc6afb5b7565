"""Own themes: readable, distinct with few colours, and the only ones."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from security.vocabulary import Appearance
from tests.tui.rig_app import door
from tui import themes
from tui.terminal.color_depth import detected, filters_for
from tui.terminal.guarded_app import GuardedApp
from tui.themes import DARK, GROUNDS, LIGHT, NAMED_16, TEXTS, Palette

XTERM_16 = (
    *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"),
    *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
)
"""The sixteen colours of an xterm."""


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = (value / 255 for value in Color.parse(color).rgb)
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_can_be_read_on_every_ground(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("fill", ["accent", "attention", "well", "danger", "ink"])
def test_the_ground_can_be_read_on_every_filled_word(palette: Palette, fill: str) -> None:
    assert contrast(palette.ground, getattr(palette, fill)) >= 4.5


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_256_colours_can_be_read_too(palette: Palette, text: str, ground: str) -> None:
    def nearest(color: str) -> str:
        triplet = RichColor.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        return triplet.hex

    assert contrast(nearest(getattr(palette, text)), nearest(getattr(palette, ground))) >= 4.5


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_sixteen_colours_can_be_read_on_an_xterm(text: str, ground: str) -> None:
    assert contrast(XTERM_16[NAMED_16[text]], XTERM_16[NAMED_16[ground]]) >= 4.5


def test_meanings_stay_distinct_in_sixteen_colours() -> None:
    assert len({NAMED_16[name] for name in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_the_filter_writes_meanings_in_sixteen_colours(palette: Palette) -> None:
    (reduce,) = filters_for("16")
    drawn = set()
    for name in TEXTS:
        (segment,) = reduce.apply(
            [Segment("x", Style.parse(f"{getattr(palette, name)} on {palette.ground}"))], Color(0, 0, 0)
        )
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.number == NAMED_16[name]
        drawn.add(segment.style.render("x"))
    assert len(drawn) == len(TEXTS)


def test_no_colour_keeps_badges_and_fields_visible() -> None:
    (plain,) = filters_for("none")
    badge = Segment("2FA on", Style.parse(f"bold {DARK.ground} on {DARK.well}"))
    field = Segment("amir", Style.parse(f"{DARK.ink} on {DARK.field}"))
    text = Segment("text", Style.parse(f"{DARK.ink} on {DARK.ground}"))
    drawn = [segment.style for segment in plain.apply([badge, field, text], Color(0, 0, 0))]
    assert all(style is not None and style.color is None and style.bgcolor is None for style in drawn)
    assert [bool(style.reverse) for style in drawn if style] == [True, False, False]
    assert [bool(style.underline) for style in drawn if style] == [False, True, False]


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_the_depth_is_the_clients(environment: dict[str, str], depth: str) -> None:
    assert detected(environment) == depth


def test_stock_themes_are_gone_and_every_variable_of_ours_is_there() -> None:
    app = GuardedApp(door())
    assert set(app.available_themes) == set(themes.NAMES)
    for name in themes.NAMES:
        app.theme = name
        variables = app.get_css_variables()
        for meaning, value in asdict(themes.PALETTES[name]).items():
            assert variables[meaning] == value


def test_appearances_and_themes_stand_for_each_other() -> None:
    for appearance in (Appearance.DARK, Appearance.LIGHT):
        assert themes.appearance_of(themes.name_for(appearance)) is appearance
