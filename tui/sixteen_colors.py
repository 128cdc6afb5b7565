"""What themes are drawn in where a terminal has sixteen colours, by number: the shades are the terminal's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.palettes import FILLS, GROUNDS


@dataclass(frozen=True, slots=True)
class Look:
    """How something is drawn with the terminal's own colours; None is what the terminal writes by itself."""

    ink: int | None = None
    """The number of the text's colour."""
    ground: int | None = None
    """The number of the colour behind it."""
    is_reverse: bool = False
    """Whether the terminal changes the two over."""
    is_dim: bool = False
    """Whether it is drawn faintly; never text."""


@dataclass(frozen=True, slots=True)
class Sixteen:
    """A theme in the terminal's sixteen colours."""

    grounds: Mapping[str, int | None]
    """What is behind text."""
    texts: Mapping[str, Look]
    """What text is written in; a ground of its own goes before the one that it stands on."""
    fills: Mapping[str, Look]
    """A badge, a button, a cursor: its text and its ground."""
    colours_marks_alone: bool = False
    """Whether letters and digits keep the terminal's own colour, so that they can be read on any ground."""


def _inks(**numbers: int | None) -> dict[str, Look]:
    """Texts that stand on whatever ground is there."""
    return {name: Look(number) for name, number in numbers.items()}


_BLACK = dict.fromkeys(GROUNDS, 0)

DARK_16 = Sixteen(
    grounds=_BLACK,
    texts=_inks(ink=15, muted=7, accent=14, attention=11, well=10, danger=9, line=8, thumb=7),
    fills={
        **{"ink": Look(0, 15), "muted": Look(0, 7), "thumb": Look(0, 7), "accent": Look(0, 14)},
        **{"attention": Look(0, 11), "well": Look(0, 10), "danger": Look(0, 9)},
    },
)
"""Bright colours on black."""

LIGHT_16 = Sixteen(
    grounds={**dict.fromkeys(GROUNDS, 7), "ground": 15},
    texts={
        **_inks(ink=0, muted=0, accent=4, line=8, thumb=8),
        **{"attention": Look(0, 11), "well": Look(0, 10), "danger": Look(15, 1)},
    },
    fills={
        **{"ink": Look(15, 0), "muted": Look(15, 0), "thumb": Look(15, 8), "accent": Look(15, 4)},
        **{"attention": Look(0, 11), "well": Look(0, 10), "danger": Look(15, 1)},
    },
)
"""Black on white, on which yellow and green cannot be read: states are marked as with a text marker."""

HIGH_CONTRAST_16 = Sixteen(
    grounds=_BLACK,
    texts={
        **_inks(ink=15, muted=7, accent=14, attention=11, well=10, line=7, thumb=7),
        "danger": Look(0, 15),
    },
    fills={
        **{"ink": Look(0, 15), "muted": Look(0, 7), "thumb": Look(0, 7), "accent": Look(0, 14)},
        **{"attention": Look(0, 11), "well": Look(0, 10), "danger": Look(0, 15)},
    },
)
"""As in the dark; no terminal's red has 7:1 on black, so that what failed is black on white."""

OWN_16 = Sixteen(
    grounds=dict.fromkeys(GROUNDS),
    texts={
        **_inks(ink=None, muted=None, accent=12, attention=3, well=2, danger=9, thumb=None),
        "line": Look(is_dim=True),
    },
    fills=dict.fromkeys((*FILLS, "thumb"), Look(is_reverse=True)),
    colours_marks_alone=True,
)
"""What the person has set up: text in the terminal's own colour, badges and chosen rows by reverse."""

BRIGHT_BLACK, GREY = 8, 7

CONSOLE_FILLS = {
    **{"ink": Look(0, 7), "muted": Look(0, 7), "thumb": Look(0, 7), "accent": Look(0, 6)},
    **{"attention": Look(15, 3), "well": Look(0, 2), "danger": Look(15, 1)},
}
"""Fills on the Linux console, which has no bright grounds."""


def on_console(sixteen: Sixteen, **fills: Look) -> Sixteen:
    """A theme in sixteen colours where no ground is bright, and bright black may be black.

    With a font of 512 signs, text mode has eight colours: 9 to 15 are 1 to 7 then, and 8 is black on black.
    """
    texts = {name: fills.get(name, look) if look.ground else look for name, look in sixteen.texts.items()}
    texts = {name: Look(GREY) if look == Look(BRIGHT_BLACK) else look for name, look in texts.items()}
    return Sixteen(sixteen.grounds, texts, {**CONSOLE_FILLS, **fills})
