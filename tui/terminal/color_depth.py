"""How many colours a terminal gets: the console stays at truecolor, a filter for each app downgrades.

Rich caches the codes of a style for the first console that renders it, so a console of its own depth
would show one person's colours to another in the same process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.door import ColorDepth
from tui.themes import NAMED_16, PALETTES

_MEANING_OF = {value: name for palette in PALETTES.values() for name, value in asdict(palette).items()}
_FILLS = frozenset(
    value for value, name in _MEANING_OF.items() if name in ("ink", "accent", "attention", "well", "danger")
)
_FIELDS = frozenset(value for value, name in _MEANING_OF.items() if name in ("field", "button"))


def detected(environment: Mapping[str, str]) -> ColorDepth:
    """Return how many colours a client's terminal has, by NO_COLOR, COLORTERM and TERM of its own."""
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR"):
        return "none"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith(
        ("-direct", "-truecolor")
    ):
        return "truecolor"
    if term in ("alacritty", "foot", "xterm-kitty", "xterm-ghostty", "wezterm"):
        return "truecolor"
    if term.endswith("-256color"):
        return "256"
    if term in ("vt100", "vt102", "vt220", "xterm-mono"):
        return "none"
    return "16"


def filters_for(depth: ColorDepth) -> list[LineFilter]:
    """Return the filters that bring truecolor down to a depth."""
    match depth:
        case "256":
            return [FewerColors(_in_256)]
        case "16":
            return [FewerColors(_in_16)]
        case "none":
            return [NoColors()]
        case _:
            return []


class FewerColors(LineFilter):
    """Replaces every colour by one that the terminal has."""

    def __init__(self, reduce: Callable[[Style], Style]) -> None:
        """Keep how a colour is reduced."""
        super().__init__()
        self._reduce = reduce

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Reduce the colours of a line."""
        reduce = self._reduce
        return [
            segment
            if segment.style is None
            else Segment(segment.text, reduce(segment.style), segment.control)
            for segment in segments
        ]


class NoColors(LineFilter):
    """Takes all colour away; a filled ground becomes reverse, a field and a button are underlined."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Take the colours of a line away."""
        return [
            segment
            if segment.style is None
            else Segment(segment.text, _plain(segment.style), segment.control)
            for segment in segments
        ]


@lru_cache(4096)
def _in_256(style: Style) -> Style:
    """Return a style in the 256 colours."""
    return _replaced(style, _downgraded(style.color), _downgraded(style.bgcolor))


@lru_cache(4096)
def _in_16(style: Style) -> Style:
    """Return a style in the terminal's sixteen colours, by what its colours mean."""
    reduced = _replaced(style, _named(style.color), _named(style.bgcolor))
    return reduced + Style(underline=True) if _hex(style.bgcolor) in _FIELDS else reduced


@lru_cache(4096)
def _plain(style: Style) -> Style:
    """Return a style without colours."""
    back = _hex(style.bgcolor)
    plain = style.without_color
    if back in _FILLS:
        return plain + Style(reverse=True)
    return plain + Style(underline=True) if back in _FIELDS else plain


def _replaced(style: Style, color: RichColor | None, back: RichColor | None) -> Style:
    """Return a style with other colours and everything else as it was."""
    return style.without_color + Style.from_color(color, back)


def _downgraded(color: RichColor | None) -> RichColor | None:
    """Return the nearest of the 256 colours."""
    return None if color is None else color.downgrade(ColorSystem.EIGHT_BIT)


def _named(color: RichColor | None) -> RichColor | None:
    """Return the one of the sixteen colours that has the meaning, or else the nearest."""
    if color is None:
        return None
    meaning = _MEANING_OF.get(_hex(color))
    if meaning is not None:
        return RichColor.from_ansi(NAMED_16[meaning])
    return color.downgrade(ColorSystem.STANDARD)


def _hex(color: RichColor | None) -> str:
    """Return a truecolor as themes write it."""
    return "" if color is None or color.triplet is None else color.triplet.hex
