"""The nearest of the 256 colours to the eye; Rich takes a dark grey that leans to blue for navy."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color

_FIRST = 16
"""The first whose value every terminal agrees on."""

_STEPS = (0, 95, 135, 175, 215, 255)
"""The values of red, green and blue in the cube."""

_VALUES = (
    *((red, green, blue) for red in _STEPS for green in _STEPS for blue in _STEPS),
    *((grey, grey, grey) for grey in range(8, 248, 10)),
)
"""What the numbers from the first on stand for: the cube, then the greys."""

Lab = tuple[float, float, float]
"""Lightness and the two axes of hue (CIE 1976), in which distances are those that are seen."""


@lru_cache(4096)
def nearest(color: Color) -> Color:
    """Return the colour of the 256 that looks most like one of truecolor."""
    if color.triplet is None:
        return color
    wanted = _lab(color.triplet)
    apart = [sum((a - b) ** 2 for a, b in zip(wanted, lab, strict=True)) for lab in _palette()]
    return Color.from_ansi(_FIRST + apart.index(min(apart)))


@lru_cache(1)
def _palette() -> tuple[Lab, ...]:
    """The palette as the eye sees it."""
    return tuple(_lab(value) for value in _VALUES)


def _lab(value: tuple[int, int, int]) -> Lab:
    """Red, green and blue as the eye sees them, under daylight (D65)."""
    red, green, blue = (_linear(part / 255) for part in value)
    x = _bent((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    y = _bent(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = _bent((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(part: float) -> float:
    """Undo sRGB's curve."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _bent(part: float) -> float:
    """CIE's curve of lightness."""
    return float(part ** (1 / 3)) if part > 0.008856 else 7.787 * part + 16 / 116
