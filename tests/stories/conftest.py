"""What the stories share: the program as a person starts it, in a home of its own, at either door."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stories.sshd import Sshd
from tests.stories.terminal import Terminal, need

PROGRAM = (sys.executable, "-m", "strongroom")
ROOT = Path(__file__).resolve().parents[2]

Opens = Callable[..., Terminal]
"""Opens a terminal in which the program runs with the words it is given."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The directory that holds store, keys, state and settings."""
    folder = tmp_path / "strongroom"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """What the program is told: where its home is, and that there is no network to ask."""
    return {"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def opens(environment: Mapping[str, str]) -> Iterator[Opens]:
    """Open the program at a terminal of this machine."""
    need("tmux", "oathtool")
    with ExitStack() as stack:

        def open_here(*words: str, env: Mapping[str, str] | None = None, **terminal: object) -> Terminal:
            whole = {**environment, **(env or {})}
            return stack.enter_context(Terminal([*PROGRAM, *words], env=whole, **terminal))  # type: ignore[arg-type]

        yield open_here


@pytest.fixture(params=["local terminal", "ssh"])
def door(request: pytest.FixtureRequest, environment: Mapping[str, str], tmp_path: Path) -> Iterator[Opens]:
    """Open the program at a terminal of this machine, or through a real sshd with `ssh -t`."""
    if request.param == "local terminal":
        yield request.getfixturevalue("opens")
        return
    need("tmux", "oathtool", "ssh", "sshd")
    with ExitStack() as stack:
        sshd = stack.enter_context(Sshd(tmp_path))

        def open_there(*words: str, **terminal: object) -> Terminal:
            remote = ["env", *(f"{name}={value}" for name, value in environment.items()), *PROGRAM, *words]
            remote = [shlex.quote(word) for word in remote]  # ssh hands on one line, for a shell
            return stack.enter_context(Terminal(sshd.command(*remote), **terminal))  # type: ignore[arg-type]

        yield open_there
