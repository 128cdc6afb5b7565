"""The program in forks of one process that has imported it: a command costs no start of Python.

Run as `python -m tests.strongroom.forked`: each line that comes in is a command, each that goes out its end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.strongroom.running import ROOT, Ended, environment_of

IMPORTED = (
    "asyncpg",
    "security.moving",
    "security.restoring",
    "store.postgresql.backup",
    "store.postgresql.store",
    "store.sqlite.backup",
    "store.sqlite.store",
    "strongroom.admin_init",
    "strongroom.backup",
    "strongroom.cli",
    "strongroom.grammar.tree",
    "strongroom.operating",
    "strongroom.restore",
    "strongroom.wiring",
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
        self, home: Path, *arguments: str, given: str = "", dies: tuple[str, str] | None = None, **more: str
    ) -> Ended:
        """Run one command to its end; one that `dies` kills itself before or after a step."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "arguments": arguments,
            "environment": environment_of(home, **more),
            "given": given,
            "dies": dies,
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        ended = Ended(**json.loads(self._process.stdout.readline()))
        assert "Traceback" not in ended.err
        assert "fault of its own" not in ended.err
        return ended


def serve() -> None:
    """Fork for every line until there are no more."""
    for name in IMPORTED:
        __import__(name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


def _forked(asked: Mapping[str, Any]) -> dict[str, object]:
    """Run one command in a fork."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(asked["given"].encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            for number, file in enumerate((given, out, err)):
                os.dup2(file.fileno(), number)
            _become(asked)
        _, status = os.waitpid(child, 0)
        for file in (out, err):
            file.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "out": out.read().decode(), "err": err.read().decode()}


def _become(asked: Mapping[str, Any]) -> None:
    """Be the command, and end with it."""
    from strongroom.cli import main
    from tests.strongroom.restore_killed import die_at

    code = 99
    try:
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(os.environ["HOME"])
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115 - for good
        if asked["dies"]:
            die_at(*asked["dies"])
        code = main(asked["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
