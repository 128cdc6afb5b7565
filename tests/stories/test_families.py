"""Terminals of every family: what they are sent is what they understand, and each is given back as it was.

A pseudo-terminal under each name that TERM may have; the glass is strict about every byte.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence

import pytest
from _pytest.mark import ParameterSet

from tests.stories.conftest import PROGRAM
from tests.stories.glass import Glass
from tests.stories.line import Line
from tests.stories.terminal import need
from tests.stories.visitor import EMAIL, PASSWORD, Visitor

OLD = ("linux", "vt220", "screen", "screen-256color")
"""Consoles and multiplexers that could show a question as text, or have no alternate screen."""

NEW = (
    *("xterm", "xterm-256color", "tmux-256color", "rxvt-unicode", "rxvt-unicode-256color"),
    *("xterm-kitty", "alacritty", "foot"),
)

IN_SUITE = ("linux", "screen", "xterm", "xterm-kitty")
"""One of each kind; `make soak` tries the others too."""


def tried(names: Sequence[str]) -> list[ParameterSet]:
    """The names to be tried, those that stand for others of their kind in the suite."""
    return [pytest.param(name, id=name, marks=() if name in IN_SUITE else pytest.mark.soak) for name in names]


FOUNDED = ("admin", "init", "--org", "Acme", "--name", "Amir", "--email", EMAIL, "--password-stdin")

QUESTIONS = (b"\x1b[>", b"\x1b[<", b"$p", b"\x1b]", b"\x1bP", b"\x1b[?2048", b"\x1b[?1004", b"\x1b[c")
"""What a terminal that does not know it could print or answer."""


@pytest.fixture
def line(request: pytest.FixtureRequest, environment: Mapping[str, str]) -> Iterator[Line]:
    """The program on a terminal of one family, on a store with one person."""
    need("oathtool")
    where = {"PATH": os.environ["PATH"], **environment}
    subprocess.run(
        [*PROGRAM, *FOUNDED], input=PASSWORD + "\n", text=True, env=where, check=True, capture_output=True
    )
    with Line("strongroom", env={**environment, "TERM": request.param, "COLORTERM": ""}) as line:
        line.glass = Glass(80, 24, has_alternate=request.param not in OLD)
        yield line


def life(line: Line) -> None:
    """Sign in, look at the sessions, enrol, see the codes, and leave."""
    visitor = Visitor(line)  # type: ignore[arg-type]  # a line is as good as a tmux
    visitor.give_password()
    line.wait("Your account")
    visitor.open_sessions("1 session")
    visitor.open_tab("e Set up", steps=2)
    line.press("e")
    codes = visitor.verify(visitor.read_key())
    visitor.prove_saved(codes[0])
    line.wait("backup codes remaining|Your account")
    line.press("q")
    assert line.ended() == 0
    assert line.glass.unknown == []
    assert line.glass.is_restored
    assert line.modes() == line.rig.modes_before


@pytest.mark.parametrize("line", tried(OLD), indirect=True)
def test_an_old_terminal_is_asked_nothing_and_keeps_nothing_of_what_was_shown(line: Line) -> None:
    life(line)
    for question in QUESTIONS:
        assert question not in line.seen
    assert line.text().strip() == ""


@pytest.mark.parametrize("line", tried(NEW), indirect=True)
def test_a_terminal_that_answers_no_question_serves_all_the_same(line: Line) -> None:
    life(line)
    assert b"\x1b[?2026h" not in line.seen, "frames are marked only where the terminal said that it knows how"


@pytest.mark.parametrize("line", ["linux"], indirect=True)
def test_a_console_gets_signs_that_its_font_has(line: Line) -> None:
    visitor = Visitor(line)  # type: ignore[arg-type]
    visitor.give_password()
    for screen in (
        line.wait("Your account"),
        visitor.open_sessions("1 session"),
        visitor.open_tab("e Set up", steps=2),
    ):
        assert re.findall("[^\x00-\xff─│┌┐└┘├┤┬┴┼█▄▀]", screen) == []
    line.rig.kill(signal.SIGTERM)
    assert line.ended() == 143


@pytest.mark.parametrize(
    ("line", "deeper"),
    [("xterm", rb"\x1b\[[0-9;]*[34]8;[25];"), ("vt220", rb"\x1b\[(?:[0-9;]*;)?[349][0-7][;m]")],
    indirect=["line"],
)
def test_colours_are_no_deeper_than_the_name_says(line: Line, deeper: bytes) -> None:
    line.wait("Forgot your password")
    assert re.findall(deeper, line.seen) == []
