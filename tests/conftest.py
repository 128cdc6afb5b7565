"""What holds for every test: no traffic beyond loopback, and no file of the person who runs them."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from itertools import count, groupby
from pathlib import Path

import pytest
from hypothesis import settings

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

settings.register_profile("same", derandomize=True)
settings.register_profile("chance", print_blob=True)
settings.load_profile("chance" if os.environ.get("CHANCE") == "1" else "same")
"""The same examples in every run, so that no change fails by chance; `make soak` tries others each time."""

LONGEST = (
    "test_first_light",
    "_insists_",
    "_that_another_program_holds_",
    "_that_another_holds_",
    "_killed_again_",
)
"""Parts of the names of tests that take long on any machine: they live through much, or wait."""


def name_groups(items: list[pytest.Item]) -> None:
    """Put the group of a test behind its id, by which workers of xdist are given one group each.

    xdist 3.8 does that itself, but where pytest 9.2 does not read it any more: groups were torn apart unsaid.
    """
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is None or not item.config.getoption("loadgroup", False):
            continue
        if not item.nodeid.endswith(f"@{mark.args[0]}"):
            item._id = type(item.id).parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that none runs on alone at the end, and spread the stories.

    Stories wait for terminals most of their time: among tests that compute they leave no core idle.
    Within a module nothing changes its order, as tests may share what was made for them.
    """
    name_groups(items)
    stories: list[pytest.Item] = []
    others: list[pytest.Item] = []
    first: list[pytest.Item] = []
    for item in items:
        is_long = any(name in item.name or name in item.path.name for name in LONGEST)
        (first if is_long else stories if item.path.parent.name == "stories" else others).append(item)
    items[:] = first
    told = done = 0
    for _, module in groupby(others, key=lambda item: item.path):
        begun = [*module]
        done += len(begun)
        due = len(stories) * done // len(others)
        items += [*begun, *stories[told:due]]
        told = due
    items += stories[told:]


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A name for every home there will be: to look for a free one among thousands takes its time."""
    above = tmp_path_factory.mktemp("homes")
    return (above / f"home{number}" for number in count())


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a home of its own, and none of the variables that would lead out of it."""
    home = next(homes)
    home.mkdir(mode=0o700)
    for name in [*os.environ]:
        if name.startswith(("STRONGROOM_", "TEXTUAL", "XDG_", "SSH_")) or name in ("NO_COLOR", "COLORTERM"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    return home
