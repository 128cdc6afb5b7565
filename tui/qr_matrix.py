"""The pattern of a QR code and its lines of blocks, for whoever shows one; imports nothing heavy.

Two modules share a cell. The LIGHT modules are the ink: `█` both light, `▀` the upper, `▄` the lower, a blank
for none. Where a font has no half blocks, a module is two whole cells side by side. ISO/IEC 18004 asks for
four light modules around the pattern; two or one are read too, none is not.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from security.secret import Secret

Matrix: TypeAlias = tuple[tuple[bool, ...], ...]
"""Square rows of modules without a quiet zone, True where dark."""

Form: TypeAlias = Literal["halves", "whole"]
"""Two modules in a cell, one above the other, or one module in two cells."""

GREATEST_VERSION = 6
"""41 modules: the largest that an 80x24 terminal has room for."""

MARGINS = (4, 2, 1)
"""Quiet zones in modules, the one of the standard first."""

_GLYPHS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""A cell by whether its upper and its lower module are light."""


class TooMuchForCode(ValueError):
    """The text needs a version above six, which no small terminal can show."""


def matrix_of(uri: Secret) -> Matrix:
    """Make the smallest matrix at level L for an `otpauth` URI.

    It blocks for 0.1 s the first time: call it in a thread.

    Raises:
        TooMuchForCode: where the URI is longer than 134 bytes.
    """
    # Here, because importing it takes a third of the first paint and most visits never need it.
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=0)
    code.add_data(uri.reveal.encode(), optimize=0)
    if code.best_fit() > GREATEST_VERSION:
        raise TooMuchForCode(f"{len(uri.reveal)} bytes need version {code.version}")
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def cells_of(modules: int, margin: int, form: Form = "halves") -> tuple[int, int]:
    """Tell the columns and rows that a pattern of so many modules takes with its quiet zone."""
    side = modules + 2 * margin
    return (side, (side + 1) // 2) if form == "halves" else (2 * side, side)


def lines_of(matrix: Matrix, margin: int, *, form: Form = "halves", is_inverted: bool = False) -> list[str]:
    """Draw the matrix and its quiet zone as lines; an odd side of halves ends in one more quiet row."""
    side = len(matrix) + 2 * margin
    quiet = (False,) * side
    edge = (False,) * margin
    rows = [quiet] * margin + [edge + row + edge for row in matrix] + [quiet] * margin
    if form == "whole":
        return ["".join("██" if dark is is_inverted else "  " for dark in row) for row in rows]
    rows += [quiet] * (side % 2)
    return [
        "".join(
            _GLYPHS[upper is is_inverted, lower is is_inverted]
            for upper, lower in zip(top, bottom, strict=True)
        )
        for top, bottom in zip(rows[::2], rows[1::2], strict=True)
    ]
