"""The program in forks of one process that has imported it: a command costs no start of Python.

Run as `python -m tests.strongroom.forked`: each line that comes in is a command, each that goes out its end.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

LONGEST = 60
"""Seconds that a command may take."""

IMPORTED = (
    "asyncpg",
    "importlib.readers",
    "importlib.util",
    "security.moving",
    "security.restoring",
    "store.postgresql.backup",
    "store.postgresql.store",
    "store.sqlite.backup",
    "store.sqlite.store",
    "strongroom.admin_init",
    "strongroom.backup",
    "strongroom.cli",
    "strongroom.commands.activity",
    "strongroom.commands.activity_export",
    "strongroom.commands.config",
    "strongroom.commands.desk",
    "strongroom.commands.enrolment",
    "strongroom.commands.login",
    "strongroom.commands.members",
    "strongroom.commands.password",
    "strongroom.commands.profile",
    "strongroom.commands.session",
    "strongroom.commands.status",
    "strongroom.doctor.doctor",
    "strongroom.grammar.tree",
    "strongroom.move",
    "strongroom.operating",
    "strongroom.restore",
    "strongroom.wiring",
    "tui.words.measures",
    "tui.words.session_details",
    "zipfile",
)
"""What the commands would import each time."""


class Forks:
    """The process that forks; a context manager."""

    def __init__(self) -> None:
        """Begin."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.strongroom.forked"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def run(
        self,
        home: Path,
        environment: Mapping[str, str],
        *arguments: str,
        given: bytes = b"",
        dies: tuple[str, str] | None = None,
        stdout: str = "",
        user: int | None = None,
    ) -> tuple[int, str, str]:
        """Run one command to its end: exit code and what it wrote; one that `dies` kills itself.

        `stdout` is the file that it answers to in place of a pipe, or "closed"; `user` whom it runs as, by
        number, where that is not us: what it imports only then may be out of that user's reach.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "arguments": arguments,
            "home": str(home),
            "environment": dict(environment),
            "given": base64.b64encode(given).decode(),
            "dies": dies,
            "stdout": stdout,
            "user": user,
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        ended = json.loads(self._process.stdout.readline())
        return ended["code"], ended["out"], ended["err"]


@cache
def forks() -> Forks:
    """The one of this process, ended with it."""
    made = Forks()
    atexit.register(made.__exit__)
    return made


def serve() -> None:
    """Fork for every line until there are no more."""
    for name in IMPORTED:
        __import__(name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


def _forked(asked: Mapping[str, Any]) -> dict[str, object]:
    """Run one command in a fork; what it is given comes through a pipe, as from a shell."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given, feeder = _pipe_of(base64.b64decode(asked["given"]))
        child = os.fork()
        if child == 0:
            for number, handle in enumerate((given, out.fileno(), err.fileno())):
                os.dup2(handle, number)
            _become(asked)
        os.close(given)
        _, status = os.waitpid(child, 0)
        if feeder:
            os.waitpid(feeder, 0)
        for file in (out, err):
            file.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "out": out.read().decode(), "err": err.read().decode()}


def _pipe_of(content: bytes) -> tuple[int, int]:
    """The end of a pipe that gives some bytes, and the process that writes them; /dev/null and 0 for none."""
    if not content:
        return os.open(os.devnull, os.O_RDONLY), 0
    reading, writing = os.pipe()
    feeder = os.fork()
    if feeder == 0:
        os.close(reading)
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        os._exit(0)
    os.close(writing)
    return reading, feeder


def _become(asked: Mapping[str, Any]) -> None:
    """Be the command, and end with it."""
    from strongroom.cli import main
    from tests.strongroom.restore_killed import die_at

    code = 99
    try:
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        signal.alarm(LONGEST)
        os.chdir(asked["home"])
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115 - for good
        if asked["stdout"] == "closed":
            os.close(1)
            sys.stdout = None  # as Python finds it then
        elif asked["stdout"]:
            os.dup2(os.open(asked["stdout"], os.O_WRONLY), 1)
        if asked["user"] is not None:
            os.setgroups([])
            os.setgid(asked["user"])
            os.setuid(asked["user"])
        if asked["dies"]:
            die_at(*asked["dies"])
        code = main(asked["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
