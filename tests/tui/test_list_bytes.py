"""What a list costs a terminal, byte by byte."""

from __future__ import annotations

import re

import pytest

from tests.tui.pty_rig import GRAMMAR, Rig

APP = "tests.tui.list_rig"
DOWN, UP, PAGE_DOWN = "\x1b[B", "\x1b[A", "\x1b[6~"
SIZES = [(60, 20), (80, 24), (120, 40)]


def started(*arguments: str, size: tuple[int, int] = (80, 24), **environment: str) -> Rig:
    """Start the rig and wait until it is quiet."""
    rig = Rig(APP, *arguments, size=size, environment=environment)
    rig.wait_for("OpenSSH")
    quiet(rig)
    return rig


def quiet(rig: Rig) -> None:
    """Read until nothing has come for a while."""
    while True:
        before = len(rig.seen)
        rig.read(0.4)
        if len(rig.seen) == before:
            return


def cost(rig: Rig, key: str) -> int:
    """How many bytes a key makes."""
    before = len(rig.seen)
    rig.send(key)
    quiet(rig)
    return len(rig.seen) - before


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", ["columns", "lines"])
def test_an_arrow_costs_at_most_three_hundred_bytes_and_idle_none(kind: str, size: tuple[int, int]) -> None:
    with started(kind, "5000", size=size) as rig:
        costs = [cost(rig, key) for key in (DOWN, DOWN, DOWN, DOWN, UP, UP)]
        assert all(0 < bytes_ <= 300 for bytes_ in costs), costs
        before = len(rig.seen)
        rig.read(1.5)
        assert len(rig.seen) == before
        assert GRAMMAR.fullmatch(rig.seen)


def test_a_page_on_costs_little_more_than_its_text() -> None:
    with started("columns", "5000") as rig:
        assert cost(rig, PAGE_DOWN) < 4_500


@pytest.mark.parametrize(
    ("color", "mark"),
    [("none", rb"\x1b\[(?:0;)?1m\xe2\x96\xb8 "), ("16", rb"\x1b\[(?:0;)?1;96;40m\xe2\x96\xb8 ")],
)
def test_the_cursor_is_told_without_colour_and_in_sixteen_of_them(color: str, mark: bytes) -> None:
    with started("columns", "50", RIG_COLOR=color) as rig:
        before = len(rig.seen)
        rig.send(DOWN)
        quiet(rig)
        after = rig.seen[before:]
        assert re.search(mark, after), after
        assert b"\x1b[38;2" not in after
        assert b"Firefox" in after


def test_a_click_and_the_wheel_reach_the_list_as_a_terminal_reports_them() -> None:
    with started("columns", "5000") as rig:
        before = len(rig.seen)
        rig.send("\x1b[<0;25;8M\x1b[<0;25;8m")
        quiet(rig)
        assert b"\xe2\x96\xb8 " in rig.seen[before:]
        before = len(rig.seen)
        rig.send("\x1b[<65;25;8M")
        quiet(rig)
        assert len(rig.seen) - before > 1_000


def test_the_thumb_goes_where_it_is_let_go() -> None:
    with started("columns", "100000") as rig:
        rig.send("\x1b[<0;78;5M")
        rig.read(0.2)
        rig.send("\x1b[<0;78;14m")
        rig.read(1.0)
        quiet(rig)
        numbers = [int(found) for found in re.findall(rb"(?<![0-9])([0-9]{5})(?![0-9])", rig.seen)]
        assert any(30_000 < number < 70_000 for number in numbers), numbers[-20:]
