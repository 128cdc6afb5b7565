"""The demo's own city file, and what its people are called by."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from security.clients import client_of
from security.facts import Secret
from security.origin import Origin
from security.places import FilePlaces, state
from strongroom.demo import story as demo_story
from strongroom.demo.cast import MEMBERS, OWNER, PLACES, Terminal
from tests.strongroom.make_demo_places import make
from tests.strongroom.running import ROOT


def terminals() -> Iterator[Terminal]:
    """Every terminal of the story."""
    for person in (OWNER, *MEMBERS):
        yield from person.terminals
    yield from (value for value in vars(demo_story).values() if isinstance(value, Terminal))


def test_the_file_is_the_one_that_its_script_makes(tmp_path: Path) -> None:
    make(tmp_path / "made.mmdb")
    assert (tmp_path / "made.mmdb").read_bytes() == PLACES.read_bytes()


def test_the_file_serves_and_is_small() -> None:
    assert state(PLACES).is_usable
    assert PLACES.stat().st_size < 8192


async def test_it_knows_where_every_terminal_of_the_story_is() -> None:
    places = FilePlaces(PLACES)
    for terminal in terminals():
        found = await places.placed(Origin(Secret("c"), terminal.source_ip, "", "node"))
        assert found.city, terminal
        assert found.country, terminal
    await places.close()


def test_every_address_is_one_for_documentation() -> None:
    networks = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    for terminal in terminals():
        address = ipaddress.ip_address(terminal.source_ip)
        assert any(address in ipaddress.ip_network(network) for network in networks), terminal


def test_a_browser_is_called_as_its_user_agent_says() -> None:
    for terminal in terminals():
        origin = Origin(Secret("c"), "local", terminal.client, "node", user_agent=terminal.user_agent)
        assert client_of(origin) == terminal.client


def test_the_file_is_in_the_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "strongroom", source / "strongroom", ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("tui", "security", "store"):
        (source / package).mkdir()
        (source / package / "__init__.py").touch()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    code = "import sys\nfrom hatchling.build import build_wheel\nbuild_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert packed.read("strongroom/demo/places.mmdb") == PLACES.read_bytes()
