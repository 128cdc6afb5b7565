"""The programs of these tests in forks of one process that has imported the rules: none starts Python.

Run as `python -m tests.security.forked`: each line that comes in names a program, each that goes out is
its end.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.security import killed, raced, rounds, session_races

ROOT = Path(__file__).parents[2]

LONGEST = 240
"""Seconds that a program may take."""

PROGRAMS: dict[str, Callable[..., None]] = {
    "killed": killed.main,
    "raced": raced.main,
    "rounds": rounds.main,
    "session_races": session_races.main,
}
"""By their names; each prints what it found as JSON."""


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks, one for each worker, ended with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.security.forked"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def found_by(program: str, *words: str) -> Any:
    """Run a program, and give what it printed."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps([dict(os.environ), program, *words]) + "\n")
    server.stdin.flush()
    status, out, err = json.loads(server.stdout.readline())
    assert status == 0, f"{program} ended with {status}\n{out}\n{err[-4000:]}"
    return json.loads(out)


def serve() -> None:
    """Fork for every line until there are no more."""
    for line in sys.stdin:
        environment, program, *words = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                _become(environment, program, words)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            for file in (out, err):
                file.seek(0)
            said = [status, out.read().decode(), err.read().decode()]
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _become(environment: dict[str, str], program: str, words: list[str]) -> None:
    """Be the program, and end with it."""
    status = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        signal.alarm(LONGEST)
        PROGRAMS[program](*words)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
