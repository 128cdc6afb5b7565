"""What a Linux console's font lacks gets a stand-in, and what it has stays what it is."""

from __future__ import annotations

import array
import os
import pty

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.geometry import Size

from security.facts import Secret
from tui.qr_matrix import Form, matrix_of
from tui.terminal.console_font import signs_of_font, signs_of_pairs
from tui.terminal.console_glyphs import STAND_INS, ConsoleGlyphs, code_forms
from tui.widgets.qr_fit import Fit, fit, size_needed

KERNEL = frozenset("▀▄█▌▐░▒▓─│┌┐└┘├┤┬┴┼═║○►◄▲▼↓↑←→·•")
"""What the kernel's own font has of what could be drawn (GIO_UNIMAP of 6.1 in text mode and vesafb)."""

UNI2_FIXED16 = frozenset("█░▒─│┌┐└┘├┤┬┴┼═║━┃╸╺╿╭╮╰╯✗●▸◂▾▴▲▼›‹↓↑←→…−“”„‘’–—·•")
"""The same of Debian's Uni2-Fixed16."""

URI = Secret("otpauth://totp/Acme:amir@acme.example?secret=JBSWY3DPEHPK3PXPKRSXG5BAKRSXG5BA&issuer=Acme")


def drawn(text: str, font: frozenset[str] | None) -> str:
    """A line as a console with a font gets it."""
    return "".join(part.text for part in ConsoleGlyphs(font).apply([Segment(text)], Color(0, 0, 0)))


@pytest.mark.parametrize(
    ("font", "said"),
    [(KERNEL, "v x * > ○ ↓ ~"), (UNI2_FIXED16, "v ✗ ● ▸ o ↓ …"), (None, "v x * > o v ~")],
    ids=["kernel", "Uni2-Fixed16", "unknown"],
)
def test_only_what_the_font_lacks_is_replaced(font: frozenset[str] | None, said: str) -> None:
    assert drawn("✓ ✗ ● ▸ ○ ↓ …", font) == said


def test_no_stand_in_needs_one() -> None:
    assert all(other.isascii() or {other} <= KERNEL & UNI2_FIXED16 for other in STAND_INS.values())


@pytest.mark.parametrize(
    ("font", "forms"), [(KERNEL, ("halves",)), (UNI2_FIXED16, ("whole",)), (None, ("whole", "halves"))]
)
def test_the_code_is_drawn_in_half_blocks_only_where_the_font_is_known_to_have_them_or_nothing_else_fits(
    font: frozenset[str] | None, forms: tuple[Form, ...]
) -> None:
    assert code_forms(font) == forms


def test_whole_cells_find_room_on_a_frame_buffer_and_not_on_eighty_columns() -> None:
    modules = len(matrix_of(URI))
    assert fit(modules, Size(128, 48), form="whole") == Fit(4, form="whole")
    assert fit(modules, Size(80, 25), form="whole") is None
    assert fit(modules, size_needed(modules, "whole"), form="whole") == Fit(1, True, True, "whole")


def test_a_terminal_that_is_no_console_says_nothing_of_a_font() -> None:
    outer, inner = pty.openpty()
    try:
        assert signs_of_font(inner) is None
    finally:
        os.close(outer)
        os.close(inner)


def test_pairs_of_the_kernel_are_signs_and_a_font_without_a_table_is_unknown() -> None:
    assert signs_of_pairs(array.array("H", [0x2580, 223, 0x2588, 219])) == frozenset("▀█")
    assert signs_of_pairs(array.array("H")) is None
