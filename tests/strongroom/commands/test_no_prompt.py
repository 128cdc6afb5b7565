"""No command waits for somebody who is not there: without a terminal each ends, with a code that says why."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import termios
from contextlib import suppress

import pytest

from strongroom.grammar.tree import leaves, whole
from tests.strongroom.commands.person import EMAIL, WAIT, Person
from tests.strongroom.running import environment_of

NEW = ("--org", "New Org", "--name", "New Name", "--email", "new@harbour.example")

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "profile rename": ("Bea",),
    "profile appearance": ("light",),
    "session show": ("ffff",),
    "session name": ("ffff", "Desk"),
    "session lifetime": ("1h",),
    "session revoke": ("--others",),
    "activity export": ("events.csv",),
    "completion": ("bash",),
    "admin init": NEW,
    "admin org add": NEW,
    "admin user add": ("--org", "Harbour Trust", *NEW[2:]),
    "admin user suspend": (EMAIL,),
    "admin user restore": (EMAIL,),
    "admin reset-2fa": (EMAIL, "--reason", "lost phone"),
    "admin breach import": ("no-such-list",),
    "admin backup": ("store.backup",),
}
"""What a command must be given to come as far as a question."""

ENDS = {0, 1, 2, 4, 5, 6, 7, 8, 69}
"""Codes of commands that ended by themselves."""

TITLES = sorted(leaves(whole()))


@pytest.mark.parametrize("title", TITLES)
def test_without_any_input_it_ends_and_says_why(title: str, person: Person, enrolled_person: Person) -> None:
    for one in (person, enrolled_person):
        one.grow_stale()
        ended = one.run(*title.split(), *ARGUMENTS.get(title, ()))
        assert ended.code in ENDS, ended
        assert ended.code == 0 or ended.err or ended.out
        assert "Password:" not in ended.err


@pytest.fixture
def stale(request: pytest.FixtureRequest, title: str) -> Person:
    """Somebody whose sign-in is not fresh: with two-factor authentication, but where it is to be set up."""
    person: Person = request.getfixturevalue("person" if title == "2fa enroll" else "enrolled_person")
    person.grow_stale()
    return person


@pytest.mark.parametrize("title", TITLES)
def test_with_a_controlling_terminal_that_is_not_its_input_it_asks_nothing(title: str, stale: Person) -> None:
    terminal, inner = os.openpty()
    never, end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *title.split(), *ARGUMENTS.get(title, ())],
        env=environment_of(stale.home),
        cwd=stale.home,
        stdin=never,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(inner, termios.TIOCSCTTY, 0),
    )
    os.close(inner)
    shown = b""
    with suppress(OSError):  # Linux answers EIO once the last writer is gone
        while piece := os.read(terminal, 65536):
            shown += piece
    code = process.wait(WAIT)
    for handle in (terminal, never, end):
        os.close(handle)
    assert code in ENDS, shown
    assert b"Traceback" not in shown
    assert shown or code == 0
