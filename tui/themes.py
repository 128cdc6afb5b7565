"""Own themes: a palette, and what becomes of it with fewer colours; all else names a meaning, as `$muted`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from textual.theme import Theme

from tui.palettes import DARK, HIGH_CONTRAST, LIGHT, TERMINAL, Palette
from tui.sixteen_colors import DARK_16, HIGH_CONTRAST_16, LIGHT_16, OWN_16, Look, Sixteen, on_console

if TYPE_CHECKING:
    from security.vocabulary import Appearance


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
        Scheme(STRONGROOM_DARK, "Dark", "Bright words on ink", DARK, DARK_16, on_console(DARK_16)),
        Scheme(
            STRONGROOM_LIGHT, "Light", "Ink on paper, for bright rooms", LIGHT, LIGHT_16, on_console(DARK_16)
        ),
        Scheme(
            STRONGROOM_HIGH_CONTRAST,
            "High contrast",
            "White on black, every pair at least 7:1",
            HIGH_CONTRAST,
            HIGH_CONTRAST_16,
            on_console(HIGH_CONTRAST_16, attention=_BRIGHT, well=_BRIGHT, danger=_BRIGHT),
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
