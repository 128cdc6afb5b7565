"""A real sshd on loopback for the stories, with keys of its own and this user as its only guest."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

CONFIGURATION = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/guest.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserEnvironment no
AcceptEnv LANG COLORTERM NO_COLOR
PrintMotd no
PrintLastLog no
"""


class Sshd:
    """One sshd in the foreground of its own process. A context manager."""

    def __init__(self, folder: Path) -> None:
        """Make host and guest keys in the folder; start listening on entry."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        for name in ("host", "guest"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
            )
        (folder / "config").write_text(CONFIGURATION.format(port=self.port, folder=folder))

    def __enter__(self) -> Sshd:
        program = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        assert program is not None
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its privilege separation asks for it
        words = [program, "-D", "-e", "-f", str(self._folder / "config")]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(words, stderr=log)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"sshd does not listen: {(self._folder / 'log').read_text()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def command(self, *remote: str) -> Sequence[str]:
        """The words that run a remote command on a terminal by OpenSSH's own client."""
        options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR"]
        words = ["ssh", "-t", "-F", "none", "-i", str(self._folder / "guest"), "-p", str(self.port)]
        for option in options:
            words += ["-o", option]
        return [*words, f"{getpass.getuser()}@127.0.0.1", *remote]


def _free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
