"""Terminals that change their size in mid-flow, and slow lines: nothing typed is lost, all ends well."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping

import pytest

from tests.stories.line import Line
from tests.stories.test_ways_out import in_a_dialog, is_as_it_was, with_codes_on_screen, within
from tests.stories.test_ways_out import line as line_with_one_person
from tests.stories.visitor import CODE, GROUPS, Visitor

line = line_with_one_person

SIZES = ((60, 20), (250, 80), (61, 21), (120, 40), (100, 20), (60, 50), (80, 24))


def through_all(line: Line, pattern: str) -> None:
    """Go through all sizes, at each of which something has to stand."""
    for size in SIZES:
        line.resize(*size)
        line.wait(pattern)


ALL_CODES = rf"(?:{CODE.pattern}(?:.|\n)*?){{8}}"
"""The screen once all eight are drawn."""


def test_what_was_typed_stays_through_every_size(line: Line) -> None:
    line.wait("Forgot your password")
    line.type("amir@acme")
    through_all(line, "amir@acme")
    line.type(".example")
    line.wait("amir@acme.example")


def test_a_dialog_stays_open_through_every_size(line: Line) -> None:
    in_a_dialog(Visitor(line))  # type: ignore[arg-type]  # a line is as good as a tmux
    through_all(line, "go back to sign-in")


def test_the_wizard_keeps_its_key_and_the_digits_that_were_typed(line: Line) -> None:
    visitor = Visitor(line)  # type: ignore[arg-type]
    within(visitor)
    visitor.open_tab("e Set up", steps=2)
    line.press("e")
    before = visitor.read_key().secret
    line.type("123")
    through_all(line, "1 ?2 ?3")
    assert "".join(GROUPS.findall(line.text())).replace(" ", "") == before


def test_codes_that_were_shown_are_still_shown_whole(line: Line) -> None:
    with_codes_on_screen(Visitor(line))  # type: ignore[arg-type]
    codes = set(CODE.findall(line.wait(ALL_CODES)))
    through_all(line, CODE.pattern)
    assert set(CODE.findall(line.wait(ALL_CODES))) == codes


def test_a_thousand_sizes_lose_nothing(line: Line) -> None:
    line.wait("Forgot your password")
    line.type("amir@acme")
    for number in range(1000):
        line.rig.resize(60 + number % 190, 20 + number % 60)
        line.rig.read(0.001)
    line.resize(80, 24)
    line.type(".example")
    line.wait("amir@acme.example")


@pytest.fixture
def slow(environment: Mapping[str, str]) -> Iterator[Line]:
    """The first page on a line whose other end reads next to nothing."""
    with Line("strongroom", size=(120, 40), env=environment) as slow:
        yield slow


def trickle(line: Line, seconds: float) -> None:
    """Take 300 bytes a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and line.rig.process.poll() is None:
        time.sleep(0.1)
        line.rig.seen += os.read(line.rig._main, 30)


def test_a_slow_line_is_left_cleanly_and_at_once(slow: Line) -> None:
    trickle(slow, 4)
    for key in ("a", "\x1b[6n", "\x0c", "\x0c", "\x0c"):
        slow.rig.send_blindly(key)
        trickle(slow, 0.5)
    slow.rig.send_blindly("\x11")
    trickle(slow, 20)
    assert slow.ended() == 0
    assert is_as_it_was(slow), (
        slow.glass.modes,
        slow.glass.pushed,
        slow.glass.attributes,
        slow.glass.unknown,
        slow.seen[-300:],
    )
    assert os.get_blocking(slow.rig.tty)
