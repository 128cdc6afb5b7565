"""The command line as a process: exit codes, sentences, no traceback, nothing secret repeated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from strongroom import __version__
from strongroom.exits import ExitCode, Stopped
from strongroom.grammar.tree import parse
from tests.strongroom.running import environment_of, in_terminal, strongroom


def test_version_goes_to_stdout(home: Path) -> None:
    ended = strongroom(home, "version")
    assert (ended.code, ended.out, ended.err) == (0, f"Strongroom {__version__}\n", "")


def test_help_names_the_commands_and_makes_nothing(home: Path) -> None:
    ended = strongroom(home, "--help")
    assert ended.code == 0
    for command in ("demo", "admin", "audit", "version"):
        assert command in ended.out
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["admin", "--help"], ["nonsense"]])
def test_help_and_version_import_neither_screen_nor_store(home: Path, arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from strongroom.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'textual', 'rich', 'store', 'sqlite3', 'aiosqlite'}\n"
        "heavy |= {'argon2', 'cryptography', 'zxcvbn', 'httpx'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_of(home), capture_output=True, text=True, timeout=30
    )
    assert done.stdout.endswith("HEAVY []\n"), done.stdout


def test_without_a_terminal_the_screen_says_so(home: Path) -> None:
    ended = strongroom(home)
    assert ended.code == ExitCode.USAGE
    assert ended.out == ""
    assert ended.err.startswith("The screen needs a terminal, and this is none.\n")
    assert list(home.iterdir()) == []


def test_the_demo_needs_a_terminal_too(home: Path) -> None:
    assert strongroom(home, "demo").code == ExitCode.USAGE


def test_with_standard_input_closed_the_screen_says_so(home: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m strongroom <&-"],
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("The screen needs a terminal")


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_that_shows_too_little_is_told(home: Path, term: str) -> None:
    code, shown = in_terminal(environment_of(home, TERM=term))
    assert code == ExitCode.USAGE
    assert f"TERM is {term or 'not set'}." in shown
    assert "\x1b" not in shown
    assert "Traceback" not in shown


def test_an_unknown_setting_is_refused_with_the_nearest_name(home: Path) -> None:
    (home / "config.toml").write_text('sore = "sqlite:///tmp/x.db"\n')
    ended = strongroom(home)
    assert ended.code == ExitCode.USAGE
    assert 'Unknown setting "sore"' in ended.err
    assert 'Did you mean "store"?' in ended.err


def test_an_unknown_variable_is_refused_with_the_nearest_name(home: Path) -> None:
    ended = strongroom(home, "audit", "verify", STRONGROOM_SUPORT_CONTACT="x")
    assert ended.code == ExitCode.USAGE
    assert 'Did you mean "STRONGROOM_SUPPORT_CONTACT"?' in ended.err


def test_a_wrong_flag_value_names_the_setting(home: Path) -> None:
    ended = strongroom(home, "--store", "mysql://db/x")
    assert ended.code == ExitCode.USAGE
    assert ended.err.startswith('The setting "store" in the command line must be sqlite://')


@pytest.mark.parametrize(
    "arguments",
    [
        ["--password", "hunter2-hunter2"],
        ["--password=hunter2-hunter2"],
        ["admin", "init", "--org", "x", "--name", "x", "--email", "x", "--password", "hunter2-hunter2"],
        ["admin", "init", "--org", "x", "--name", "x", "--email", "x", "--password=hunter2-hunter2"],
        ["admin", "init", "--org", "x", "--name", "x", "--email", "x", "hunter2-hunter2"],
        ["hunter2-hunter2"],
        ["admin", "hunter2-hunter2"],
        ["--color", "hunter2-hunter2"],
        ["--version=hunter2-hunter2"],
        ["demo", "--sign-in=hunter2-hunter2"],
        ["admin", "init", "--org", "x", "--name", "x", "--email", "x", "--password-stdin=hunter2-hunter2"],
    ],
)
def test_what_might_be_a_password_is_never_repeated(home: Path, arguments: list[str]) -> None:
    ended = strongroom(home, *arguments)
    assert ended.code == ExitCode.USAGE
    assert "hunter2" not in ended.out + ended.err


def test_a_password_as_an_argument_is_refused_with_the_way_to_give_it() -> None:
    with pytest.raises(Stopped) as stopped:
        parse(["admin", "init", "--org", "x", "--name", "x", "--email", "x", "--password", "p"])
    assert "--password-stdin" in stopped.value.hint


def test_hostile_arguments_are_shown_inert(home: Path) -> None:
    ended = strongroom(home, "--\x1b]52;c;aGk=\x07")
    assert ended.code == ExitCode.USAGE
    assert "␛]52" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--color", "16", "audit", "verify"],
        ["audit", "verify", "--color", "16"],
        ["audit", "--color", "16", "verify"],
    ],
)
def test_common_options_stand_before_or_after_the_command(arguments: list[str]) -> None:
    assert parse(arguments).color == "16"


@pytest.mark.parametrize("arguments", [["demo", "--keep", ""], ["--config", "", "audit", "verify"]])
def test_an_empty_place_is_not_the_directory_one_is_in(home: Path, arguments: list[str]) -> None:
    ended = strongroom(home, *arguments)
    assert ended.code == ExitCode.USAGE
    assert "needs the name of a file or directory" in ended.err
    assert list(home.iterdir()) == []


def test_options_are_not_abbreviated() -> None:
    with pytest.raises(Stopped):
        parse(["--col", "16"])


def test_ctrl_c_ends_without_a_traceback(home: Path) -> None:
    program = (
        "import signal, os, sys\n"
        "from strongroom import cli\n"
        "cli._run = lambda given: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(cli.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_of(home), capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_fault_is_one_line_with_an_incident_and_no_locals(home: Path) -> None:
    program = (
        "import sys\n"
        "from strongroom import cli\n"
        "def fail(given):\n"
        "    secret = 'canary-7731'\n"
        "    raise KeyError(secret)\n"
        "cli._run = fail\n"
        "sys.exit(cli.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_of(home), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "KeyError, incident " in done.stderr
    assert "canary" not in done.stderr
