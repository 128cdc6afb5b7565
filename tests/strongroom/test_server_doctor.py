"""`strongroom doctor` of a store on a server: each thing with what mends it, and never the password."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from security.clock import SystemClock
from store.postgresql import server_facts
from strongroom.doctor.findings import Finding, Mark
from strongroom.doctor.server import examine_server
from strongroom.paths import find_paths
from strongroom.settings import Settings, load_settings
from tests import postgresql
from tests.postgresql import Server
from tests.strongroom import doctor_lines
from tests.strongroom.guarded import PASSWORD, guarded_database, guarded_server, url_of
from tests.strongroom.machines import Machine, machine_at
from tests.strongroom.running import Ended

pytestmark = pytest.mark.xdist_group("server doctor")  # so that one worker makes the server

SUBJECTS = (
    *("terminal", "time", "store", "server", "way there", "durability", "clock"),
    *("keys", "mail", "places", "breach file"),
)

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that is set up as it should be."""
    with guarded_server() as server:
        yield server


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """A database without a store, and with a password in its address."""
    with guarded_database(server, f"doctored{next(_numbers)}") as url:
        yield url


@pytest.fixture
def machine(url: str, tmp_path: Path) -> Machine:
    """A machine at which the store was founded."""
    machine = machine_at(tmp_path / "machine", url)
    ended = machine.init()
    assert ended.code == 0, ended.err
    return machine


def settings_of(machine: Machine, **more: str) -> Settings:
    """The settings of a machine."""
    variables = {"STRONGROOM_HOME": str(machine.home), "STRONGROOM_STORE": machine.url, **more}
    return load_settings(find_paths(variables), variables, {}, system_config=machine.home / "none.toml")


def lines_of(ended: Ended) -> dict[str, str]:
    """What was said of each subject, and never the password."""
    assert PASSWORD not in ended.out + ended.err
    return doctor_lines.lines_of(ended)


async def findings_at(machine: Machine, **more: str) -> dict[str, Finding]:
    """What is found of the server, within this process."""
    settings = settings_of(machine, **more)
    facts = await server_facts.read(settings.store, SystemClock().now)
    return {finding.subject: finding for finding in examine_server(facts, settings)}


def test_all_is_well_with_a_server_that_is_set_up_as_it_should_be(machine: Machine) -> None:
    ended = machine.run("doctor")
    lines = lines_of(ended)
    assert ended.code == 0, ended.out
    assert tuple(lines) == SUBJECTS
    assert lines["store"].endswith(", 1 account.")
    assert lines["server"].startswith("ok PostgreSQL 18.")
    assert "connections taken" in lines["server"]
    assert lines["way there"].startswith("ok Without TLS")
    assert lines["durability"].startswith("ok synchronous_commit is on, and no synchronous standby")
    assert lines["clock"] == "ok The server's clock and this machine's differ by 0.0 s."
    assert lines["keys"].startswith(f"ok {machine.keys}. ")


def test_what_a_loss_of_power_would_spoil_is_amiss(tmp_path: Path) -> None:
    with postgresql.new_database() as quick:
        machine = machine_at(tmp_path / "machine", quick)
        assert machine.init().code == 0
        ended = machine.run("doctor")
    lines = lines_of(ended)
    assert ended.code == 1
    assert lines["durability"].startswith("AMISS fsync and full_page_writes off")
    assert "ALTER SYSTEM SET fsync = on" in lines["durability"]
    assert lines["way there"] == "ok A socket file of this machine."


async def test_too_few_connections_for_this_machine_are_amiss(machine: Machine) -> None:
    assert (await findings_at(machine))["server"].mark is Mark.WELL
    found = (await findings_at(machine, STRONGROOM_STORE_CONNECTIONS="60"))["server"]
    assert found.mark is Mark.AMISS
    assert "up to 61" in found.sentence
    assert "store_connections" in found.mends


async def test_a_clock_that_is_set_apart_is_amiss(machine: Machine) -> None:
    settings = settings_of(machine)
    for ahead, word in ((timedelta(hours=1), "behind"), (-timedelta(hours=1), "ahead of")):
        facts = await server_facts.read(settings.store, lambda ahead=ahead: SystemClock().now() + ahead)  # type: ignore[misc]
        found = {finding.subject: finding for finding in examine_server(facts, settings)}["clock"]
        assert found.mark is Mark.AMISS
        assert f"3,600.0 s {word} this machine's" in found.sentence
        assert "time server" in found.mends


async def test_a_synchronous_standby_is_told_where_one_is_asked_for(server: Server, machine: Machine) -> None:
    server.sql("GRANT pg_read_all_stats TO keeper")
    standby = postgresql.new_standby(server)
    try:
        found = (await findings_at(machine))["durability"]
        assert (found.mark, found.mends) == (Mark.WELL, "")
        assert "1 synchronous standby follows" in found.sentence
        server.sql("REVOKE pg_read_all_stats FROM keeper")
        unseen = (await findings_at(machine))["durability"]
        assert "not ours to see" in unseen.sentence
        server.sql("GRANT pg_read_all_stats TO keeper")
        server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.sql("SELECT pg_reload_conf()")
        await _until_amiss(machine)
    finally:
        server.sql("ALTER SYSTEM RESET synchronous_standby_names")
        server.sql("SELECT pg_reload_conf()")
        postgresql.discard(standby)


async def _until_amiss(machine: Machine) -> None:
    """Wait until the server has taken over that the standby that it waits for is not there."""
    for _ in range(200):
        found = (await findings_at(machine))["durability"]
        if found.mark is Mark.AMISS:
            assert "no synchronous standby follows" in found.sentence
            return
    raise AssertionError(found.sentence)


def test_an_older_schema_is_told_and_left_as_it_is(machine: Machine, server: Server) -> None:
    database = machine.url.rpartition("/")[2]
    ask = "SELECT max(version) FROM strongroom.schema_migrations"
    newest = server.sql(ask, database)
    server.sql("DELETE FROM strongroom.schema_migrations WHERE version > 1", database)
    ended = machine.run("doctor")
    assert ended.code == 1
    assert f"has schema 1, and this program has {newest}" in lines_of(ended)["store"]
    assert "strongroom audit verify" in lines_of(ended)["store"]
    assert server.sql(ask, database) == "1"


def test_a_database_without_a_store_says_how_to_begin_and_nothing_is_made(url: str, tmp_path: Path) -> None:
    machine = machine_at(tmp_path / "machine", url)
    ended = machine.run("doctor")
    lines = lines_of(ended)
    assert ended.code == 1
    assert "strongroom admin init" in lines["store"]
    assert "strongroom admin init" in lines["keys"]
    assert lines["server"].startswith("ok")
    assert machine.files == []


def test_missing_keys_are_to_be_copied_from_another_machine(machine: Machine) -> None:
    machine.keys.unlink()
    ended = machine.run("doctor")
    assert ended.code == 1
    assert lines_of(ended)["store"].startswith("ok")
    assert "Copy them from a machine that opens this store" in lines_of(ended)["keys"]


@pytest.mark.parametrize(
    ("address", "says", "mends"),
    [
        ("wrong password", "does not let this user", "The server's log says"),
        ("no password", "wants a password", "~/.pgpass"),
        ("no database", "There is no database", "createdb -O keeper -E UTF8 -T template0 nowhere"),
        ("nobody there", "nobody answers", "pg_isready -h 127.0.0.1 -p 1"),
    ],
)
def test_a_server_that_does_not_serve_is_told_with_what_to_look_at(
    server: Server, machine: Machine, address: str, says: str, mends: str
) -> None:
    database = machine.url.rpartition("/")[2]
    url = {
        "wrong password": url_of(server, database, "another"),
        "no password": url_of(server, database, ""),
        "no database": url_of(server, "nowhere"),
        "nobody there": "postgresql://keeper@127.0.0.1:1/db",
    }[address]
    ended = Machine(machine.home, url).run("doctor")
    line = lines_of(ended)["store"]
    assert ended.code == 1
    assert says in line
    assert mends in line
    assert "keys" in lines_of(ended)


def test_an_open_password_file_is_told_with_its_own_line_and_no_other(
    server: Server, machine: Machine, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text("")
    secrets.chmod(0o644)
    url = url_of(server, machine.url.rpartition("/")[2], "")
    line = lines_of(Machine(machine.home, url).run("doctor", PGPASSFILE=str(secrets)))["store"]
    assert line.endswith(f"Mend it with: chmod 600 {secrets}")


def test_a_server_without_room_is_not_said_to_be_silent(server: Server, machine: Machine) -> None:
    server.sql("ALTER ROLE keeper CONNECTION LIMIT 0")
    try:
        line = lines_of(machine.run("doctor"))["store"]
    finally:
        server.sql("ALTER ROLE keeper CONNECTION LIMIT -1")
    assert "takes no more connections" in line
    assert "max_connections" in line
    assert "pg_isready" not in line


def test_a_certificate_that_is_not_believed_is_told_with_what_to_look_at(machine: Machine) -> None:
    """Such a server does answer, so that asking whether it does leads nowhere."""
    sealed, _ = postgresql.new_sealed_server()
    try:
        url = f"postgresql://keeper@127.0.0.1:{sealed.port}/db?sslmode=verify-full&sslrootcert=system"
        line = lines_of(Machine(machine.home, url).run("doctor"))["store"]
    finally:
        postgresql.discard(sealed)
    assert "the certificate of" in line
    assert "sslrootcert" in line
    assert "pg_isready" not in line


def test_a_right_that_is_missing_is_no_matter_of_passwords(server: Server, machine: Machine) -> None:
    database = machine.url.rpartition("/")[2]
    server.sql("ALTER SCHEMA strongroom OWNER TO postgres", database)
    line = lines_of(machine.run("doctor"))["store"]
    assert "has to own the database" in line
    assert "pgpass" not in line
    assert "has to own the database" in machine.run("audit", "verify").err
