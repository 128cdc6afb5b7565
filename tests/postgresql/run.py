"""The server that all tests of a run share, and a database for each test that asks for one."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from store.store import open_store
from tests.postgresql import place, watcher
from tests.postgresql.programs import BUNDLED, DEBIAN, require
from tests.postgresql.sealed import SealedServer, make_sealed
from tests.postgresql.server import QUICK, Server, discard, environment, new_directory

WANTED = "SRPG_SERVER"
"""The variable that, where it is `tls`, makes the shared server Debian's PostgreSQL over TLS, verify-full."""
EMPTY = "empty"
"""The database that a new one is a copy of."""
WITH_STORE = "with_store"
"""The same with a new store in it."""


def begin_run() -> Path:
    """Make the place where the workers of this run find their server; nothing is started yet."""
    return place.begin()


def end_run(made: Path) -> None:
    """Stop the server of this run, if a test has asked for one, and remove its files."""
    noted = made / "shared"
    if noted.exists():
        directory = Path(noted.read_text())
        pid_file = directory / "data" / "postmaster.pid"
        if pid_file.exists():
            watcher.kill(int(pid_file.read_text().splitlines()[0]))
        shutil.rmtree(directory, ignore_errors=True)
    place.end(made)


def shared() -> Server:
    """The server that all tests of this run share; the first that asks starts it."""
    is_sealed = os.environ.get(WANTED) == "tls"
    require(DEBIAN if is_sealed else BUNDLED)
    if not _shared:
        noted = place.place() / "shared"
        with place.locked("shared"):
            is_there = noted.exists()
            directory = Path(noted.read_text()) if is_there else new_directory()
            server = SealedServer(directory) if is_sealed else Server(directory, QUICK)
            if is_there:
                server.read_port()
            else:
                _start(server)
                noted.write_text(str(directory))
        _shared.append(server)
    return _shared[0]


def _start(server: Server) -> None:
    """Make and start the shared server, with the database that others are copies of."""
    try:
        if isinstance(server, SealedServer):
            make_sealed(server)
        else:
            server.make()
            server.start()
        server.sql(f"CREATE DATABASE {EMPTY}")
    except BaseException:
        discard(server)
        raise


_shared: list[Server] = []


class Clerk:
    """Makes and drops databases by a psql that stays, so that neither costs a process or a connection."""

    def __init__(self, server: Server) -> None:
        """Begin; it ends with this process, whose pipe it reads."""
        self._psql = subprocess.Popen(
            [str(server.binaries / "psql"), *server.psql()],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ask(self, statement: str) -> None:
        """Hand in a statement, and do not wait for it."""
        assert self._psql.stdin is not None
        self._psql.stdin.write(f"{statement};\n")
        self._psql.stdin.flush()

    def wait(self) -> None:
        """Wait until all that was handed in is done."""
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        self._psql.stdin.write("\\echo done\n")
        self._psql.stdin.flush()
        said = self._psql.stdout.readline()
        assert said == "done\n", said


class Databases:
    """The databases of this process, one after the other; the next one is made while this one is used."""

    def __init__(self) -> None:
        """Have none."""
        self._server = shared()
        self._clerk = Clerk(self._server)
        self._ready: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self.process = os.getpid()
        """Whose databases they are."""

    @contextmanager
    def new(self, template: str) -> Iterator[str]:
        """Give the URL of a new one that is a copy of `template`, and drop it at the end."""
        name = self._ready.pop(template, None) or self._made(template)
        self._clerk.wait()
        self._ready[template] = self._made(template)
        try:
            yield self._server.url(name)
        finally:
            self._clerk.ask(f"DROP DATABASE {name} WITH (FORCE)")

    def _made(self, template: str) -> str:
        """Have one made."""
        name = f"t{self.process}_{next(self._numbers)}"
        self._clerk.ask(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name


_databases: list[Databases] = []


def _of_this_process() -> Databases:
    """The databases of this process, be it forked from another."""
    if not _databases or _databases[-1].process != os.getpid():
        _databases.append(Databases())
    return _databases[-1]


@contextmanager
def new_database() -> Iterator[str]:
    """Make a database without a store, give its URL, and drop it at the end."""
    with _of_this_process().new(EMPTY) as url:
        yield url


@contextmanager
def new_store() -> Iterator[str]:
    """Make a database with a new store in it, give its URL, and drop it at the end."""
    made = place.place() / WITH_STORE
    if not made.exists():
        with place.locked(WITH_STORE):
            if not made.exists():
                _make_store()
                made.touch()
    with _of_this_process().new(WITH_STORE) as url:
        yield url


def _make_store() -> None:
    """Make the store that is copied; in a thread of its own, as the one that asks may run a loop."""
    server = shared()
    server.sql(f"CREATE DATABASE {WITH_STORE}")

    async def make() -> None:
        await (await open_store(server.url(WITH_STORE), create=True)).close()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, make()).result()
