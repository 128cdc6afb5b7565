"""What a camera reads of the QR code: exactly the URI, in every colour depth, palette and margin."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from textual.app import App, ComposeResult
from textual.color import Color
from textual.geometry import Region, Size

from security.facts import Secret
from tests.stories.picture import XTERM
from tests.tui.qr_readers import picture_of, zbar_reads, zxing_reads
from tui.qr_matrix import Form, TooMuchForCode, lines_of, matrix_of
from tui.terminal.color_depth import FewerColors, Given
from tui.themes import SCHEMES
from tui.widgets.qr_code import LARGER_MARGINS, QrCode, best_margin, next_margin, size_of, strip_of

KEY = "JBSWY3DPEHPK3PXPKRSXG5BAKRSXG5BA"
FIVE = f"otpauth://totp/Acme:amir@acme.example?secret={KEY}&issuer=Acme"
LONGEST_FIVE = FIVE.replace("amir", "amir.the.magnificent1")
SIX = FIVE.replace("amir", "amir.the.magnificent.and.the.wise")
SEVEN = FIVE.replace("amir", "a" * 60)

LIGHT = TerminalTheme(
    (250, 250, 250), (20, 20, 20), [(0, 0, 0)] * 7 + [(229, 229, 229)], [(102,) * 3] * 7 + [(255,) * 3]
)
"""A terminal of dark ink on a light ground."""

SWAPPED = TerminalTheme((250, 240, 200), (40, 40, 40), [(251, 241, 199)] * 8, [(60, 56, 54)] * 8)
"""A light palette whose black is bright and whose bright white is dark, as Gruvbox light has it."""

SOLARIZED = TerminalTheme((0, 43, 54), (131, 148, 150), [(7, 54, 66)] * 8, [(253, 246, 227)] * 8)
"""A dark palette whose black and white are neither."""


TRUECOLOR = Console(force_terminal=True, color_system="truecolor")
"""Every console of ours is of this depth; what a terminal lacks is taken from each style before."""


def shown(
    uri: str,
    margin: int,
    depth: Given,
    *,
    is_inverted: bool = False,
    theme: str = "strongroom-dark",
    form: Form = "halves",
) -> list[str]:
    """The lines that reach a terminal of a colour depth in a theme."""
    lines = lines_of(matrix_of(Secret(uri)), margin, form=form, is_inverted=is_inverted)
    strips = [strip_of(line) for line in lines]
    fewer = FewerColors(depth, lambda: theme)
    strips = [strip.apply_filter(fewer, Color(0, 0, 0)) for strip in strips]
    return [strip.render(TRUECOLOR) for strip in strips]


@pytest.mark.parametrize("depth", ["console", "none"])
def test_both_readers_read_it_in_whole_cells_where_the_font_has_no_half_blocks(depth: Given) -> None:
    lines = shown(FIVE, 2, depth, form="whole")
    assert not set("".join(lines)) & {"▀", "▄"}
    assert (Text.from_ansi(lines[0]).cell_len, len(lines)) == size_of(37, 2, "whole") == Size(82, 41)
    assert zxing_reads(picture_of(lines)) == zbar_reads(picture_of(lines)) == [FIVE]


@pytest.mark.parametrize("margin", LARGER_MARGINS)
@pytest.mark.parametrize("uri", [FIVE, LONGEST_FIVE, SIX], ids=["five", "longest five", "six"])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_both_readers_read_exactly_the_uri(uri: str, margin: int, depth: Given) -> None:
    picture = picture_of(shown(uri, margin, depth))
    assert zxing_reads(picture) == [uri]
    assert zbar_reads(picture) == [uri]


@pytest.mark.parametrize("theme", SCHEMES)
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "console", "none"])
def test_both_readers_read_it_in_every_theme(theme: str, depth: Given) -> None:
    picture = picture_of(shown(FIVE, 2, depth, theme=theme))
    assert zxing_reads(picture) == [FIVE]
    assert zbar_reads(picture) == [FIVE]


@pytest.mark.parametrize("palette", [LIGHT, SOLARIZED], ids=["light", "solarized"])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_with_colours_the_terminals_own_ground_plays_no_part(palette: TerminalTheme, depth: Given) -> None:
    assert zxing_reads(picture_of(shown(FIVE, 2, depth), palette)) == [FIVE]


def test_without_colours_on_a_light_ground_it_is_read_once_inverted() -> None:
    assert zxing_reads(picture_of(shown(FIVE, 2, "none"), LIGHT)) == []
    assert zxing_reads(picture_of(shown(FIVE, 2, "none", is_inverted=True), LIGHT)) == [FIVE]


def test_with_black_and_white_swapped_in_the_palette_it_is_read_once_inverted() -> None:
    assert zxing_reads(picture_of(shown(FIVE, 2, "16"), SWAPPED)) == []
    assert zxing_reads(picture_of(shown(FIVE, 2, "16", is_inverted=True), SWAPPED)) == [FIVE]


def test_both_colours_of_every_cell_are_explicit() -> None:
    for line in lines_of(matrix_of(Secret(FIVE)), 2):
        for segment in strip_of(line):
            assert segment.style is not None
            assert segment.style.color is not None
            assert segment.style.bgcolor is not None


def test_a_uri_of_106_bytes_is_version_5_and_takes_41_by_21_cells_with_a_margin_of_2() -> None:
    assert len(LONGEST_FIVE) == 106
    assert len(matrix_of(Secret(LONGEST_FIVE))) == 37
    assert size_of(37, 2) == Size(41, 21)


def test_one_more_byte_is_version_6_and_fits_22_rows_with_a_margin_of_1() -> None:
    assert len(matrix_of(Secret(LONGEST_FIVE.replace("amir", "amirs")))) == 41
    assert size_of(41, 1) == Size(43, 22)


def test_a_uri_above_version_6_is_refused_without_telling_it() -> None:
    with pytest.raises(TooMuchForCode, match=re.escape(f"{len(SEVEN)} bytes need version 7")):
        matrix_of(Secret(SEVEN))


@pytest.mark.parametrize(
    ("room", "margin"),
    [
        ((45, 23), 4),
        ((44, 23), 2),
        ((80, 21), 2),
        ((41, 21), 2),
        ((40, 21), 1),
        ((39, 20), 1),
        ((38, 40), None),
    ],
)
def test_the_margin_is_the_widest_that_the_room_has_and_never_0(
    room: tuple[int, int], margin: int | None
) -> None:
    assert best_margin(37, Size(*room)) == margin


def test_a_larger_margin_is_offered_only_where_it_fits() -> None:
    assert next_margin(37, Size(80, 24), 2) == 4
    assert next_margin(37, Size(80, 22), 2) is None
    assert next_margin(37, Size(120, 40), 4) == 8
    assert next_margin(37, Size(120, 40), 8) is None


class Wall(App[None]):
    """Nothing but a QR code."""

    def compose(self) -> ComposeResult:
        """The code, without a pattern yet."""
        yield QrCode()


async def test_the_widget_has_the_size_of_its_pattern_and_none_once_it_was_dropped() -> None:
    app = Wall()
    async with app.run_test(size=(80, 24)) as pilot:
        code = app.query_one(QrCode)
        code.matrix = matrix_of(Secret(FIVE))
        await pilot.pause()
        assert code.region == Region(0, 0, 41, 21)
        code.margin = 1
        await pilot.pause()
        assert code.region == Region(0, 0, 39, 20)
        code.matrix = ()
        await pilot.pause()
        assert code.region.area == 0
        assert code.render_line(0).text.strip() == ""


async def test_what_the_widget_draws_is_read_and_what_it_drew_first_is_gone() -> None:
    app = Wall()
    async with app.run_test(size=(80, 24)) as pilot:
        code = app.query_one(QrCode)
        code.matrix = matrix_of(Secret(FIVE))
        await pilot.pause()
        code.matrix = matrix_of(Secret(SIX))
        code.margin = 1
        await pilot.pause()
        strips = code.render_lines(Region(0, 0, *code.size))
        assert zxing_reads(picture_of([strip.render(TRUECOLOR) for strip in strips], XTERM)) == [SIX]


def test_importing_the_widget_does_not_import_the_library() -> None:
    program = "import sys, tui.widgets.qr_code; sys.exit('qrcode' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
