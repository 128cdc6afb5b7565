"""No server outlives the run that started it, and every database is the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgresql
from tests.postgresql import place, watcher

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
from tests import postgresql
from tests.postgresql.place import place
server = postgresql.shared()
own = postgresql.new_server()
own.pause()
for one in (server, own):
    print(one.process.pid, one.directory, flush=True)
print(place(), flush=True)
sys.stdin.read()
"""


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_that_is_killed_leaves_no_server_and_no_file() -> None:
    postgresql.require(postgresql.BUNDLED)
    environment = {name: value for name, value in os.environ.items() if name != place.PLACE}
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        servers = [run.stdout.readline().split() for _ in range(2)]
        made = Path(run.stdout.readline().strip())
        processes = [each for pid, _ in servers for each in watcher.tree(int(pid))]
        assert made.exists()
        assert all(lives(pid) for pid in processes)
        run.kill()
    until(lambda: not any(lives(pid) for pid in processes))
    until(lambda: not any(Path(directory).exists() for _, directory in servers) and not made.exists())


def test_a_server_that_is_killed_is_gone_with_whoever_serves_its_connections() -> None:
    server = postgresql.new_server()
    assert server.process is not None
    clerk = subprocess.Popen(
        [server.binaries / "psql", *server.psql(), "-c", "SELECT 1", "-c", "SELECT pg_sleep(600)"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert clerk.stdout is not None
    assert clerk.stdout.readline() == b"1\n"
    processes = watcher.tree(server.process.pid)
    postgresql.discard(server)
    until(lambda: not any(lives(pid) for pid in processes))
    assert clerk.wait(60) != 0
    clerk.stdout.close()


def test_each_database_is_new_and_those_with_a_store_have_one() -> None:
    server = postgresql.shared()
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'strongroom'"
    seen = set()
    for new, has_store in ((postgresql.new_database, False), (postgresql.new_store, True)) * 2:
        with new() as url:
            name = url.partition("?")[0].rpartition("/")[2]
            seen.add(name)
            assert (server.sql(tables, name) != "0") == has_store
            server.sql(
                "CREATE SCHEMA IF NOT EXISTS strongroom; CREATE TABLE strongroom.left_over (a INT)", name
            )
            assert server.sql("SELECT count(*) FROM strongroom.left_over", name) == "0"
    assert len(seen) == 4


def test_programs_that_are_missing_skip_the_test_and_say_what_brings_them(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"are not here: Debian's postgresql-15 has them"):
        postgresql.require(tmp_path)
