"""Machines that share a store on a server: each has a home of its own, with its own copy of the keys."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.strongroom.running import OWNER, PASSWORD, Ended, environment_of, strongroom


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine's home, and the address that it is told of the store."""

    home: Path
    url: str

    @property
    def keys(self) -> Path:
        """Its copy of the keys."""
        return self.home / "keys.json"

    @property
    def files(self) -> list[str]:
        """The names of all that stands in its home, but for the state of a screen."""
        return sorted(path.name for path in self.home.iterdir() if path.name != "state")

    def run(self, *arguments: str, given: str | bytes | None = None, **more: str) -> Ended:
        """Run one command to its end."""
        return strongroom(self.home, *arguments, given=given, **{"STRONGROOM_STORE": self.url, **more})

    def init(self, *, owner: tuple[str, ...] = OWNER) -> Ended:
        """Make the store and its first owner."""
        return self.run("admin", "init", *owner, "--password-stdin", given=PASSWORD + "\n")

    def begin_init(self) -> subprocess.Popen[bytes]:
        """Begin to make them, and do not wait."""
        process = subprocess.Popen(
            [sys.executable, "-m", "strongroom", "admin", "init", *OWNER, "--password-stdin"],
            env=environment_of(self.home, STRONGROOM_STORE=self.url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(f"{PASSWORD}\n".encode())
        process.stdin.close()
        process.stdin = None
        return process

    def join(self, other: Machine) -> None:
        """Take over a copy of another machine's keys."""
        shutil.copy(other.keys, self.keys)


def machine_at(folder: Path, url: str) -> Machine:
    """A machine with an empty home."""
    folder.mkdir(mode=0o700)
    return Machine(folder, url)
