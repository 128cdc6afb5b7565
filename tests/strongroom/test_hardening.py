"""What a hardened process keeps from others of the same user, tried on real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc and prctl are Linux's")


def run(program: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a small program with our packages in reach."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, env=environment, capture_output=True, text=True, timeout=30
    )


def test_new_files_are_private_and_core_files_are_off(tmp_path: Path) -> None:
    done = run(
        "import os, resource\n"
        "from strongroom.hardening import harden\n"
        "harden()\n"
        "open('made', 'w').close()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))",
        tmp_path,
    )
    assert done.stdout == "(0, 0)\n"
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600


def test_asyncio_is_not_asked_to_write_what_it_calls(tmp_path: Path) -> None:
    program = (
        "import asyncio, os\n"
        "os.environ['PYTHONASYNCIODEBUG'] = '1'\n"
        "from strongroom.hardening import harden\n"
        "harden()\n"
        "async def debugs() -> bool:\n"
        "    return asyncio.get_running_loop().get_debug()\n"
        "print(asyncio.run(debugs()))"
    )
    assert run(program, tmp_path).stdout == "False\n"


def test_a_crash_leaves_no_core_file(tmp_path: Path) -> None:
    program = (
        "import os, resource\n"
        "hard = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))\n"
        "from strongroom.hardening import harden\n"
        "harden()\n"
        "os.abort()"
    )
    done = run(program, tmp_path)
    assert done.returncode == -6
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_the_kernel_is_asked_to_dump_nothing(tmp_path: Path) -> None:
    program = (
        "import ctypes\n"
        "from strongroom.hardening import harden\n"
        "prctl = ctypes.CDLL(None).prctl\n"
        "before = prctl(3, 0, 0, 0, 0)\n"
        "harden()\n"
        "print(before, prctl(3, 0, 0, 0, 0))"
    )
    assert run(program, tmp_path).stdout == "1 0\n"


PEER = """
import ctypes, os, signal
from strongroom.hardening import harden

def become_nobody():
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # setuid took the flag away: begin as any process does

def attempt(pid):
    seen = []
    for name in ("environ", "maps", "mem"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                name == "mem" or file.read(1)
            seen.append(name)
        except PermissionError:
            pass
    return ",".join(seen) or "nothing"

def victim(hardened):
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        become_nobody()
        if hardened:
            harden()
        os.write(tell, b"x")
        signal.pause()
    os.read(ready, 1)
    return pid

victims = [victim(False), victim(True)]
spy = os.fork()
if spy == 0:
    become_nobody()
    print(*[attempt(pid) for pid in victims], flush=True)
    os._exit(0)
os.waitpid(spy, 0)
for pid in victims:
    os.kill(pid, 9); os.waitpid(pid, 0)
"""


@LINUX
def test_the_same_user_reads_neither_environment_nor_memory(tmp_path: Path) -> None:
    done = run(PEER, tmp_path)
    assert done.returncode == 0, done.stderr
    open_victim, hardened_victim = done.stdout.split()
    assert "environ" in open_victim
    assert hardened_victim == "nothing"
