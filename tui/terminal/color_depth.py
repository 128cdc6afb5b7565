"""How many colours a terminal gets: the console stays at truecolor, a filter for each app downgrades.

Rich caches the codes of a style for the first console that renders it, so a console of its own depth
would show one person's colours to another in the same process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.door import ColorDepth
from tui.palettes import CODE_DARK, CODE_LIGHT
from tui.sixteen_colors import OWN_16, Look
from tui.terminal.gnu_screen import is_gnu_screen
from tui.terminal.nearest_256 import nearest
from tui.themes import SCHEMES, Scheme

Given = Literal["truecolor", "256", "16", "console", "none"]
"""What a terminal is given; "console" are sixteen colours of which none that is bright can be a ground."""

WHITE = 7
"""The first of the sixteen colours that is as readable on black when bold makes it bright."""

_OUTLINED = ("field", "button")
_TONES = ("accent", "attention", "well", "danger")
_CODE = {CODE_LIGHT: 15, CODE_DARK: 0}
_MARKS = re.compile("[ !·\u2500-\u27bf]*[!·\u2500-\u27bf]")
"""Signs, bars and borders; the word that says the same stands beside them."""

_BORDERS = re.compile("[ \u2500-\u257f]*")
"""What is drawn as thinly as it is, where a word would stand on a ground of its own."""


def detected(environment: Mapping[str, str]) -> ColorDepth:
    """Return how many colours a client's terminal has, by NO_COLOR, COLORTERM, TERM and STY of its own."""
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR"):
        return "none"
    # COLORTERM within GNU screen is that of the terminal outside, and screen takes the numbers of a colour in
    # truecolor for marks, each by itself: grounds of any colour, and blinking.
    says_all = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    if (says_all and not is_gnu_screen(environment)) or term.endswith(("-direct", "-truecolor")):
        return "truecolor"
    if term in ("alacritty", "foot", "xterm-kitty", "xterm-ghostty", "wezterm"):
        return "truecolor"
    if term.endswith("-256color"):
        return "256"
    if term in ("vt100", "vt102", "vt220", "xterm-mono"):
        return "none"
    return "16"


def given(depth: ColorDepth, environment: Mapping[str, str]) -> Given:
    """Return what a client's terminal is given where this many colours are wished for."""
    found = detected(environment) if depth == "auto" else depth
    if found == "16" and environment.get("TERM", "").partition("-")[0] in ("linux", "cons25", "ansi"):
        return "console"
    return found if found != "auto" else "16"


class FewerColors(LineFilter):
    """Draws each line with what the terminal has and the theme of the moment wants."""

    def __init__(self, depth: Given, theme: Callable[[], str]) -> None:
        """Keep the depth, and how the name of the theme is found."""
        super().__init__()
        self._depth: Given = depth
        self._theme = theme

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Reduce the colours of a line."""
        scheme = SCHEMES.get(self._theme())
        if scheme is None or (self._depth == "truecolor" and not scheme.is_outlined):
            return segments
        return [part for segment in segments for part in _parts(segment, self._depth, scheme)]


def _parts(segment: Segment, depth: Given, scheme: Scheme) -> Iterator[Segment]:
    """Return a segment as it is drawn; where text looks unlike the blanks around it, in several."""
    text, style, control = segment
    if style is None or control is not None:
        yield segment
        return
    whole, marks, blanks = _reduced(style, depth, scheme.theme.name)
    if whole is marks is blanks:
        yield Segment(text, whole)
        return
    words = "" if _BORDERS.fullmatch(text) and marks is whole else text.strip(" ")
    if not words:
        yield Segment(text, blanks)
        return
    before = text.index(words)
    after = len(text) - before - len(words)
    signs = found[0] if marks is not whole and (found := _MARKS.match(words)) else ""
    pieces = ((" " * before, blanks), (signs, marks), (words[len(signs) :], whole), (" " * after, blanks))
    yield from (Segment(piece, look) for piece, look in pieces if piece)


@lru_cache(8192)
def _reduced(style: Style, depth: Given, theme: str) -> tuple[Style, Style, Style]:
    """Return how words, marks and the blanks around them are drawn."""
    scheme = SCHEMES[theme]
    ink, ground = _meaning(style.color, scheme), _meaning(style.bgcolor, scheme)
    if scheme.is_outlined:
        style = style + Style(underline=True) if ground in _OUTLINED else style
        if ground == "chosen":
            ink, ground = "ground", "accent"
            style = style + Style.from_color(*(RichColor.parse(c) for c in _filled(scheme)))
    if depth == "none":
        drawn = _plain(style, ground)
        return drawn, drawn, drawn
    if depth in ("16", "console") or scheme.keeps_terminal:
        return _in_16(style, ink, ground, scheme, is_console=depth == "console")
    if depth == "256":
        style = _replaced(style, _downgraded(style.color), _downgraded(style.bgcolor))
    return style, style, style


def _filled(scheme: Scheme) -> tuple[str, str]:
    """Return the colours of what is filled with the accent."""
    return scheme.palette.ground, scheme.palette.accent


def _in_16(
    style: Style, ink: str, ground: str, scheme: Scheme, *, is_console: bool
) -> tuple[Style, Style, Style]:
    """Return a style in the terminal's sixteen colours, by what its colours mean."""
    sixteen = scheme.console if is_console else scheme.sixteen
    if ground in _OUTLINED:
        style = style + Style(underline=True)
    if ground in sixteen.fills:
        drawn = _looking(style, sixteen.fills[ground])
        return drawn, drawn, drawn
    if ink in _CODE or ground in _CODE:  # the QR code: its own two colours in every theme
        drawn = _looking(style, Look(_CODE.get(ink), _CODE.get(ground)))
        return drawn, drawn, drawn
    behind = sixteen.grounds.get(ground, sixteen.grounds["ground"])
    text = sixteen.texts.get(ink, sixteen.texts["muted"])  # a colour without a meaning is a faded one
    blanks = words = marks = _looking(style, Look(text.ink, behind, text.is_reverse, text.is_dim))
    if text.ground is not None:
        words = marks = _looking(style, text)
        blanks = _looking(style, Look(sixteen.texts["ink"].ink, behind))
    elif sixteen.colours_marks_alone and ink in _TONES:
        marks = _looking(style, Look(text.ink, behind))
        words = blanks = _looking(style, Look(sixteen.texts["ink"].ink, behind))
    return words, marks, blanks


def _plain(style: Style, ground: str) -> Style:
    """Return a style without colours: what is filled becomes reverse, a field and a button underlined."""
    if ground in OWN_16.fills:
        return _looking(style, Look(is_reverse=True))
    return style.without_color + Style(underline=True) if ground in _OUTLINED else style.without_color


def _looking(style: Style, look: Look) -> Style:
    """Return a style in a look, with its other marks as they were."""
    drawn = _replaced(style, _numbered(look.ink), _numbered(look.ground))
    if look.is_reverse or (look.ink is not None and look.ink < WHITE):
        # Many terminals draw bold in the bright colour: black would be grey, and grey on grey reversed.
        drawn = drawn + Style(bold=False)
    return drawn + Style(reverse=look.is_reverse or None, dim=look.is_dim or None)


def _replaced(style: Style, color: RichColor | None, back: RichColor | None) -> Style:
    """Return a style with other colours and everything else as it was."""
    return style.without_color + Style.from_color(color, back)


def _numbered(number: int | None) -> RichColor | None:
    """Return one of the sixteen colours, or none."""
    return None if number is None else RichColor.from_ansi(number)


def _downgraded(color: RichColor | None) -> RichColor | None:
    """Return the nearest of the 256 colours."""
    return None if color is None else nearest(color)


def _meaning(color: RichColor | None, scheme: Scheme) -> str:
    """Return what a colour means in a theme; of any other colour, the colour."""
    value = "" if color is None or color.triplet is None else color.triplet.hex
    return scheme.meanings.get(value, value)
