"""Own themes. The only place with colours; everything else names a meaning (`$attention`, `$muted`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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
    """A chosen row, a banner."""
    button: str
    """A plain button."""
    line: str
    """Quiet borders and rules; never text."""
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
    button="#232c3e",
    line="#2c3548",
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
    button="#e3e8ec",
    line="#c3cad4",
    ink="#18202c",
    muted="#4d596b",
    accent="#005f79",
    attention="#6e4200",
    well="#1c5f22",
    danger="#a5122b",
)
"""Paper."""

TEXTS = ("ink", "muted", "accent", "attention", "well", "danger")
"""Colours that text is written in."""

GROUNDS = ("ground", "panel", "field", "raised", "button")
"""Colours that text is written on; on a filled badge the text has the ground's colour."""

NAMED_16 = {
    "ground": 0,
    "panel": 0,
    "field": 0,
    "raised": 0,
    "button": 0,
    "line": 8,
    "ink": 15,
    "muted": 7,
    "accent": 14,
    "attention": 11,
    "well": 10,
    "danger": 9,
}
"""The terminal's sixteen colours by meaning, for both themes: few of them can be read on white."""


def _theme(name: str, colors: Palette, *, is_dark: bool) -> Theme:
    """Build a theme in which every colour of a stock widget is one of ours too."""
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
            "text": colors.ink,
            "text-muted": colors.muted,
            "text-disabled": colors.muted,
            "foreground-muted": colors.muted,
            "foreground-disabled": colors.muted,
            "block-cursor-foreground": colors.ground,
            "block-cursor-background": colors.accent,
            "block-cursor-blurred-foreground": colors.ink,
            "block-cursor-blurred-background": colors.raised,
            "block-hover-background": colors.raised,
            "border": colors.accent,
            "border-blurred": colors.line,
            "input-cursor-background": colors.ink,
            "input-cursor-foreground": colors.ground,
            "input-selection-background": colors.accent,
            "input-selection-foreground": colors.ground,
            "screen-selection-background": colors.accent,
            "screen-selection-foreground": colors.ground,
            "scrollbar": colors.line,
            "scrollbar-hover": colors.muted,
            "scrollbar-active": colors.accent,
            "scrollbar-background": colors.ground,
            "scrollbar-background-hover": colors.ground,
            "scrollbar-background-active": colors.ground,
            "scrollbar-corner-color": colors.ground,
        },
    )


STRONGROOM_DARK = _theme("strongroom-dark", DARK, is_dark=True)
"""The default."""

STRONGROOM_LIGHT = _theme("strongroom-light", LIGHT, is_dark=False)
"""For bright rooms."""

THEMES = (STRONGROOM_DARK, STRONGROOM_LIGHT)
"""Every theme of the program; Textual's own are removed."""

NAMES = tuple(theme.name for theme in THEMES)
"""The names that `App.theme` takes."""

PALETTES = {"strongroom-dark": DARK, "strongroom-light": LIGHT}
"""The colours of each theme, for the filters that know meanings."""


def name_for(appearance: Appearance) -> str:
    """Return the theme that stands for what an account keeps."""
    return f"strongroom-{appearance}"


def appearance_of(name: str) -> Appearance:
    """Return what an account keeps for a theme."""
    from security.vocabulary import Appearance

    return Appearance.LIGHT if name == "strongroom-light" else Appearance.DARK
