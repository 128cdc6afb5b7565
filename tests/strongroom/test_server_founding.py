"""A founding on a server, in one process: claimed, undone when it is left, lost to another machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from strongroom.assembly import Assembly, needs_founding
from strongroom.exits import ExitCode, Stopped
from strongroom.founding_marker import marker_path
from strongroom.paths import find_paths
from strongroom.settings import Settings, load_settings
from strongroom.terminal_origin import find_origin
from strongroom.wiring import Wired
from tests import postgresql
from tests.strongroom.running import PASSWORD

ORIGIN = find_origin({"TERM": "xterm"})


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a database without a store."""
    with postgresql.new_database() as url:
        yield url


def settings_at(folder: Path, url: str) -> Settings:
    """The settings of a machine with nothing on it."""
    folder.mkdir(mode=0o700)
    variables = {"STRONGROOM_HOME": str(folder), "STRONGROOM_BREACH_URL": "off", "STRONGROOM_STORE": url}
    return load_settings(find_paths(variables), variables, {}, system_config=folder / "none.toml")


def sql(url: str, statement: str) -> str:
    """Run a statement in the database of a store."""
    return postgresql.shared().sql(statement, url.partition("?")[0].rpartition("/")[2])


async def found(wired: Wired) -> None:
    """Make the first owner."""
    await wired.services.founding.found("Harbour", "Ada", "ada@harbour.example", PASSWORD, ORIGIN)


async def test_a_founding_that_is_left_is_undone(url: str, tmp_path: Path) -> None:
    settings = settings_at(tmp_path / "desk", url)
    assembly = Assembly(settings, "desk", may_found=True)
    await assembly.connect()
    assert sql(url, "SELECT count(*) > 0 FROM strongroom.schema_migrations") == "t"
    await assembly.close()
    assert list((tmp_path / "desk").iterdir()) == []
    assert sql(url, "SELECT to_regnamespace('strongroom') IS NULL") == "t"
    assert await needs_founding(settings) is True


async def test_a_founding_that_is_finished_leaves_the_keys_alone(url: str, tmp_path: Path) -> None:
    settings = settings_at(tmp_path / "desk", url)
    assembly = Assembly(settings, "desk", may_found=True)
    await found(await assembly.wire())
    assert marker_path(settings).exists()
    await assembly.close()
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["keys.json"]
    assert await needs_founding(settings, asks_server=True) is False


async def test_while_one_machine_founds_another_is_told_so_and_leaves_nothing(
    url: str, tmp_path: Path
) -> None:
    desk = Assembly(settings_at(tmp_path / "desk", url), "desk", may_found=True)
    wired = await desk.wire()
    laptop = Assembly(settings_at(tmp_path / "laptop", url), "laptop", may_found=True)
    with pytest.raises(Stopped, match="just being made elsewhere") as stopped:
        await laptop.wire()
    await laptop.close()
    assert stopped.value.code is ExitCode.CONFLICT
    assert list((tmp_path / "laptop").iterdir()) == []
    await found(wired)
    await desk.close()
    assert sql(url, "SELECT count(*) FROM strongroom.accounts") == "1"


async def test_who_lost_the_claim_and_comes_second_takes_away_its_keys_and_nothing_else(
    url: str, tmp_path: Path
) -> None:
    """The desk's line to the server was cut while its form was filled in; the laptop was quicker."""
    desk = Assembly(settings_at(tmp_path / "desk", url), "desk", may_found=True)
    await desk.wire()
    sql(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    laptop_settings = settings_at(tmp_path / "laptop", url)
    laptop = Assembly(laptop_settings, "laptop", may_found=True)
    await found(await laptop.wire())
    assert (tmp_path / "desk" / "keys.json").exists()
    await desk.close()
    assert list((tmp_path / "desk").iterdir()) == []
    await laptop.close()
    assert await needs_founding(laptop_settings, asks_server=True) is False
    again = Assembly(laptop_settings, "laptop", may_found=False)
    await again.wire()
    await again.close()


async def test_a_server_that_is_gone_at_the_end_keeps_the_keys(tmp_path: Path) -> None:
    """The owner is committed, and the keys are nowhere else."""
    server = postgresql.new_server()
    try:
        server.sql("CREATE DATABASE acme")
        settings = settings_at(tmp_path / "desk", server.url("acme"))
        assembly = Assembly(settings, "desk", may_found=True)
        await found(await assembly.wire())
        keys = settings.keys.read_bytes()
        server.stop()
        await assembly.close()
        assert settings.keys.read_bytes() == keys
        server.start()
        assert await needs_founding(settings) is False
        assert not marker_path(settings).exists()
    finally:
        postgresql.discard(server)
