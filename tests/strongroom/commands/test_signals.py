"""A command that a signal ends at a question: nothing was changed, and the terminal is as it was."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from tests.strongroom.commands.person import WAIT, Person
from tests.strongroom.running import OWNER, environment_of
from tests.strongroom.shell import READY, begin, shell_at, stop_and_go_on


@contextmanager
def asked(person: Person, *arguments: str, question: bytes) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A command that waits at a question, and the terminal that it asks at."""
    outer, inner = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *arguments],
        env=environment_of(person.home),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    try:
        until, shown = time.monotonic() + WAIT, b""
        while question not in shown:
            assert time.monotonic() < until, shown
            if select.select([outer], [], [], 1)[0]:
                shown += os.read(outer, 65536)
        yield process, inner
    finally:
        process.kill()
        process.wait(WAIT)
        os.close(outer)
        os.close(inner)


def is_echoing(handle: int) -> bool:
    """Whether what is typed at a terminal is shown."""
    return bool(termios.tcgetattr(handle)[3] & termios.ECHO)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_at_a_question_restores_the_terminal_and_changes_nothing(
    person: Person, number: signal.Signals
) -> None:
    before = person.digest()
    with asked(person, "password", "change", question=b"Current password: ") as (process, terminal):
        until = time.monotonic() + WAIT
        while is_echoing(terminal):
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(WAIT) == 128 + number
        assert is_echoing(terminal)
    assert person.digest() == before


def test_a_signal_in_the_midst_of_an_enrolment_leaves_no_key(person: Person) -> None:
    before = person.digest()
    with asked(person, "2fa", "enroll", question=b"authenticator app: ") as (process, terminal):
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 143
        assert is_echoing(terminal)
    assert person.digest() == before


def test_a_secret_stays_unseen_after_ctrl_z_and_fg(person: Person) -> None:
    """A shell gives the terminal back showing what is typed."""
    with shell_at(person.home) as shell:
        begin(shell, "password", "change")
        shell.expect_exact("Current password: ")
        stop_and_go_on(shell)
        shell.expect_exact("Current password: ")
        shell.sendline("Hidden-Canary-5512")
        shell.expect_exact("New password: ")
        assert "Hidden" not in shell.before
        shell.send("\x03")
        shell.expect_exact(READY)


def test_ctrl_z_freezes_no_command_that_nobody_could_go_on_with(person: Person) -> None:
    """As in `ssh -t host strongroom …`, where no shell waits for it."""
    with asked(person, "password", "change", question=b"Current password: ") as (process, terminal):
        process.send_signal(signal.SIGTSTP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 143
        assert is_echoing(terminal)


def test_lines_are_taken_from_a_terminal_that_was_left_raw(person: Person) -> None:
    person.sign_in_elsewhere()
    raw = person.terminal("session", "revoke", "--others")
    tty.setraw(raw.child_fd)
    raw.expect_exact("Type yes to go on: ")
    raw.send("yes\r")
    raw.expect_exact(pexpect.EOF)
    raw.close()
    assert raw.exitstatus == 0


def test_a_signal_at_the_password_of_a_first_owner_restores_the_terminal(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with asked(Person(tmp_path), "admin", "init", *OWNER, question=b"New password: ") as (process, terminal):
        until = time.monotonic() + WAIT
        while is_echoing(terminal):
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 143
        assert is_echoing(terminal)
    assert not (tmp_path / "strongroom.db").exists()


@pytest.mark.parametrize(
    ("arguments", "question", "hears"),
    [
        (("password", "change"), b"Current password: ", True),
        (("2fa", "enroll"), b"authenticator app: ", False),
    ],
)
def test_a_terminal_that_is_lost_at_a_hidden_question_ends_it_and_nothing_is_changed(
    person: Person, arguments: tuple[str, ...], question: bytes, hears: bool
) -> None:
    """The line is cut, as SIGHUP tells; or it was begun with nohup, and then nothing more can be typed."""
    before = person.digest()
    outer, inner = os.openpty()
    heard = signal.signal(signal.SIGHUP, signal.SIG_DFL if hears else signal.SIG_IGN)
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *arguments],
        env=environment_of(person.home),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(inner, termios.TIOCSCTTY, 0),
    )
    signal.signal(signal.SIGHUP, heard)
    os.close(inner)
    shown = b""
    while question not in shown:
        assert select.select([outer], [], [], WAIT)[0], shown
        shown += os.read(outer, 65536)
    os.close(outer)
    code = process.wait(WAIT)
    assert code == (128 + signal.SIGHUP if hears else ExitCode.CONFIRMATION_NEEDED)
    assert person.digest() == before
    assert person.run("status").code == 0
