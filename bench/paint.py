"""How long a program takes from its start to a text on its terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence


def seconds_until(
    marker: bytes, command: Sequence[str], env: Mapping[str, str], *, limit: float = 20
) -> float:
    """Seconds from the start of a command on an 80x24 pty until it has written the marker.

    Raises:
        TimeoutError: it did not within the limit.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    start = time.perf_counter()
    child = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=dict(env), start_new_session=True
    )
    os.close(slave)
    seen = b""
    try:
        while time.perf_counter() - start < limit:
            if select.select([master], [], [], 0.05)[0]:
                try:
                    seen += os.read(master, 65536)
                except OSError:
                    break
                if marker in seen:
                    return time.perf_counter() - start
        raise TimeoutError(f"{marker!r} was not painted within {limit:g} s: {seen[-400:]!r}")
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(master)
