"""What this process keeps to itself: no core file, no readable memory map, no file open to others."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4
_SUID_DUMP_DISABLE = 0


def harden() -> None:
    """Take from other processes of this user what the system lets us take; done once, first of all.

    Core files are off by their limit, and on Linux by PR_SET_DUMPABLE too, since a core pattern
    that pipes to a program does not ask for the limit. The same flag makes /proc/PID/mem, maps
    and environ unreadable and refuses ptrace to everyone but root: prctl(2), proc(5), core(5).
    """
    os.umask(0o077)
    os.environ.pop("PYTHONASYNCIODEBUG", None)  # it writes slow calls to standard error, with their arguments
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _refuse_dumps()


def _refuse_dumps() -> None:
    """Set the flag through the C library that is loaded already."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    prctl.restype = ctypes.c_int
    # A kernel that says no (a strict seccomp filter) still gives a usable program.
    prctl(_PR_SET_DUMPABLE, _SUID_DUMP_DISABLE, 0, 0, 0)
