"""Whatever is painted, the terminal shows it, although only what differs is written."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.terminal.screen_image import ScreenImage

SIZE = Size(40, 3)
STYLES = (
    "",
    "bold red on blue",
    "green on blue",
    "green",
    "underline green",
    "reverse",
    "dim #010203 on #040506",
)
PIECES = st.lists(
    st.tuples(
        st.sampled_from(["a", "bc ", "   ", "d e", "漢", "é", "x", "long_word_here", "         "]),
        st.sampled_from(STYLES),
    ),
    max_size=16,
)
PART = re.compile(r"\x1b\[([0-9;]*)([HCm])|([^\x1b][\u0301]*)")
UNSEEN = {"1", "2", "3"}


class Terminal:
    """As much of a terminal as the image needs: moves, looks and letters."""

    def __init__(self) -> None:
        """Begin with something else on every cell, which has to be painted over."""
        self.cells = [[("?", "?")] * SIZE.width for _ in range(SIZE.height)]
        self._x = self._y = 0
        self._marks, self._ink, self._ground = frozenset[str](), "", ""

    def write(self, text: str) -> None:
        """Take what is written."""
        for codes, kind, letter in PART.findall(text):
            if kind == "H":
                self._y, self._x = (int(number) - 1 for number in codes.split(";"))
            elif kind == "C":
                self._x += max(1, int(codes))  # no terminal stays where it is
            elif kind == "m":
                self._turn(codes.split(";"))
            else:
                self._put(letter)

    def _turn(self, codes: list[str]) -> None:
        """Take another look."""
        while codes:
            code, *codes = codes
            if code == "0":
                self._marks, self._ink, self._ground = frozenset(), "", ""
            elif code in ("39", "49") or (code[0] in "34" and len(code) == 2):
                if code in ("38", "48"):
                    taken = 4 if codes[0] == "2" else 2
                    code, codes = ";".join([code, *codes[:taken]]), codes[taken:]
                colour = "" if code in ("39", "49") else code
                if code[0] == "3":
                    self._ink = colour
                else:
                    self._ground = colour
            else:
                self._marks |= {code}

    def _put(self, letter: str) -> None:
        """Put a letter down as it looks; on a blank only some marks are seen."""
        marks = self._marks - UNSEEN if letter == " " else self._marks
        ink = "" if letter == " " and not marks else self._ink
        self.cells[self._y][self._x] = (letter, f"{sorted(marks)} {ink} {self._ground}")
        if cell_len(letter) == 2:
            self.cells[self._y][self._x + 1] = ("", "")
        self._x += cell_len(letter)


def strip_of(pieces: list[tuple[str, str]]) -> Strip:
    """A strip as wide as the screen."""
    segments = [Segment(text, Style.parse(style)) for text, style in pieces]
    return Strip(segments).adjust_cell_length(SIZE.width, Style())


def whole(lines: list[Strip]) -> LayoutUpdate:
    """An update of the whole screen."""
    return LayoutUpdate([[line] for line in lines], Region(0, 0, SIZE.width, SIZE.height))


@given(st.lists(st.lists(PIECES, min_size=3, max_size=3), min_size=2, max_size=5))
def test_after_any_paintings_the_terminal_shows_what_one_painting_of_the_last_would_show(
    pictures: list[list[list[tuple[str, str]]]],
) -> None:
    image, terminal, fresh = ScreenImage(), Terminal(), Terminal()
    for picture in pictures:
        terminal.write(image.changes(whole([strip_of(line) for line in picture]), SIZE))
    fresh.write(ScreenImage().changes(whole([strip_of(line) for line in pictures[-1]]), SIZE))
    assert terminal.cells == fresh.cells
    assert all(cell != ("?", "?") for line in fresh.cells for cell in line)


def test_on_a_linux_console_nothing_goes_on_in_the_bold_that_a_bright_ink_switches_on() -> None:
    pieces = [("name ", "bright_white on black"), ("2FA", "black on green"), ("x", "bright_cyan on green")]
    picture = whole([strip_of(pieces)] * 3)
    written = ScreenImage(is_console=True).changes(picture, SIZE)
    assert "\x1b[0;30;42m2FA" in written
    assert "\x1b[96mx" in written
    assert "\x1b[30;42m2FA" in ScreenImage().changes(picture, SIZE)


def test_the_same_picture_again_costs_nothing_until_the_image_is_forgotten() -> None:
    image, picture = ScreenImage(), whole([strip_of([("abc", "bold red on blue")])] * 3)
    first = image.changes(picture, SIZE)
    assert image.changes(picture, SIZE) == ""
    image.forget()
    assert image.changes(picture, SIZE) == first


def test_another_size_is_painted_as_a_whole() -> None:
    image, picture = ScreenImage(), whole([strip_of([("abc", "")])] * 3)
    image.changes(picture, SIZE)
    assert "abc" in image.changes(picture, Size(SIZE.width + 1, SIZE.height))


def test_a_changed_letter_brings_its_word_and_nothing_else() -> None:
    image = ScreenImage()
    image.changes(whole([strip_of([("one two", "")]), strip_of([]), strip_of([])]), SIZE)
    assert (
        image.changes(whole([strip_of([("one too", "")]), strip_of([]), strip_of([])]), SIZE)
        == "\x1b[1;5Htoo"
    )


def test_a_word_that_begins_where_something_was_written_is_written_on_without_a_move() -> None:
    image = ScreenImage()
    image.changes(whole([strip_of([("?abcdefghij", "")])] * 3), SIZE)
    written = image.changes(whole([strip_of([(" abcdefghix", "")])] * 3), SIZE)
    assert written.startswith("\x1b[1;1H abcdefghix\x1b[2;1H")


def test_beside_the_spans_of_a_part_nothing_is_believed() -> None:
    image, terminal = ScreenImage(), Terminal()
    terminal.write(image.changes(whole([strip_of([("left right", "")])] * 3), SIZE))
    chops: list[dict[int, Strip | None]] = [
        {0: Strip([Segment("LEFT ")]), 5: Strip([Segment("RIGHT    ")])},
        {},
        {},
    ]
    written = image.changes(ChopsUpdate(chops, [(0, 5, 14)], [[5, 14], [40], [40]]), SIZE)
    terminal.write(written)
    assert "".join(letter for letter, _ in terminal.cells[0]).strip() == "left RIGHT"


def test_a_line_with_letters_of_two_cells_is_written_from_its_beginning() -> None:
    image = ScreenImage()
    image.changes(whole([strip_of([("漢字 one", "")])] * 3), SIZE)
    written = image.changes(whole([strip_of([("漢字 two", "")]), *[strip_of([("漢字 one", "")])] * 2]), SIZE)
    assert written.startswith("\x1b[1;1H漢字 two")


def test_colours_that_go_are_taken_back() -> None:
    image, terminal = ScreenImage(), Terminal()
    terminal.write(image.changes(whole([strip_of([("a", "bold red on blue"), ("b", "bold")])] * 3), SIZE))
    assert terminal.cells[0][0] == ("a", "['1'] 31 44")
    assert terminal.cells[0][1] == ("b", "['1']  ")
