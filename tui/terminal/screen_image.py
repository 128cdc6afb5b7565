"""What the terminal shows, cell by cell, so that only what differs from it is written.

Textual paints a whole screen where it cannot know what is new: a page in place of another, a focus that
moves, a list that scrolls by a line. Most of those cells are there already, and over SSH each one counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

NEAR = 6
"""So many cells in between are written again sooner than passed over."""


class Look(NamedTuple):
    """The codes of a style; equal looks cannot be told apart on the terminal."""

    marks: str
    """Bold, underlined, reversed and the like."""
    ink: str
    """The colour of the text."""
    ground: str
    """The colour behind it."""


Cell: TypeAlias = "tuple[str, Look] | None"
"""A character and its look; no character behind one of two cells, None where nothing is known."""

Placed: TypeAlias = list[tuple[int, Strip]]
"""Strips of one line with where each begins."""

PLAIN = Look("", "", "")
"""What the terminal writes after a reset."""


class ScreenImage:
    """Keeps what was written, and turns an update into what has to be written for it."""

    def __init__(self, *, is_console: bool = False) -> None:
        """Know nothing of the terminal yet but whether it is a Linux console."""
        self._is_console = is_console
        self._lines: list[list[Cell]] = []
        self._size = Size(0, 0)

    def forget(self) -> None:
        """Know nothing any more: the next update is written as a whole."""
        self._size = Size(0, 0)

    def changes(self, update: LayoutUpdate | ChopsUpdate, size: Size) -> str:
        """Take an update of a screen of a size, and return what to write so that the terminal shows it."""
        if size != self._size:
            self._lines, self._size = [[None] * size.width for _ in range(size.height)], size
        pieces = _spans(update) if isinstance(update, ChopsUpdate) else _lines(update)
        pen = _Pen(is_console=self._is_console)
        for y, strips in pieces:
            if y < size.height:
                line = _with(self._lines[y], strips)
                pen.go_over(y, self._lines[y], line)
                self._lines[y] = line
        return pen.written()


class Written(CompositorUpdate):
    """An update of which it is known what has to be written."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def render_segments(self, console: Console) -> str:
        """Return the text."""
        return self._text


class _Pen:
    """Writes runs of cells with as few codes as they need."""

    def __init__(self, *, is_console: bool) -> None:
        """Begin with nothing written, after a reset."""
        self._is_console = is_console
        self._parts: list[str] = []
        self._look = PLAIN

    def written(self) -> str:
        """Return what was written, with a reset behind it."""
        if self._look != PLAIN:
            self._parts.append("\x1b[0m")
            self._look = PLAIN
        return "".join(self._parts)

    def go_over(self, y: int, before: list[Cell], after: list[Cell]) -> None:
        """Write what is needed to make one line the other."""
        at = -1
        for begin, end in _runs(before, after):
            self._parts.append(f"\x1b[{y + 1};{begin + 1}H" if at < 0 else f"\x1b[{begin - at}C")
            for cell in after[begin:end]:
                if cell is None:
                    continue
                if cell[1] is self._look:
                    self._parts.append(cell[0])
                else:
                    self._write(*cell)
            at = end

    def _write(self, text: str, look: Look) -> None:
        """Write the character of a cell."""
        now = self._look
        if look is not now and look != now:
            is_blank = text == " " and not look.marks
            stays = is_blank and not _marks_blanks(now.marks)
            if stays or (look.marks == now.marks and self._may_go_on(look)):
                ink = "" if is_blank or look.ink == now.ink else look.ink or "39"
                ground = "" if look.ground == now.ground else look.ground or "49"
                codes = ";".join(code for code in (ink, ground) if code)
                self._look = Look(now.marks, look.ink if ink else now.ink, look.ground)
            else:
                codes = ";".join(code for code in ("0", *look) if code)
                self._look = look
            if codes:
                self._parts.append(f"\x1b[{codes}m")
        self._parts.append(text)

    def _may_go_on(self, look: Look) -> bool:
        """Whether its colours alone make a look: on a Linux console a bright ink makes all after it bold.

        There 90 to 97 switch bold on, and black in bold is grey; only a reset (or 22) takes it back.
        """
        return not (self._is_console and self._look.ink.startswith("9") and not look.ink.startswith("9"))


def _lines(update: LayoutUpdate) -> Iterator[tuple[int, Placed]]:
    """Return the lines of a whole screen."""
    for y, strips in enumerate(update.strips):
        placed, x = Placed(), 0
        for strip in strips:
            placed.append((x, strip))
            x += strip.cell_length
        yield y, placed


def _spans(update: ChopsUpdate) -> Iterator[tuple[int, Placed]]:
    """Return the spans of a part; beside them the update is not right, because not every widget is in it."""
    for y, left, right in update.spans:
        placed = Placed()
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            begin, stop = max(x, left), min(end, right)
            if strip is not None and begin < stop:
                placed.append((begin, strip.crop(begin - x, stop - x)))
        yield y, placed


def _with(line: list[Cell], strips: Placed) -> list[Cell]:
    """Return a line with strips over it."""
    changed = line.copy()
    for x, strip in strips:
        cells = list(_cells(strip))[: max(0, len(line) - x)]
        changed[x : x + len(cells)] = cells
    return changed


def _cells(strip: Strip) -> Iterator[Cell]:
    """Return a strip cell by cell; what takes no cell of its own stands with the one before it."""
    for text, style, _ in strip:
        look = PLAIN if style is None else _look_of(style)
        blank = look if _marks_blanks(look.marks) else _ground_of(look)
        if text.isascii():
            yield from [(character, blank if character == " " else look) for character in text]
            continue
        for whole in _graphemes(text):
            yield whole, blank if whole == " " else look
            for _ in range(get_character_cell_size(whole[0]) - 1):
                yield "", look


def _graphemes(text: str) -> Iterator[str]:
    """Return characters, each with those behind it that take no cell."""
    whole = ""
    for character in text:
        if whole and get_character_cell_size(character):
            yield whole
            whole = ""
        whole += character
    if whole:
        yield whole


def _runs(before: list[Cell], after: list[Cell]) -> Iterator[tuple[int, int]]:
    """Return where cells have to be written, in whole words.

    Terminals do not agree on how wide everything is that takes not just one cell; a line with such a thing is
    written from its beginning.
    """
    if before == after:
        return
    if None not in after and before.count(None) == len(before):
        yield 0, len(after)  # as on the first paint: all of it is new
        return
    if any(cell is not None and len(cell[0]) != 1 for line in (before, after) for cell in line):
        yield from _known(after)
        return
    begin = end = -1
    for x, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new or x < end:
            continue
        first = _word_begin(after, x, max(end, 0))
        if begin >= 0 and first - end > NEAR:
            yield begin, end
            begin = first
        begin = first if begin < 0 else begin
        end = _word_end(after, x + 1)
    if begin >= 0:
        yield begin, end


def _known(line: list[Cell]) -> Iterator[tuple[int, int]]:
    """Return every stretch of a line of which something is known."""
    begin = -1
    for x, cell in enumerate([*line, None]):
        if cell is None and begin >= 0:
            yield begin, x
            begin = -1
        elif cell is not None and begin < 0:
            begin = x


def _word_begin(line: list[Cell], x: int, least: int) -> int:
    """Return where the word begins to which a cell belongs."""
    while x > least and _is_inked(line[x]) and _is_inked(line[x - 1]):
        x -= 1
    return x


def _word_end(line: list[Cell], x: int) -> int:
    """Return where the word ends that goes on at a cell."""
    while x < len(line) and _is_inked(line[x - 1]) and _is_inked(line[x]):
        x += 1
    return x


def _is_inked(cell: Cell) -> bool:
    """Whether something is known to stand there that is no blank."""
    return cell is not None and cell[0] != " "


@lru_cache(4096)
def _look_of(style: Style) -> Look:
    """Return the codes of a style; links and what only the program reads are no part of it."""
    return Look(_marks_of(style), _codes(style.color, is_ink=True), _codes(style.bgcolor, is_ink=False))


def _marks_of(style: Style) -> str:
    """Return the codes of a style's marks."""
    codes, _, rest = style.without_color.update_link(None).render("x").partition("m")
    return codes.removeprefix("\x1b[") if rest else ""


def _codes(color: Color | None, *, is_ink: bool) -> str:
    """Return the codes of a colour, as deep as it is."""
    return "" if color is None else ";".join(color.get_ansi_codes(foreground=is_ink))


@lru_cache(4096)
def _ground_of(look: Look) -> Look:
    """Return what is seen of a look on a blank."""
    return Look("", "", look.ground)


@lru_cache(256)
def _marks_blanks(marks: str) -> bool:
    """Whether a blank shows more of these marks than its ground."""
    return not {"1", "2", "3", "22", "23", ""}.issuperset(marks.split(";"))
