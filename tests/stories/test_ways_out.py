"""Every way out, from every place: the terminal is as it was, and the exit code says why.

On a pseudo-terminal of its own, where nothing but the program's own bytes and calls set anything back.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.stories.line import Line
from tests.stories.terminal import need
from tests.stories.visitor import EMAIL, PASSWORD, Visitor
from tests.strongroom.running import init

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)

OWNER = ("--org", "Acme", "--name", "Amir", "--email", EMAIL)


def at_sign_in(visitor: Visitor) -> None:
    """The first page, in a field."""
    visitor.terminal.wait("Forgot your password")


def within(visitor: Visitor) -> None:
    """A room, after a sign-in."""
    visitor.give_password()
    visitor.terminal.wait("Your account")


def in_a_dialog(visitor: Visitor) -> None:
    """A question that waits for its answer."""
    within(visitor)
    visitor.terminal.press("s")
    visitor.terminal.wait("go back to sign-in\\?")


def during_a_write(visitor: Visitor) -> None:
    """The password is being checked, or the session begins."""
    visitor.give_password()


def with_codes_on_screen(visitor: Visitor) -> None:
    """The wizard's last step, whose codes are shown once."""
    within(visitor)
    visitor.open_tab("e Set up", steps=2)
    visitor.terminal.press("e")
    visitor.verify(visitor.read_key())


PLACES = (at_sign_in, in_a_dialog, during_a_write, with_codes_on_screen)

STARTS = [
    pytest.param(
        moment,
        number,
        id=f"{number.name}-{moment}",
        marks=() if number is signal.SIGTERM or moment == 0.3 else pytest.mark.soak,
    )
    for moment in (0.05, 0.15, 0.3, 0.5)
    for number in SIGNALS
    # Sooner SIGINT could meet Python's own beginning, which answers with a traceback of its own.
    if moment > 0.2 or number is not signal.SIGINT
]
"""Seconds after the start, and what comes then: as above, the rest is for `make soak`."""


@pytest.fixture
def line(environment: Mapping[str, str], home: Path) -> Iterator[Line]:
    """The program on a line of its own, on a store with one person."""
    need("oathtool")
    assert init(home, owner=OWNER, password=PASSWORD + "\n").code == 0
    with Line("strongroom", env=environment) as line:
        yield line


def is_as_it_was(line: Line) -> bool:
    """Whether modes, cursor, mouse, pastes, keys, colours and the line's own settings are as before."""
    return line.glass.is_restored and line.modes() == line.rig.modes_before


PAIRS = [
    pytest.param(
        place,
        number,
        id=f"{number.name}-{place.__name__}",
        marks=() if number is signal.SIGTERM or place is PLACES[0] else pytest.mark.soak,
    )
    for place in PLACES
    for number in SIGNALS
]
"""Every signal at one place and one signal at every place in the suite; the rest are for `make soak`."""


@pytest.mark.parametrize(("place", "number"), PAIRS)
def test_a_signal_leaves_the_terminal_as_it_was(
    line: Line, place: Callable[[Visitor], None], number: signal.Signals
) -> None:
    place(Visitor(line))  # type: ignore[arg-type]  # a line is as good as a tmux
    assert not is_as_it_was(line)
    line.rig.kill(number)
    assert line.ended() == 128 + number
    assert is_as_it_was(line), (line.glass.modes, line.glass.pushed, line.glass.unknown)
    assert b"Traceback" not in line.seen


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_lost_terminal_ends_the_program(line: Line, place: Callable[[Visitor], None]) -> None:
    place(Visitor(line))  # type: ignore[arg-type]
    line.rig.hang_up()
    assert line.ended() == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    ("moment", "number"),
    STARTS,
)
def test_a_signal_while_it_starts_leaves_the_terminal_as_it_was(
    line: Line, moment: float, number: signal.Signals
) -> None:
    line.read(moment)
    line.rig.kill(number)
    assert line.ended() == 128 + number
    assert is_as_it_was(line)
    assert b"strongroom/" not in line.seen  # a file of ours, in a traceback


def test_a_lost_terminal_while_it_starts_ends_the_program(line: Line) -> None:
    line.read(0.3)
    line.rig.hang_up()
    assert line.ended() == 128 + signal.SIGHUP


def test_what_systemd_sends_last_does_not_take_the_terminal_again(line: Line) -> None:
    """SIGCONT follows SIGTERM there, so that what is stopped can end."""
    at_sign_in(Visitor(line))  # type: ignore[arg-type]
    for number in (signal.SIGTERM, signal.SIGCONT, signal.SIGCONT):
        line.rig.kill(number)
    assert line.ended() == 128 + signal.SIGTERM
    assert is_as_it_was(line)


@pytest.mark.parametrize("way", ["ctrl+z", "SIGTSTP"])
def test_nobody_gets_behind_the_screen_by_suspending_it(line: Line, way: str) -> None:
    within(Visitor(line))  # type: ignore[arg-type]
    if way == "ctrl+z":
        line.press("C-z")
    else:
        line.rig.kill(signal.SIGTSTP)
    line.press("2")
    line.wait("Overview")
    assert line.rig.process.poll() is None
    assert b"?1049l" not in line.seen


def test_a_stopped_program_takes_the_terminal_back_and_paints_all_of_it(line: Line) -> None:
    """As after `kill -STOP`, with a shell that has set the line and written on the glass meanwhile."""
    within(Visitor(line))  # type: ignore[arg-type]
    raw = line.modes()
    line.rig.kill(signal.SIGSTOP)
    os.waitpid(line.rig.process.pid, os.WUNTRACED)
    subprocess.run(["stty", "sane"], stdin=line.rig.tty, check=True)
    line.glass.feed(b"\x1b[?1049l$ ls\r\n")
    line.rig.kill(signal.SIGCONT)
    line.wait(r"Strongroom(.|\n)*Your account(.|\n)*\? Help")
    assert "$ ls" not in line.text()
    assert line.modes() == raw
    assert line.glass.pushed == 1
    line.press("q")
    assert line.ended() == 0
    assert is_as_it_was(line)
