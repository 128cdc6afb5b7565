"""A command that a signal ends at a question: nothing was changed, and the terminal is as it was."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.strongroom.commands.person import WAIT, Person
from tests.strongroom.running import environment_of


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
