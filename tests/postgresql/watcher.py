"""Ends a server when the run that started it is over, be it killed. A process of its own, one a server.

`watcher.py LIFELINE DIRECTORY PID`: whoever runs the tests holds a lock on the file LIFELINE for as long
as it lives. When the lock is free, the server PID is killed, and DIRECTORY and that of LIFELINE are removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def watch(lifeline: Path, directory: Path, pid: int) -> None:
    """Wait for the end of the run, then kill the server if it is still the one that was meant."""
    with suppress(OSError), lifeline.open("r+") as handle:
        fcntl.lockf(handle, fcntl.LOCK_EX)
    with suppress(OSError, ValueError, IndexError):
        if int((directory / "data" / "postmaster.pid").read_text().splitlines()[0]) == pid:
            kill(pid)
    shutil.rmtree(directory, ignore_errors=True)
    shutil.rmtree(lifeline.parent, ignore_errors=True)


def kill(pid: int) -> None:
    """Kill a server and whoever serves its connections, each of which has a session of its own."""
    for each in tree(pid):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def tree(pid: int) -> list[int]:
    """A process and those that it has started."""
    pairs = _from_proc() if Path("/proc/self/stat").exists() else _from_ps()
    return [pid, *(child for child, parent in pairs if parent == pid)]


def _from_proc() -> list[tuple[int, int]]:
    """Every process with its parent, as Linux tells."""
    pairs = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pairs.append((int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])))
    return pairs


def _from_ps() -> list[tuple[int, int]]:
    """Every process with its parent, as other systems tell."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    return [(int(line.split()[0]), int(line.split()[1])) for line in listed.stdout.splitlines()]


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
