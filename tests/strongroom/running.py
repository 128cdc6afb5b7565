"""Running the program as a person or a script does: a real process with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.strongroom.forked import ROOT as ROOT
from tests.strongroom.forked import forks

PASSWORD = "Copper7-Lantern-Orbit"
"""Good enough for the standard policy."""

OWNER = ("--org", "Harbour Trust", "--name", "Ada Byron", "--email", "ada@harbour.example")
"""The first owner of most tests."""

SAYS_AND_FAILS = ("audit verify", "doctor", "admin breach check")
"""Commands whose answer is that something is amiss; their exit code is 1 then."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process whose files all lie under `home`; nothing is asked of the network."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "STRONGROOM_HOME": str(home),
        "STRONGROOM_BREACH_URL": "off",
        **more,
    }


def strongroom(home: Path, *arguments: str, given: str | bytes | None = None, **more: str) -> Ended:
    """Run one command to its end, without a terminal; standard input is empty unless something is given.

    It is a fork of a process that has imported the program, which saves most of a start; where the
    environment says how Python itself begins, it is a fresh one.
    """
    text = given.encode() if isinstance(given, str) else given or b""
    environment = environment_of(home, **more)
    if any(name.startswith(("PYTHON", "LANG", "LC_")) for name in more):
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", *arguments],
            env=environment,
            cwd=home,
            input=text,
            capture_output=True,
            timeout=60,
        )
        ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    else:
        ended = Ended(*forks().run(home, environment, *arguments, given=text))
    _hold(ended, arguments)
    return ended


def strongroom_that_dies(home: Path, dies: tuple[str, str], *arguments: str, **more: str) -> Ended:
    """Run one command that kills itself before or after a step."""
    ended = Ended(*forks().run(home, environment_of(home, **more), *arguments, dies=dies))
    _hold(ended, arguments)
    return ended


def _hold(ended: Ended, arguments: tuple[str, ...]) -> None:
    """Hold what every command says against what none may say, and its document against its schema."""
    assert "Traceback" not in ended.err
    assert "fault of its own" not in ended.err
    assert "\x1b" not in ended.out + ended.err
    if "--json" in arguments:
        from tests.strongroom.schemas import conforming

        document = conforming(ended.out)
        assert ("error" in document) is (ended.code != 0) or document["command"] in SAYS_AND_FAILS


def in_terminal(environment: dict[str, str], *arguments: str, given: bytes = b"") -> tuple[int, str]:
    """Run the program in a terminal of its own and give its exit code and all that it wrote."""
    terminal, inner = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *arguments],
        env=environment,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    os.write(terminal, given)
    shown = b""
    with suppress(OSError):  # Linux answers EIO once the last writer is gone
        while piece := os.read(terminal, 65536):
            shown += piece
    os.close(terminal)
    return process.wait(60), shown.decode(errors="replace")


def init(home: Path, *, owner: tuple[str, ...] = OWNER, password: str | bytes = PASSWORD + "\n") -> Ended:
    """Make a store and its first owner."""
    return strongroom(home, "admin", "init", *owner, "--password-stdin", given=password)
