"""Own themes: readable, distinct with few colours, and the only ones.

What is computed: dark, light and high contrast in truecolor, in the 256 colours (whose values every terminal
shares but for the first sixteen, which are never taken) and in sixteen colours, there over the palettes of
five terminals, because the sixteen are each terminal's own. What is the terminal's own: the theme that keeps
its palette. Of that one it is held that words are in the terminal's own two colours alone, as they are or
reversed, and that a colour is never but on a mark beside the word that says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import product

import pytest
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from security.vocabulary import Appearance
from tests.tui.rig_app import door
from tui import palettes, themes
from tui.palettes import FILLS, GROUNDS, TEXTS
from tui.terminal.color_depth import FewerColors, Given, detected, given
from tui.terminal.guarded_app import GuardedApp
from tui.themes import SCHEMES

DARK, LIGHT, HIGH_CONTRAST, TERMINAL = SCHEMES
"""The names of the themes."""

OURS = (DARK, LIGHT, HIGH_CONTRAST)
"""The themes whose colours are computed."""

LEAST = {DARK: 4.5, LIGHT: 4.5, HIGH_CONTRAST: 7.0}
"""The least contrast of text in each."""

VGA = (
    *("#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa"),
    *("#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"),
)
"""The sixteen colours of VGA, which the Linux console has too."""

PALETTES = {
    "xterm": (
        *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"),
        *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
    ),
    "VGA": VGA,
    "PuTTY": (
        *("#000000", "#bb0000", "#00bb00", "#bbbb00", "#0000bb", "#bb00bb", "#00bbbb", "#bbbbbb"),
        *("#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"),
    ),
    "Windows console": (
        *("#000000", "#800000", "#008000", "#808000", "#000080", "#800080", "#008080", "#c0c0c0"),
        *("#808080", "#ff0000", "#00ff00", "#ffff00", "#0000ff", "#ff00ff", "#00ffff", "#ffffff"),
    ),
    "Windows Terminal": (
        *("#0c0c0c", "#c50f1f", "#13a10e", "#c19c00", "#0037da", "#881798", "#3a96dd", "#cccccc"),
        *("#767676", "#e74856", "#16c60c", "#f9f1a5", "#3b78ff", "#b4009e", "#61d6d6", "#f2f2f2"),
    ),
}
"""The sixteen colours of five terminals as they are delivered."""

COLOURED: tuple[Given, ...] = ("truecolor", "256", "16", "console")
"""Every depth that has colours."""

PAIRS = [*product(TEXTS, GROUNDS), *(("ground", fill) for fill in FILLS)]
"""Every text on every ground, and what stands on a badge, a button, a cursor, a selection or a filled row."""


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = (value / 255 for value in Color.parse(color).rgb)
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def styled(theme: str, ink: str, ground: str, *, bold: bool = False) -> Style:
    """Return a text on a ground of a theme as a widget draws it."""
    colors = asdict(SCHEMES[theme].palette)
    return Style(color=colors[ink], bgcolor=colors[ground], bold=bold)


def drawn(theme: str, depth: Given, text: str, style: Style) -> list[Segment]:
    """Return what of a text reaches a terminal."""
    return FewerColors(depth, lambda: theme).apply([Segment(text, style)], Color(0, 0, 0))


def style_of(theme: str, depth: Given, text: str, style: Style) -> Style:
    """Return how a text without changes reaches a terminal."""
    (segment,) = drawn(theme, depth, text, style)
    assert segment.style is not None
    return segment.style


def seen(style: Style, sixteen: tuple[str, ...] = ()) -> tuple[str, str]:
    """Return the two colours that a person sees; a terminal of few colours has these sixteen.

    Bold is drawn in the bright colour, as PuTTY, xterm and the Linux console do.
    """
    assert style.color is not None
    assert style.bgcolor is not None
    if style.color.type is not ColorType.STANDARD:
        return style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
    ink, ground = style.color.number or 0, style.bgcolor.number or 0
    return sixteen[ink + 8 if style.bold and ink < 8 else ink], sixteen[ground]


@pytest.mark.parametrize("theme", OURS)
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_every_text_can_be_read_on_every_ground(theme: str, depth: Given) -> None:
    found = {pair: contrast(*seen(style_of(theme, depth, "x", styled(theme, *pair)))) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < LEAST[theme]} == {}


@pytest.mark.parametrize("theme", OURS)
@pytest.mark.parametrize("terminal", PALETTES)
def test_every_text_can_be_read_in_sixteen_colours(theme: str, terminal: str) -> None:
    found = {
        (*pair, bold): contrast(
            *seen(style_of(theme, "16", "x", styled(theme, *pair, bold=bold)), PALETTES[terminal])
        )
        for pair, bold in product(PAIRS, (False, True))
    }
    assert {pair: ratio for pair, ratio in found.items() if ratio < LEAST[theme]} == {}


def test_on_a_console_of_eight_colours_nothing_is_drawn_in_black_on_black() -> None:
    for scheme in SCHEMES.values():
        grounds = {ground % 8 for ground in scheme.console.grounds.values() if ground is not None}
        for look in scheme.console.texts.values():
            assert look.ground is not None or look.ink is None or look.ink % 8 not in grounds


@pytest.mark.parametrize("theme", OURS)
def test_every_text_can_be_read_on_the_linux_console(theme: str) -> None:
    styles = {
        (*pair, bold): style_of(theme, "console", "x", styled(theme, *pair, bold=bold))
        for pair, bold in product(PAIRS, (False, True))
    }
    grounds = {style.bgcolor.number or 0 for style in styles.values() if style.bgcolor}
    found = {pair: contrast(*seen(style, VGA)) for pair, style in styles.items()}
    assert {pair: ratio for pair, ratio in found.items() if ratio < LEAST[theme]} == {}
    assert max(grounds) < 8  # it draws a bright ground as the dark one
    assert not any(style.reverse for style in styles.values())  # reversed, its bright colours are grey


@pytest.mark.parametrize("theme", OURS)
def test_lines_of_high_contrast_are_seen_and_no_theme_writes_text_in_them(theme: str) -> None:
    palette = SCHEMES[theme].palette
    assert "line" not in TEXTS
    assert contrast(palette.line, palette.ground) >= (3 if theme == HIGH_CONTRAST else 1.4)


@pytest.mark.parametrize("theme", OURS)
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "console"])
def test_the_thumb_of_a_scroll_bar_is_seen(theme: str, depth: Given) -> None:
    palettes = {"16": list(PALETTES.values()), "console": [VGA]}.get(depth, [()])
    thumb, ground = (style_of(theme, depth, " ", styled(theme, "ink", name)) for name in ("thumb", "ground"))
    for sixteen in palettes:
        assert contrast(seen(thumb, sixteen)[1], seen(ground, sixteen)[1]) >= 3


@pytest.mark.parametrize("theme", SCHEMES)
@pytest.mark.parametrize("depth", ["16", "console"])
def test_meanings_stay_distinct_in_sixteen_colours(theme: str, depth: Given) -> None:
    meanings = ("ink", "accent", "attention", "well", "danger")
    looks = {name: str(style_of(theme, depth, "●", styled(theme, name, "ground"))) for name in meanings}
    assert len(set(looks.values())) == len(meanings), looks


@pytest.mark.parametrize("theme", SCHEMES)
def test_no_colour_of_a_theme_has_two_meanings(theme: str) -> None:
    scheme = SCHEMES[theme]
    assert len(scheme.meanings) == len(asdict(scheme.palette))
    assert not {palettes.CODE_DARK, palettes.CODE_LIGHT} & set(scheme.meanings)


def own_segments(text: str) -> Iterator[tuple[str, str, Segment]]:
    """Yield a text in every pair of the theme that keeps the terminal's palette, at every depth."""
    for depth, (ink, ground) in product(COLOURED, PAIRS):
        for segment in drawn(TERMINAL, depth, text, styled(TERMINAL, ink, ground, bold=True)):
            yield ink, ground, segment


def test_the_terminals_own_theme_writes_words_in_the_terminals_own_two_colours() -> None:
    for ink, ground, segment in own_segments("3 words"):
        style = segment.style
        assert style is not None
        assert (style.color, style.bgcolor) == (None, None), (ink, ground)
        assert bool(style.reverse) is (ground in FILLS or ground == "chosen")
        assert bool(style.underline) is (ground in ("field", "button"))
        assert not style.dim
        assert not (style.reverse and style.bold)  # on the Linux console that is grey on grey


def test_the_terminals_own_theme_colours_a_mark_and_leaves_its_word() -> None:
    for ink, ground, segment in own_segments("✗ Not done"):
        style = segment.style
        assert style is not None
        if ink in ("accent", "attention", "well", "danger") and ground not in ("chosen", *FILLS):
            assert (style.color is not None) is (segment.text == "✗"), (ink, ground, segment)
        assert style.bgcolor is None
        if style.color is not None:
            assert style.color.type is ColorType.STANDARD
            assert (style.color.number or 0) > 7 or not style.bold


def test_no_stand_in_of_the_terminals_own_theme_is_ever_sent() -> None:
    foreign = [Style(color="#123456", bgcolor="#654321"), Style(color=palettes.CODE_LIGHT, bgcolor="#000000")]
    pairs = [
        styled(TERMINAL, ink, ground)
        for ink, ground in product(SCHEMES[TERMINAL].meanings.values(), repeat=2)
    ]
    for depth, style in product(COLOURED, [*foreign, *pairs]):
        for segment in drawn(TERMINAL, depth, "▌ 1 word ", style):
            assert segment.style is not None
            codes = segment.style.render("x")
            assert "38;" not in codes, (depth, style)
            assert "48;" not in codes, (depth, style)


@pytest.mark.parametrize("theme", SCHEMES)
def test_no_colour_keeps_badges_and_fields_visible(theme: str) -> None:
    badge = style_of(theme, "none", "2FA on", styled(theme, "ground", "well", bold=True))
    field = style_of(theme, "none", "amir", styled(theme, "ink", "field"))
    text = style_of(theme, "none", "text", styled(theme, "ink", "ground"))
    assert all(style.color is None and style.bgcolor is None for style in (badge, field, text))
    assert [bool(style.reverse) for style in (badge, field, text)] == [True, False, False]
    assert [bool(style.underline) for style in (badge, field, text)] == [False, True, False]
    assert not badge.bold


def test_a_state_in_a_colour_of_its_own_ground_does_not_mark_the_blanks_around_it() -> None:
    pieces = drawn(LIGHT, "16", " ! failed  ", styled(LIGHT, "attention", "ground"))
    grounds = [
        (piece.text, piece.style.bgcolor.number) for piece in pieces if piece.style and piece.style.bgcolor
    ]
    assert grounds == [(" ", 15), ("! failed", 11), ("  ", 15)]


@pytest.mark.parametrize("theme", [LIGHT, HIGH_CONTRAST])
def test_a_border_stays_thin_where_its_words_would_have_a_ground_of_their_own(theme: str) -> None:
    danger = styled(theme, "danger", "ground")
    ground = style_of(theme, "16", "x", styled(theme, "ink", "ground"))
    assert str(style_of(theme, "16", "╭──", danger)) == str(ground)
    assert style_of(theme, "16", "failed", danger).bgcolor != ground.bgcolor


def test_what_a_veil_has_faded_can_still_be_read_in_sixteen_colours() -> None:
    style = style_of(DARK, "16", "x", Style(color="#334455", bgcolor="#0d1017"))
    assert contrast(*seen(style, PALETTES["xterm"])) >= 4.5


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
        ({"TERM": "screen.xterm-256color", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "screen", "COLORTERM": "truecolor", "STY": "1.x"}, "16"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "STY": "1.x"}, "256"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "STY": "1.x", "TMUX": "/x"}, "256"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/x"}, "truecolor"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", "STY": "1.x", "TMUX": "/x"}, "truecolor"),
    ],
)
def test_the_depth_is_the_clients(environment: dict[str, str], depth: str) -> None:
    assert detected(environment) == given("auto", environment) == depth


@pytest.mark.parametrize(
    ("wish", "environment", "depth"),
    [
        ("auto", {"TERM": "linux"}, "console"),
        ("16", {"TERM": "linux-16color"}, "console"),
        ("256", {"TERM": "linux"}, "256"),
        ("none", {"TERM": "linux"}, "none"),
        ("16", {"TERM": "xterm"}, "16"),
        ("truecolor", {"TERM": "vt100"}, "truecolor"),
    ],
)
def test_the_wish_goes_before_what_the_client_has(
    wish: str, environment: Mapping[str, str], depth: str
) -> None:
    assert given(wish, environment) == depth  # type: ignore[arg-type]


def test_stock_themes_are_gone_and_every_variable_of_ours_is_there() -> None:
    app = GuardedApp(door())
    assert set(app.available_themes) == set(themes.NAMES)
    for name in themes.NAMES:
        app.theme = name
        variables = app.get_css_variables()
        for meaning, value in asdict(SCHEMES[name].palette).items():
            assert variables[meaning] == value


def test_appearances_and_themes_stand_for_each_other() -> None:
    assert {themes.name_for(appearance) for appearance in Appearance} == set(themes.NAMES)
    for appearance in Appearance:
        assert themes.appearance_of(themes.name_for(appearance)) is appearance


def test_an_appearance_of_a_newer_program_is_drawn_as_the_default() -> None:
    assert Appearance.kept("light") is Appearance.LIGHT
    assert Appearance.kept("sepia") is Appearance.DARK
