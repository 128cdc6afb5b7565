"""Ends by signal: heard where a loop waits, and never raised in the midst of what it runs."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from pathlib import Path

import pexpect
import pytest

from strongroom.ended_by_signals import SIGNALS, ended_by_signals, run
from strongroom.exits import ExitCode
from tests.strongroom.running import environment_of


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_heard_where_the_loop_waits(number: signal.Signals) -> None:
    seen: list[str] = []

    async def work() -> None:
        """Be told in the midst of something."""
        signal.raise_signal(number)
        seen.append("went on")
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("put away")

    with pytest.raises(SystemExit) as ended, ended_by_signals():
        run(work())
    assert ended.value.code == 128 + number
    assert seen == ["went on", "put away"]


def test_a_signal_while_the_loop_is_put_away_lets_it_be_put_away() -> None:
    seen: list[str] = []

    def told_late() -> None:
        """Go on in a thread that the end of the loop waits for."""
        until = time.monotonic() + 60
        while not seen and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(0.1)
        seen.append("thread ended")

    async def work() -> None:
        """Leave the thread behind."""
        asyncio.get_running_loop().run_in_executor(None, told_late)
        seen.append("work ended")

    with pytest.raises(SystemExit) as ended, ended_by_signals():
        run(work())
    assert ended.value.code == ExitCode.TERMINATED
    assert seen == ["work ended", "thread ended"]


def test_a_signal_without_a_loop_unwinds() -> None:
    with pytest.raises(SystemExit) as ended, ended_by_signals():
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == ExitCode.TERMINATED


def test_a_question_is_left_by_control_c(founded: Path) -> None:
    asking = pexpect.spawn(
        sys.executable,
        ["-m", "strongroom", "admin", "restore", "--in-place"],
        env=environment_of(founded),
        cwd=str(founded),
        timeout=60,
    )
    asking.expect('Type "yes" to go on: ')
    asking.sendintr()
    asking.expect(pexpect.EOF)
    asking.close()
    assert asking.exitstatus == ExitCode.INTERRUPTED
