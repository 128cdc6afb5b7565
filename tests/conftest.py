"""What holds for every test: no traffic beyond loopback, and no file of the person who runs them."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

import pytest

from tests import postgresql


class BeyondLoopback(AssertionError):
    """A test reached for an address outside this machine."""


def _refuse_beyond_loopback(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: a connect or a name look-up may name loopback or a socket file, nothing else."""
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise BeyondLoopback(f"a test connected to {address!r}")
    elif event == "socket.getaddrinfo" and args[0] is not None and not _is_loopback(str(args[0])):
        raise BeyondLoopback(f"a test looked up {args[0]!r}")


def _is_loopback(host: str) -> bool:
    """Whether a host as the socket module names it stays on this machine."""
    if host in ("localhost", "", "b'localhost'"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_beyond_loopback)


def pytest_configure(config: pytest.Config) -> None:
    """Make the place of the PostgreSQL server that all workers share; the first test that asks starts it."""
    if not hasattr(config, "workerinput"):
        config.stash[_PLACE] = postgresql.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop that server."""
    if _PLACE in config.stash:
        postgresql.end_run(config.stash[_PLACE])


_PLACE = pytest.StashKey[Path]()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a home of its own, and none of the variables that would lead out of it."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    for name in [*os.environ]:
        if name.startswith(("STRONGROOM_", "TEXTUAL", "XDG_", "SSH_")) or name in ("NO_COLOR", "COLORTERM"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    return home
