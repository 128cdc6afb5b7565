"""What the doctor finds of a Linux console: which signs its font has, and what the QR code needs by that."""

from __future__ import annotations

from collections.abc import Set

from strongroom.doctor.findings import Finding, Mark
from tui.terminal.console_font import signs_of_font

FOR_WHOLE_QR = (113, 39)
"""What the QR code of a usual account needs where each of its modules takes two whole cells."""

FONT = "setfont Uni2-VGA14"
"""Brings Debian's font for Latin letters that has half blocks."""


def examine_font(handle: int) -> Finding:
    """What the font of a console has."""
    return font_finding(signs_of_font(handle))


def has_half_blocks(handle: int) -> bool:
    """Whether the QR code can be drawn small."""
    from tui.terminal.console_glyphs import code_forms

    return "halves" in code_forms(signs_of_font(handle))


def font_finding(font: Set[str] | None) -> Finding:
    """What a font has of what the screen and the QR code are drawn with."""
    from tui.terminal.console_glyphs import code_forms

    if font is None:
        sentence = "TERM is that of a Linux console, and this terminal does not say which signs its font has."
        mends = "Letters stand in for signs; the QR code is drawn in whole cells where there is room."
        return Finding("font", Mark.NONE, sentence, mends)
    if "halves" in code_forms(font):
        return Finding("font", Mark.WELL, f"The console's font shows {len(font)} signs, half blocks too.")
    sentence = (
        f"The console's font shows {len(font)} signs, and no half blocks: the QR code is drawn in whole cells"
        f" and needs {FOR_WHOLE_QR[0]} by {FOR_WHOLE_QR[1]}."
    )
    return Finding("font", Mark.NONE, sentence, "A font of Debian's with half blocks:", command=FONT)
