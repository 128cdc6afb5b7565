"""The colours of each theme by what they mean. No other module has any; `tui.themes` makes themes of them."""

from __future__ import annotations

from dataclasses import dataclass


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
