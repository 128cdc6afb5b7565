"""One PostgreSQL server of the tests: its files, its process, its end; and a standby that follows one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.postgresql import watcher
from tests.postgresql.place import lifeline
from tests.postgresql.programs import BUNDLED, own, reachable, require, runner, runner_group

USER = "postgres"
"""Who owns the databases."""
START = 60
"""Seconds for a server to start, or to follow another."""

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1h",
    "log_min_messages": "fatal",
    "unix_socket_permissions": "0700",
}
"""Settings of a server that is thrown away; what a commit waits for is asked for by each session."""


class Server:
    """One server: its directory, its process, and what its databases are called by."""

    def __init__(
        self, directory: Path, settings: Mapping[str, str], binaries: Path = BUNDLED, listen: str = ""
    ) -> None:
        """Name a server that listens on a file, and on an address; `make` or a copy gives it its files."""
        require(binaries)
        self.directory = directory
        self.binaries = reachable(binaries)
        self.settings = settings
        self.listen = listen
        self.port = 5432
        self.process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.directory / "data"

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.directory / "log").read_text()

    def run(self, program: str, *arguments: str, input_: str | None = None) -> str:
        """Run one of PostgreSQL's programs as the user whose server it is, and give its output."""
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=runner(),
            group=runner_group(),
            extra_groups=[] if runner() is not None else None,
            cwd=self.directory,
            env=environment(),
            input=input_,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make(self) -> None:
        """Make its files."""
        own(self.directory)
        self.run(
            "initdb", "-D", str(self.data), "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C",
            "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers; it keeps the port that it had before."""
        is_new = self.process is None
        for _ in range(10):
            if self.listen and is_new:
                self.port = _free_port(self.listen)
            if self._starts():
                break
            assert "could not bind" in self.log, self.log  # somebody else took the port in the meantime
        assert self.process is not None
        command = [sys.executable, "-I", "-S", watcher.__file__, lifeline(), self.directory, self.process.pid]
        self._watcher = subprocess.Popen(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _starts(self) -> bool:
        """Start it and wait until it answers; False where it ended instead."""
        settings = {**self.settings, "listen_addresses": self.listen, "port": str(self.port)}
        options = [f"-c{name}={value}" for name, value in settings.items()]
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # of one that was killed
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.directory), *options],
                user=runner(),
                group=runner_group(),
                extra_groups=[] if runner() is not None else None,
                cwd=self.directory,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START
        while not self.is_ready():
            if self.process.poll() is not None:
                return False
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return True

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() in ("ready", "standby")
        except (OSError, IndexError):
            return False

    def read_port(self) -> None:
        """Learn the port of one that another process has started."""
        self.port = int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def stop(self) -> None:
        """Stop it at once, as a service manager does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._unwatch()

    def kill(self) -> None:
        """Kill it with all that serves its connections, as a machine that goes dark does."""
        if self.process is not None and self.process.poll() is None:
            watcher.kill(self.process.pid)
            self.process.wait(20)
        self._unwatch()

    def pause(self) -> None:
        """Let it say nothing more, as a machine that hangs does; its connections stay."""
        assert self.process is not None
        for pid in watcher.tree(self.process.pid):
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self.process is not None
        for pid in reversed(watcher.tree(self.process.pid)):
            os.kill(pid, signal.SIGCONT)

    def _unwatch(self) -> None:
        """End the process that waits for the end of the run."""
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.wait()
            self._watcher = None

    def promote(self) -> None:
        """Make a standby the one that takes writes, and wait until it does; it waits for no other standby."""
        self.sql("SELECT pg_promote(true)")
        self.sql("ALTER SYSTEM RESET synchronous_standby_names")
        self.sql("SELECT pg_reload_conf()")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the owner."""
        return self.run("psql", *self.psql(database), "-c", statement).strip()

    def psql(self, database: str = "postgres") -> list[str]:
        """The arguments that lead psql to it by its socket file."""
        return [
            "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1",
            "-h", str(self.directory), "-p", str(self.port), "-U", USER, "-d", database,
        ]  # fmt: skip

    def url(self, database: str) -> str:
        """The address of a database by the server's socket file."""
        port = "" if self.port == 5432 else f"&port={self.port}"
        return f"postgresql://{USER}@/{database}?host={quote(str(self.directory), safe='')}{port}"

    def tcp_url(self, database: str) -> str:
        """The address of a database over the network, without TLS."""
        return f"postgresql://{USER}@{self.listen}:{self.port}/{database}"


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: none of the variables that would lead them elsewhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _free_port(host: str) -> int:
    """A port on which nobody listens now."""
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])


def new_directory() -> Path:
    """A directory for a server: in memory where there is room, with a name short enough for a socket."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    return Path(tempfile.mkdtemp(prefix="srpg-", dir=memory if has_room else "/tmp"))


def new_server(settings: Mapping[str, str] = QUICK, binaries: Path = BUNDLED, listen: str = "") -> Server:
    """Make and start a server of its own; it listens on a socket file, and on an address if one is named."""
    require(binaries)
    server = Server(new_directory(), settings, binaries, listen)
    server.make()
    server.start()
    return server


def new_standby(primary: Server, *, is_synchronous: bool = True, listen: str | None = None) -> Server:
    """Copy a server that runs into a standby that follows it.

    Where it is synchronous, from now on no commit that waits is answered before the standby has it.
    """
    listen = primary.listen if listen is None else listen
    standby = Server(new_directory(), primary.settings, primary.binaries, listen)
    own(standby.directory)
    standby.run(
        "pg_basebackup", "-D", str(standby.data), "-R", "-X", "stream", "-c", "fast", "--no-sync",
        "-d", f"host={primary.directory} port={primary.port} user={USER} application_name=standby",
    )  # fmt: skip
    standby.start()
    if is_synchronous:
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
    wanted = "sync" if is_synchronous else "async"
    deadline = time.monotonic() + START
    while primary.sql("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != wanted:
        assert time.monotonic() < deadline, standby.log
        time.sleep(0.02)
    return standby


def discard(server: Server) -> None:
    """Stop a server and remove its files."""
    server.kill()
    shutil.rmtree(server.directory, ignore_errors=True)
