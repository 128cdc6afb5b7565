"""The password of a store's server: where it may come from, and that it stands nowhere afterwards."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from strongroom.paths import find_paths
from strongroom.settings import load_settings
from tests.postgresql import Server
from tests.strongroom.guarded import PASSWORD, guarded_database, guarded_server, url_of
from tests.strongroom.machines import Machine, machine_at
from tests.strongroom.running import OWNER, Ended, environment_of, strongroom
from tests.strongroom.test_terminal import CRASH

pytestmark = pytest.mark.xdist_group("server password")  # so that one worker makes the server

COMMANDS = (
    ("audit", "verify"),
    ("doctor",),
    ("admin", "init", *OWNER, "--password-stdin"),
    ("admin", "keys", "rotate"),
    ("admin", "breach", "check"),
    ("admin", "backup", "backup.strongroom"),
)
"""What opens a store, or says where one is."""

WAYS_TO_FAIL = COMMANDS[:3]
"""Those of them that open it each in a way of its own."""

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that asks for a password."""
    with guarded_server() as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The name of a database without a store."""
    name = f"guarded{next(_numbers)}"
    with guarded_database(server, name):
        yield name


@pytest.fixture
def machine(server: Server, database: str, tmp_path: Path) -> Machine:
    """A machine with nothing on it, whose environment holds the password."""
    return machine_at(tmp_path / "machine", url_of(server, database))


def show_no_password(*ends: Ended) -> None:
    """No part of an answer is the password."""
    for ended in ends:
        assert "canary" not in ended.out + ended.err


def leave_no_password(home: Path) -> None:
    """No file below a home, and no name of one, holds the password."""
    for path in home.rglob("*"):
        assert "canary" not in path.name
        if path.is_file() and path.name not in ("config.toml", ".pgpass", "secrets"):
            assert b"canary" not in path.read_bytes(), path


@pytest.mark.parametrize("is_first", [True, False], ids=["before the command", "behind it"])
def test_a_password_on_the_command_line_is_refused_with_where_it_belongs(
    machine: Machine, is_first: bool
) -> None:
    option = ["--store", machine.url]
    ended = strongroom(machine.home, *option, "doctor") if is_first else machine.run("doctor", *option)
    assert ended.code == ExitCode.USAGE
    for word in ("--store", "~/.pgpass", "PGPASSFILE", "STRONGROOM_STORE", "config.toml"):
        assert word in ended.err
    show_no_password(ended)


@pytest.mark.parametrize(
    "address", ["u:canary[x@db.example", "u:canary@[::1", "u:can@ary/@db.example", "u:c\u2100@h"]
)
@pytest.mark.parametrize("option", ["--store", "--to"])
def test_a_password_that_makes_an_address_unclear_is_refused_in_words(
    tmp_path: Path, address: str, option: str
) -> None:
    """Brackets in it are those of an IPv6 address to whoever reads addresses of the web."""
    tmp_path.chmod(0o700)
    words = ["doctor", option] if option == "--store" else ["admin", "move", option]
    ended = strongroom(tmp_path, *words, f"postgresql://{address}/db")
    assert ended.code == ExitCode.USAGE
    assert "fault of its own" not in ended.err
    show_no_password(ended)


def test_a_parameter_that_is_not_known_is_asked_for_by_the_nearest_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    ended = strongroom(tmp_path, "doctor", "--store", "postgresql://u@localhost/db?ssl_mode=disable")
    assert ended.code == ExitCode.USAGE
    assert ended.err.endswith('is not known. Did you mean "sslmode"?\n')


def test_the_password_comes_from_the_environment(machine: Machine) -> None:
    assert machine.init().code == ExitCode.DONE
    assert machine.run("audit", "verify").code == ExitCode.DONE


@pytest.mark.parametrize("named", [False, True], ids=["~/.pgpass", "PGPASSFILE"])
def test_the_password_comes_from_a_password_file(
    server: Server, machine: Machine, database: str, named: bool
) -> None:
    assert machine.init().code == ExitCode.DONE
    path = machine.home / ("secrets" if named else ".pgpass")
    path.write_text(f"{server.listen}:{server.port}:{database}:keeper:{PASSWORD}\n")
    path.chmod(0o600)
    more = {"PGPASSFILE": str(path)} if named else {}
    plain = url_of(server, database, "")
    ended = strongroom(machine.home, "--store", plain, "audit", "verify", **more)
    assert ended.code == ExitCode.DONE, ended.err
    path.chmod(0o644)
    ended = strongroom(machine.home, "--store", plain, "audit", "verify", **more)
    assert ended.code == ExitCode.UNAVAILABLE
    assert f"chmod 600 {path}" in ended.err


def test_the_password_comes_from_a_settings_file_that_is_its_owners_alone(machine: Machine) -> None:
    assert machine.init().code == ExitCode.DONE
    config = machine.home / "config.toml"
    config.write_text(f'store = "{machine.url}"\n')
    for mode in (0o640, 0o604, 0o644):
        config.chmod(mode)
        ended = strongroom(machine.home, "audit", "verify")
        assert ended.code == ExitCode.USAGE
        assert "holds a password and can be read by other users" in ended.err
        assert f"chmod 600 {config}" in ended.err
        show_no_password(ended)
    config.chmod(0o600)
    assert strongroom(machine.home, "audit", "verify").code == ExitCode.DONE


def test_an_unclear_address_in_a_file_that_others_read_is_taken_for_one_with_a_password(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    config = tmp_path / "config.toml"
    for address in (
        "u:canary[x@db.example/db",
        "u:canary/x@db.example/db",
        "u@db.example/db?sslpassword=canary",
    ):
        config.write_text(f'store = "postgresql://{address}"\n')
        config.chmod(0o644)
        ended = strongroom(tmp_path, "doctor")
        assert f"chmod 600 {config}" in ended.err
        show_no_password(ended)


def test_an_address_without_a_password_may_stand_in_a_file_that_others_read(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('store = "postgresql://keeper@127.0.0.1/db"\n')
    config.chmod(0o644)
    variables = {"STRONGROOM_HOME": str(tmp_path)}
    settings = load_settings(find_paths(variables), variables, {}, system_config=tmp_path / "none")
    assert settings.store_place == "postgresql://keeper@127.0.0.1/db"
    assert (settings.keys, settings.breach_file) == (tmp_path / "keys.json", tmp_path / "breach.sha1")


def test_no_repr_of_the_settings_holds_it(machine: Machine) -> None:
    variables = {"STRONGROOM_HOME": str(machine.home), "STRONGROOM_STORE": machine.url}
    settings = load_settings(find_paths(variables), variables, {}, system_config=machine.home / "none")
    assert PASSWORD in settings.store
    assert "canary" not in f"{settings!r} {settings.store_place}"


def test_every_command_that_succeeds_keeps_it_to_itself(
    server: Server, machine: Machine, database: str
) -> None:
    ends = [machine.init(), *(machine.run(*words, given="x\n") for words in COMMANDS)]
    assert ends[0].code == ExitCode.DONE
    show_no_password(*ends)
    leave_no_password(machine.home)
    dumped = server.run(
        "pg_dump", "-h", str(server.directory), "-p", str(server.port), "-U", "postgres", database
    )
    assert "system" in dumped or "organisation" in dumped
    assert "canary" not in dumped


@pytest.mark.parametrize(
    "broken",
    ["wrong password", "no database", "nobody there", "unknown host", "newer", "unreadable", "keys gone"],
)
def test_every_command_that_fails_keeps_it_to_itself(
    server: Server, machine: Machine, database: str, broken: str
) -> None:
    assert machine.init().code == ExitCode.DONE
    secret = f"keeper:{PASSWORD}"
    url = {
        "wrong password": f"postgresql://{secret}-x@127.0.0.1:{server.port}/{database}",
        "no database": url_of(server, "nowhere"),
        "nobody there": f"postgresql://{secret}@127.0.0.1:1/db",
        "unknown host": f"postgresql://{secret}@no-such-host.invalid/db",
        "unreadable": f"postgresql://keeper:canary@{PASSWORD}@127.0.0.1:port/db?{PASSWORD}=1#{PASSWORD}",
    }.get(broken, machine.url)
    if broken == "newer":
        server.sql("INSERT INTO strongroom.schema_migrations VALUES (999, 'later', 0, '')", database)
    if broken == "keys gone":
        machine.keys.unlink()
    ends = [Machine(machine.home, url).run(*words, given="x\n") for words in WAYS_TO_FAIL]
    assert {ended.code for ended in ends} & {ExitCode.UNAVAILABLE, ExitCode.USAGE}
    show_no_password(*ends)
    leave_no_password(machine.home)


@pytest.mark.parametrize("fault", ["none", "crash", "unreachable"])
def test_the_screen_its_title_its_crash_and_its_process_show_nothing_of_it(
    server: Server, machine: Machine, fault: str
) -> None:
    assert machine.init().code == ExitCode.DONE
    nobody = f"postgresql://keeper:{PASSWORD}@127.0.0.1:1/db"
    url = nobody if fault == "unreachable" else machine.url
    screen = pexpect.spawn(
        sys.executable,
        ["-c", CRASH] if fault == "crash" else ["-m", "strongroom"],
        env=environment_of(machine.home, STRONGROOM_STORE=url),
        dimensions=(24, 80),
        timeout=30,
    )
    shown = b""
    if fault == "none":
        screen.expect("Sign in")
        shown += (screen.before or b"") + (screen.after if isinstance(screen.after, bytes) else b"")
        assert b"canary" not in Path(f"/proc/{screen.pid}/cmdline").read_bytes()
        screen.send("\x11")
    screen.expect(pexpect.EOF)
    screen.close()
    shown += screen.before or b""
    assert screen.exitstatus == {"none": 0, "crash": 1, "unreachable": ExitCode.UNAVAILABLE}[fault]
    if fault == "unreachable":
        assert b"nobody answers at 127.0.0.1" in shown.rpartition(b"\x1b[?1049l")[2]
    assert b"canary-7f3a91" not in shown
    leave_no_password(machine.home)
