"""Pictures of a terminal: a captured screen becomes cells with colours, and cells become a PNG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.ansi import AnsiDecoder
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from wcwidth import wcwidth

CELL = (10, 20)
"""Width and height of one cell in pixels."""

FONTS = Path("/usr/share/fonts/truetype/dejavu")

XTERM = TerminalTheme(
    (12, 12, 12),
    (229, 229, 229),
    [
        *((0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16)),
        *((36, 114, 200), (188, 63, 188), (17, 168, 205), (229, 229, 229)),
    ],
    [
        *((102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 245, 67)),
        *((59, 142, 234), (214, 112, 214), (41, 184, 219), (255, 255, 255)),
    ],
)
"""The sixteen colours of a dark xterm, for what is not told in truecolor."""

PAPER = TerminalTheme(
    (253, 246, 227),
    (46, 52, 54),
    [
        *((46, 52, 54), (204, 0, 0), (78, 154, 6), (196, 160, 0)),
        *((52, 101, 164), (117, 80, 123), (6, 152, 154), (211, 215, 207)),
    ],
    [
        *((85, 87, 83), (239, 41, 41), (115, 210, 22), (252, 233, 79)),
        *((52, 101, 214), (173, 127, 168), (52, 226, 226), (255, 255, 255)),
    ],
)
"""A light terminal with a palette of its own: Tango's colours on cream."""

BLOCKS = {
    " ": (0, 0, 0, 0),
    "▀": (0, 0, 8, 4),
    "▐": (4, 0, 8, 8),
    "▔": (0, 0, 8, 1),
    "▕": (7, 0, 8, 8),
    **{chr(0x2580 + eighths): (0, 8 - eighths, 8, 8) for eighths in range(1, 9)},
    **{chr(0x2590 - eighths): (0, 0, eighths, 8) for eighths in range(1, 8)},
}
"""Block characters, the QR code's among them: left, top, right and bottom of the ink in eighths of a cell."""


STEPS = 4
"""The soft edge of a letter has so many shades."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a screen."""

    char: str
    """The character; empty for the second half of a wide one."""
    ink: tuple[int, int, int]
    ground: tuple[int, int, int]
    is_bold: bool
    is_underlined: bool


def cells(styled: str, columns: int, rows: int, theme: TerminalTheme = XTERM) -> list[list[Cell]]:
    """Rows of cells from a screen with SGR sequences, as tmux captures it."""
    ink, ground = _triplet(theme.foreground_color), _triplet(theme.background_color)
    blank = Cell(" ", ink, ground, False, False)
    console, grid = Console(), []
    decoder = AnsiDecoder()  # one for all lines: a line may begin in the colours that the last one ended in
    for line in styled.split("\n")[:rows]:
        row: list[Cell] = []
        text = decoder.decode_line(line)
        for position, char in enumerate(text.plain):
            wide = max(wcwidth(char), 0)
            if wide == 0:
                continue
            style = text.get_style_at_offset(console, position)
            fore = _triplet(style.color.get_truecolor(theme)) if style.color else ink
            back = _triplet(style.bgcolor.get_truecolor(theme, False)) if style.bgcolor else ground
            if style.reverse:
                fore, back = back, fore
            if style.dim:
                fore = tuple((a + b) // 2 for a, b in zip(fore, back, strict=True))  # type: ignore[assignment]
            row.append(Cell(char, fore, back, bool(style.bold), bool(style.underline)))
            row.extend([Cell("", fore, back, False, False)] * (wide - 1))
        grid.append((row + [blank] * columns)[:columns])
    return grid + [[blank] * columns for _ in range(rows - len(grid))]


def _triplet(colour: ColorTriplet) -> tuple[int, int, int]:
    return colour.red, colour.green, colour.blue


def draw(grid: list[list[Cell]], cursor: tuple[int, int] | None = None) -> Image.Image:
    """The screen as a picture, half blocks exact; the cursor (column, row) as an inverse cell."""
    width, height = CELL
    image = Image.new("RGB", (len(grid[0]) * width, len(grid) * height))
    pen = ImageDraw.Draw(image)
    plain, bold = _font("DejaVuSansMono.ttf"), _font("DejaVuSansMono-Bold.ttf")
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            ink, ground = (cell.ground, cell.ink) if cursor == (x, y) else (cell.ink, cell.ground)
            left, top = x * width, y * height
            if cell.char:
                wide = 2 if x + 1 < len(row) and not row[x + 1].char else 1
                pen.rectangle((left, top, left + width * wide - 1, top + height - 1), fill=ground)
            if cell.char in BLOCKS:
                x0, y0, x1, y1 = BLOCKS[cell.char]
                if x1 > x0:
                    begin, end = (left + x0 * width // 8, top + y0 * height // 8), (x1 * width, y1 * height)
                    pen.rectangle((*begin, left + end[0] // 8 - 1, top + end[1] // 8 - 1), fill=ink)
            elif cell.char:
                pen.text((left, top), cell.char, font=bold if cell.is_bold else plain, fill=ink)
            if cell.is_underlined:
                pen.line((left, top + height - 2, left + width - 1, top + height - 2), fill=ink)
    return image


def few_shades(picture: Image.Image, grid: list[list[Cell]]) -> Image.Image:
    """The picture with the very colours of its cells and a few shades between, for a small file."""
    pairs = {(cell.ink, cell.ground) for row in grid for cell in row}
    shades = sorted({shade for pair in pairs for shade in _between(*pair)})
    assert len(shades) <= 256, len(shades)
    nearest: dict[tuple[int, int, int], int] = {}
    pixels = bytearray()
    data = picture.tobytes()
    for pixel in zip(data[::3], data[1::3], data[2::3], strict=True):
        index = nearest.get(pixel)
        if index is None:
            apart = [sum((a - b) ** 2 for a, b in zip(pixel, shade, strict=True)) for shade in shades]
            index = nearest[pixel] = apart.index(min(apart))
        pixels.append(index)
    small = Image.frombytes("P", picture.size, bytes(pixels))
    small.putpalette([part for shade in shades for part in shade])
    return small


def _between(ink: tuple[int, int, int], ground: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """The shades of a letter's soft edge, its ink and its ground among them."""
    red, green, blue = (
        [(a * (STEPS - step) + b * step) // STEPS for step in range(STEPS + 1)]
        for a, b in zip(ink, ground, strict=True)
    )
    return list(zip(red, green, blue, strict=True))


def _font(name: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu where the machine has it, else the font that Pillow brings."""
    if (FONTS / name).exists():
        return ImageFont.truetype(str(FONTS / name), 16)
    return ImageFont.load_default(16)


__all__ = ["CELL", "PAPER", "XTERM", "Cell", "cells", "draw", "few_shades"]
