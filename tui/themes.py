"""Own themes. The only place with colours; everything else names a meaning (`$attention`, `$muted`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from security.vocabulary import Appearance


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme by what they mean; every text on every ground has at least 4.5:1."""

    ground: str
    """Behind everything."""
    panel: str
    """The first and the last row."""
    field: str
    """A field that takes text."""
    raised: str
    """A banner."""
    chosen: str
    """A chosen row, the present room."""
    button: str
    """A plain button."""
    line: str
    """Quiet borders and rules; never text."""
    thumb: str
    """The thumb of a scroll bar; never text, and at least 3:1."""
    ink: str
    """Text."""
    muted: str
    """Secondary text."""
    accent: str
    """Where you are and what you can press."""
    attention: str
    """What wants attention."""
    well: str
    """What is well."""
    danger: str
    """What failed, and what destroys."""


DARK = Palette(
    ground="#0c0f16",
    panel="#141925",
    field="#1a2130",
    raised="#1f2736",
    chosen="#212a3b",
    button="#232c3e",
    line="#2c3548",
    thumb="#5f6b83",
    ink="#e4e9f2",
    muted="#94a0b5",
    accent="#6cd3e0",
    attention="#f2b457",
    well="#8cd67f",
    danger="#ff8088",
)
"""Dark ink."""

LIGHT = Palette(
    ground="#fbfbf9",
    panel="#eef0f2",
    field="#e9ecf0",
    raised="#e2e7ec",
    chosen="#e1e7ec",
    button="#e3e8ec",
    line="#c3cad4",
    thumb="#828c9a",
    ink="#18202c",
    muted="#4d596b",
    accent="#005f79",
    attention="#6e4200",
    well="#1c5f22",
    danger="#a5122b",
)
"""Paper."""

HIGH_CONTRAST = Palette(
    ground="#010101",
    panel="#0b0b0b",
    field="#131313",
    raised="#141414",
    chosen="#161616",
    button="#171717",
    line="#a6a6a6",
    thumb="#a8a8a8",
    ink="#fefefe",
    muted="#dcdcdc",
    accent="#5ce6ff",
    attention="#ffd24d",
    well="#7df57d",
    danger="#ffa3a3",
)
"""Black and white, and few bright colours: every pair at least 7:1."""

TERMINAL = Palette(
    ground="#000002",
    panel="#000003",
    field="#000004",
    raised="#000005",
    chosen="#000006",
    button="#000007",
    line="#000008",
    thumb="#000009",
    ink="#f0f0f2",
    muted="#f0f0f3",
    accent="#f0f0f4",
    attention="#f0f0f5",
    well="#f0f0f6",
    danger="#f0f0f7",
)
"""Stand-ins that are never sent: `OWN_16` says what the terminal draws in their place."""

CODE_LIGHT, CODE_DARK = "#ffffff", "#000000"
"""The modules of a QR code, in every theme."""

TEXTS = ("ink", "muted", "accent", "attention", "well", "danger")
"""Colours that text is written in."""

GROUNDS = ("ground", "panel", "field", "raised", "chosen", "button")
"""Colours that text is written on."""

FILLS = ("ink", "muted", "accent", "attention", "well", "danger")
"""Colours that a badge, a button or a cursor is filled with; text on them has the ground's colour."""


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
"""Black on white; no yellow or green can be read on white: states are marked as with a text marker."""

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

CONSOLE_FILLS = {
    **{"ink": Look(0, 7), "muted": Look(0, 7), "thumb": Look(0, 7), "accent": Look(0, 6)},
    **{"attention": Look(15, 3), "well": Look(0, 2), "danger": Look(15, 1)},
}
"""Fills on the Linux console, which has no bright grounds."""


def _theme(name: str, colors: Palette, *, is_dark: bool, veil: str = "70%") -> Theme:
    """Build a theme in which every colour of a stock widget is one of ours too.

    The veil lies between a dialog and the page behind it, which waits and can be read only in part.
    """
    meanings = asdict(colors)
    return Theme(
        name=name,
        primary=colors.accent,
        secondary=colors.accent,
        accent=colors.accent,
        warning=colors.attention,
        error=colors.danger,
        success=colors.well,
        foreground=colors.ink,
        background=colors.ground,
        surface=colors.ground,
        panel=colors.panel,
        boost=colors.panel,
        dark=is_dark,
        variables={
            **meanings,
            "veil": f"{colors.ground} {veil}",
            "text": colors.ink,
            "text-muted": colors.muted,
            "text-disabled": colors.muted,
            "foreground-muted": colors.muted,
            "foreground-disabled": colors.muted,
            "block-cursor-foreground": colors.ground,
            "block-cursor-background": colors.accent,
            "block-cursor-blurred-foreground": colors.ink,
            "block-cursor-blurred-background": colors.chosen,
            "block-hover-background": colors.chosen,
            "border": colors.accent,
            "border-blurred": colors.line,
            "input-cursor-background": colors.ink,
            "input-cursor-foreground": colors.ground,
            "input-selection-background": colors.accent,
            "input-selection-foreground": colors.ground,
            "screen-selection-background": colors.accent,
            "screen-selection-foreground": colors.ground,
            "scrollbar": colors.thumb,
            "scrollbar-hover": colors.muted,
            "scrollbar-active": colors.accent,
            "scrollbar-background": colors.ground,
            "scrollbar-background-hover": colors.ground,
            "scrollbar-background-active": colors.ground,
            "scrollbar-corner-color": colors.ground,
        },
    )


@dataclass(frozen=True, slots=True)
class Scheme:
    """A theme with what becomes of it where the terminal has fewer colours."""

    theme: Theme
    """What the style sheets take their colours from."""
    label: str
    """How people call it."""
    sentence: str
    """What it is like."""
    palette: Palette
    """Its colours by meaning."""
    sixteen: Sixteen
    """The same in sixteen colours."""
    console: Sixteen
    """The same on the Linux console."""
    keeps_terminal: bool = False
    """Whether no colour of ours is ever sent."""
    is_outlined: bool = False
    """Whether fields and buttons are underlined and chosen rows filled, whatever the depth."""
    meanings: Mapping[str, str] = field(init=False, repr=False)
    """What each of its colours means."""

    def __post_init__(self) -> None:
        """Turn the palette round."""
        object.__setattr__(self, "meanings", {value: name for name, value in asdict(self.palette).items()})


def _on_console(sixteen: Sixteen, **fills: Look) -> Sixteen:
    """A theme in sixteen colours where no ground is bright."""
    texts = {name: fills.get(name, look) if look.ground else look for name, look in sixteen.texts.items()}
    return Sixteen(sixteen.grounds, texts, {**CONSOLE_FILLS, **fills})


_BRIGHT = Look(0, 7)

STRONGROOM_DARK = _theme("strongroom-dark", DARK, is_dark=True)
"""The default."""

STRONGROOM_LIGHT = _theme("strongroom-light", LIGHT, is_dark=False)
"""For bright rooms."""

STRONGROOM_HIGH_CONTRAST = _theme("strongroom-high-contrast", HIGH_CONTRAST, is_dark=True, veil="100%")
"""For whoever needs more than 4.5:1."""

STRONGROOM_TERMINAL = _theme("strongroom-terminal", TERMINAL, is_dark=True, veil="100%")
"""The terminal's own colours."""

SCHEMES = {
    scheme.theme.name: scheme
    for scheme in (
        Scheme(STRONGROOM_DARK, "Dark", "Bright words on ink", DARK, DARK_16, _on_console(DARK_16)),
        Scheme(
            STRONGROOM_LIGHT, "Light", "Ink on paper, for bright rooms", LIGHT, LIGHT_16, _on_console(DARK_16)
        ),
        Scheme(
            STRONGROOM_HIGH_CONTRAST,
            "High contrast",
            "White on black, every pair at least 7:1",
            HIGH_CONTRAST,
            HIGH_CONTRAST_16,
            _on_console(HIGH_CONTRAST_16, attention=_BRIGHT, well=_BRIGHT, danger=_BRIGHT),
            is_outlined=True,
        ),
        Scheme(
            STRONGROOM_TERMINAL,
            "Terminal",
            "The colours that your terminal is set to",
            TERMINAL,
            OWN_16,
            OWN_16,
            keeps_terminal=True,
            is_outlined=True,
        ),
    )
}
"""Every theme by its name. The Linux console has no white ground: light is dark there."""

THEMES = tuple(scheme.theme for scheme in SCHEMES.values())
"""Every theme of the program; Textual's own are removed."""

NAMES = tuple(SCHEMES)
"""The names that `App.theme` takes."""


def name_for(appearance: str) -> str:
    """Return the theme that stands for an appearance."""
    return f"strongroom-{appearance}"


def appearance_of(name: str) -> Appearance:
    """Return what an account keeps for a theme."""
    from security.vocabulary import Appearance

    return Appearance(name.removeprefix("strongroom-"))
