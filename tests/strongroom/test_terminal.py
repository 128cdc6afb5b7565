"""The local terminal's door: what it opens, what it says when it cannot go on, and what it leaves."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from strongroom.local_session import LocalSession
from tests.strongroom.running import PASSWORD, environment_of, init

CRASH = """
import asyncio, sys
from strongroom import cli
from strongroom.assembly import Assembly
connect = Assembly.connect
def fail():
    canary = "canary-5512"
    raise LookupError(canary)
async def connect_and_fail(self):
    services = await connect(self)
    asyncio.get_running_loop().call_later(0.3, fail)
    return services
Assembly.connect = connect_and_fail
sys.exit(cli.main([]))
"""


def begin(home: Path, *arguments: str, **variables: str) -> pexpect.spawn[bytes]:
    """Begin the program in a terminal."""
    return pexpect.spawn(
        sys.executable,
        list(arguments) or ["-m", "strongroom"],
        env=environment_of(home) | variables,
        dimensions=(24, 80),
        timeout=30,
    )


def ended(screen: pexpect.spawn[bytes]) -> tuple[int | None, str]:
    """Wait for the end and give the exit code and what was written last."""
    screen.expect(pexpect.EOF)
    screen.close()
    return screen.exitstatus, (screen.before or b"").decode()


def leave(screen: pexpect.spawn[bytes]) -> tuple[int | None, str]:
    """Press ctrl+q until the program goes: a page that has just come drops what was typed before it."""
    for _ in range(60):
        screen.send("\x11")
        if screen.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=0.5) == 0:
            break
    return ended(screen)


def test_a_first_run_that_is_left_leaves_no_store_and_no_keys(home: Path) -> None:
    screen = begin(home)
    screen.expect("Organi")
    assert leave(screen)[0] == ExitCode.DONE
    assert [path.name for path in home.iterdir() if path.name != "state"] == []
    assert init(home).code == ExitCode.DONE


def test_a_store_that_stands_opens_at_the_sign_in(founded: Path) -> None:
    screen = begin(founded)
    screen.expect("Sign in")
    assert leave(screen)[0] == ExitCode.DONE


@pytest.mark.parametrize(("appearance", "sends_ours"), [("dark", True), ("terminal", False)])
def test_sign_in_looks_as_the_settings_say(founded: Path, appearance: str, sends_ours: bool) -> None:
    screen = begin(founded, STRONGROOM_APPEARANCE=appearance, STRONGROOM_COLOR="truecolor")
    screen.expect("Forgot your password")
    seen = screen.before or b""
    assert leave(screen)[0] == ExitCode.DONE
    assert (re.search(rb"[34]8;2;", seen) is not None) is sends_ours


CLICKS_ON, CLICKS_OFF = b"\x1b[?1000h\x1b[?1006h", b"\x1b[?1000l\x1b[?1006l"
"""What asks a terminal to report clicks, and not to."""

SAID = {"on": r"n\.", "off": r"f: drag"}
"""The ends of what is said: of the second sentence only the cells that differ from the first are written."""


@pytest.mark.parametrize(("mouse", "first", "then"), [("true", "off", "on"), ("false", "on", "off")])
def test_the_mouse_begins_as_the_settings_say_and_ctrl_o_switches_it(
    founded: Path, mouse: str, first: str, then: str
) -> None:
    sequences = {"on": CLICKS_ON, "off": CLICKS_OFF}
    screen = begin(founded, STRONGROOM_MOUSE=mouse)
    screen.expect("Forgot your password")
    assert (CLICKS_ON in (screen.before or b"")) is (mouse == "true")
    time.sleep(0.5)
    for state in (first, then):
        screen.send("\x0f")
        screen.expect_exact(sequences[state])
        screen.expect(SAID[state])
    screen.send("\x11")
    code, rest = ended(screen)
    assert code == ExitCode.DONE
    assert rest.endswith(CLICKS_OFF.decode())


def test_a_session_that_is_kept_is_resumed_at_the_next_start(founded: Path) -> None:
    kept = LocalSession(founded / "state", f"sqlite://{founded / 'strongroom.db'}")
    screen = begin(founded)
    screen.expect("Keep me signed in")
    for keys in ("ada@harbour.example", "\t", PASSWORD, "\t", " ", "\t", "\r"):
        time.sleep(0.3)
        screen.send(keys)
    screen.expect("Profile")
    assert kept.read_token() is not None
    assert leave(screen)[0] == ExitCode.DONE
    again = begin(founded)
    again.expect("Profile")
    assert leave(again)[0] == ExitCode.DONE
    assert kept.read_token() is not None


def test_where_sessions_are_not_kept_none_is_offered_resumed_or_left(founded: Path) -> None:
    """For an account that several people share: the state directory is everybody's."""
    kept = LocalSession(founded / "state", f"sqlite://{founded / 'strongroom.db'}")
    screen = begin(founded)
    screen.expect("Keep me signed in")
    for keys in ("ada@harbour.example", "\t", PASSWORD, "\t", " ", "\t", "\r"):
        time.sleep(0.3)
        screen.send(keys)
    screen.expect("Profile")
    leave(screen)
    device = kept.device_file.read_bytes()

    (founded / "config.toml").write_text("keep_signed_in = false\n")
    screen = begin(founded)
    screen.expect("Forgot your password")
    assert b"Keep me signed in" not in (screen.before or b"")
    for keys in ("ada@harbour.example", "\t", PASSWORD, "\r"):
        time.sleep(0.3)
        screen.send(keys)
    screen.expect("Profile")
    assert leave(screen)[0] == ExitCode.DONE
    assert kept.read_token() is None
    assert kept.device_file.read_bytes() == device


@pytest.mark.parametrize("waits", [True, False], ids=["at the first paint", "before it"])
def test_what_is_typed_at_the_start_stands_in_the_email(founded: Path, waits: bool) -> None:
    """The screen is not only seen but takes keys, and loses none that came while it was made."""
    screen = begin(founded)
    screen.expect("Forgot your" if waits else re.escape("\x1b[?1049h"))
    screen.send("ada@harbour")
    screen.expect("ada@harbour")
    screen.send("\x11")
    assert ended(screen)[0] == ExitCode.DONE


def test_what_the_first_screen_imports_is_light(home: Path) -> None:
    """Hashing, cryptography, the network, SQLite and all that only a later screen needs come afterwards."""
    program = (
        "import sys\n"
        "import strongroom.cli, strongroom.terminal\n"
        "from tui.terminal.environment import scrub\n"
        "scrub()\n"
        "import tui.app, tui.terminal.run, tui.screens.sign_in\n"
        "heavy = {'argon2', 'cryptography', 'zxcvbn', 'httpx', 'qrcode', 'aiosqlite', 'sqlite3', 'asyncpg'}\n"
        "later = {'argparse', 'json', 'tomllib', 'security.facts', 'security.services'}\n"
        "later |= {'security.key_file', 'security.refusals', 'security.vocabulary'}\n"
        "later |= {'tui.words.refusals', 'tui.commands', 'tui.live'}\n"
        "print(sorted((heavy | later) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_of(home), capture_output=True, text=True, timeout=30
    )
    assert done.stdout == "[]\n", done.stderr


def test_a_store_that_cannot_be_opened_ends_with_its_sentence_on_the_restored_terminal(founded: Path) -> None:
    with sqlite3.connect(founded / "strongroom.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    code, shown = ended(begin(founded))
    assert code == ExitCode.UNAVAILABLE
    assert "schema 999" in shown.rpartition("\x1b[?1049l")[2]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            '[keymap]\n"app.quite" = "ctrl+x"\n',
            ['no binding is called "app.quite" (did you mean "app.quit"?)', "in line 2 of "],
        ),
        (
            'mouse = true\n[keymap]\n"page.save" = "f2"\n"page.refresh" = "q"\n',
            [
                "page.refresh (Refresh) and app.quit (Quit) are both on q",
                '"page.refresh" = "q" in line 4 of ',
            ],
        ),
        (
            'keymap_preset = "vim"\n[keymap]\n"page.refresh" = "ctrl+pgup"\n',
            ['no key is called "ctrl+pgup"; did you mean "ctrl+pageup"?', "in line 3 of "],
        ),
        ('[keymap]\n"app.quit_now" = "none"\n', ["no key for leaving the program", "in line 2 of "]),
        ('keymap_preset = "emcas"\n', ['did you mean "emacs"?']),
    ],
)
def test_keys_that_cannot_be_are_refused_at_the_start(founded: Path, settings: str, says: list[str]) -> None:
    (founded / "config.toml").write_text(settings)
    code, shown = ended(begin(founded))
    assert code == ExitCode.USAGE
    told = " ".join(shown.split())
    assert all(one in told for one in says)
    assert "\x1b" not in shown


def test_a_crash_is_one_line_and_an_event_with_the_same_number(founded: Path) -> None:
    """R085: no traceback, no locals, and the audit has the incident."""
    code, shown = ended(begin(founded, "-c", CRASH))
    assert code == ExitCode.FAILED
    last = shown.rpartition("\x1b[?1049l")[2]
    found = re.search("incident ([0-9a-f]{8})", last)
    assert found is not None
    assert "canary" not in shown
    assert "Traceback" not in shown
    connection = sqlite3.connect(founded / "strongroom.db")
    details = connection.execute("SELECT details FROM audit_events WHERE name = 'system.crashed'").fetchall()
    connection.close()
    assert len(details) == 1
    assert found[1] in details[0][0]
    assert "canary" not in details[0][0]


@pytest.mark.parametrize("variable", ["TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_SCREENSHOT"])
def test_variables_of_textual_have_no_effect(founded: Path, variable: str) -> None:
    """R086."""
    screen = pexpect.spawn(
        sys.executable,
        ["-m", "strongroom"],
        env=environment_of(founded, **{variable: str(founded / "trap:Trap")}),
        dimensions=(24, 80),
        timeout=30,
    )
    screen.expect("Sign in")
    assert leave(screen)[0] == ExitCode.DONE
    assert not [path for path in founded.iterdir() if path.name.startswith("trap")]
