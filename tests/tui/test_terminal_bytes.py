"""What reaches the terminal, byte by byte, and how it is given back."""

from __future__ import annotations

import base64
import os
import re
import signal
import termios
import time
from pathlib import Path

import pytest

from tests.tui.pty_rig import GRAMMAR, RESTORED, Rig
from tests.tui.rig_app import CANARY

APP = "tests.tui.rig_app"
KEY_F7, KEY_F8, KEY_F9, KEY_F6 = "\x1b[18~", "\x1b[19~", "\x1b[20~", "\x1b[17~"
SELECT_ALL = "\x1b[1;2H"
CTRL_C, CTRL_X, CTRL_Q = "\x03", "\x18", "\x11"


def first_byte_outside(data: bytes) -> str:
    """Return where the grammar ends, for a message that helps."""
    match = GRAMMAR.match(data)
    end = match.end() if match else 0
    return "" if end == len(data) else repr(data[max(0, end - 40) : end + 40])


def started(*arguments: str, **environment: str) -> Rig:
    """Start the rig and wait for its first paint."""
    rig = Rig(APP, *arguments, environment=environment)
    rig.wait_for("size")
    rig.read(0.4)
    return rig


def test_every_byte_is_of_the_grammar_even_for_a_hostile_name() -> None:
    with started("ours") as rig:
        rig.send("abc\x1b[200~pasted\x1b[201~")
        rig.wait_for("lengths")
        rig.send("\t" + "n" + CTRL_Q)
        assert rig.exits() == 0
        assert first_byte_outside(rig.seen) == ""
        assert b"evil" in rig.seen


def test_the_stock_driver_lets_a_hostile_name_through() -> None:
    with started("stock") as rig:
        rig.send(CTRL_Q)
        rig.exits()
        assert first_byte_outside(rig.seen) != ""
        assert b"\x1b]52" in rig.seen or b"\x1bPdcs" in rig.seen


def test_pointer_moves_and_focus_are_not_reported() -> None:
    with started("ours") as rig:
        for mode in (b"?1003h", b"?1002h", b"?1015h", b"?1016h", b"?1004h", b"?2048"):
            assert mode not in rig.seen
        assert b"\x1b[?1000h\x1b[?1006h" in rig.seen


def test_idle_sends_nothing_and_the_cursor_does_not_blink() -> None:
    with started("ours") as rig:
        rig.read(0.5)
        before = len(rig.seen)
        rig.read(2.0)
        assert rig.seen[before:] == b""


def test_the_mouse_can_be_switched_off_and_on() -> None:
    with started("ours") as rig:
        rig.send("\x0f")
        rig.wait_for("\x1b[?1000l")
        rig.send("\x0f")
        rig.wait_for("\x1b[?1000h")


@pytest.mark.parametrize("key", [CTRL_C, CTRL_X])
def test_no_key_sends_a_password_to_the_clipboard(key: str) -> None:
    with started("ours") as rig:
        rig.send(CANARY)
        rig.wait_for("lengths")
        rig.send(SELECT_ALL + key)
        rig.read(0.5)
        assert b"\x1b]52" not in rig.seen
        assert base64.b64encode(CANARY.encode()) not in rig.seen
        assert CANARY.encode() not in rig.seen


def test_the_stock_field_sends_a_password_to_the_clipboard() -> None:
    with started("stock") as rig:
        rig.send(CANARY)
        rig.read(0.5)
        rig.send(SELECT_ALL + CTRL_C)
        rig.wait_for(base64.b64encode(CANARY.encode()))


def test_an_explicit_copy_key_sends_osc_52_once() -> None:
    with started("ours") as rig:
        rig.send(KEY_F8)
        rig.wait_for("paste to check")
        assert rig.seen.count(b"\x1b]52;c;" + base64.b64encode(b"ABCD-EFGH") + b"\x07") == 1
        assert rig.seen.count(b"\x1b]") == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=["SIGTERM", "SIGHUP", "SIGINT"],
)
def test_a_signal_ends_with_its_code_and_a_restored_terminal(number: signal.Signals, code: int) -> None:
    with started("ours") as rig:
        rig.kill(number)
        assert rig.exits() == code
        assert rig.seen.endswith(RESTORED)
        assert termios.tcgetattr(rig.tty) == rig.modes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_the_stock_driver_leaves_the_terminal_as_it_is(number: signal.Signals) -> None:
    with started("stock") as rig:
        rig.kill(number)
        rig.exits()
        assert b"\x1b[?1049l" not in rig.seen


def test_a_signal_ends_a_program_that_is_stuck() -> None:
    with started("ours") as rig:
        rig.send(KEY_F7)
        rig.read(0.5)
        begin = time.monotonic()
        rig.kill(signal.SIGTERM)
        assert rig.exits() == 143
        assert time.monotonic() - begin < 6
        assert rig.seen.endswith(RESTORED)


def test_a_lost_terminal_ends_with_129_and_without_a_word() -> None:
    with started("ours") as rig:
        os.close(rig.tty)
        rig.hang_up()
        assert rig.exits() == 129
        rig.tty = os.open(os.devnull, os.O_RDONLY)


def test_quitting_restores_the_terminal_and_closes_the_door(tmp_path: Path) -> None:
    with started("ours", RIG_CLOSE_FILE=str(tmp_path / "closed")) as rig:
        rig.send(CTRL_Q)
        assert rig.exits() == 0
        assert rig.seen.endswith(RESTORED)
        assert (tmp_path / "closed").read_text() == "closed\n"


def test_a_closed_door_ends_with_its_code() -> None:
    with Rig(APP, "ours", "closed") as rig:
        assert rig.exits() == 69
        assert rig.seen.endswith(RESTORED)


@pytest.mark.parametrize(("key", "name"), [(KEY_F9, "RuntimeError"), (KEY_F6, "LookupError")])
def test_a_crash_is_one_line_with_a_number_and_no_locals(tmp_path: Path, key: str, name: str) -> None:
    crashes, closed = tmp_path / "crashes", tmp_path / "closed"
    with started("ours", RIG_CRASH_FILE=str(crashes), RIG_CLOSE_FILE=str(closed)) as rig:
        rig.send(key)
        assert rig.exits() == 1
        assert CANARY.encode() not in rig.seen
        assert b"Traceback" not in rig.seen
        after = rig.seen[rig.seen.rindex(RESTORED) + len(RESTORED) :].decode()
        found = re.fullmatch(
            rf"Strongroom stopped by a fault: incident ([0-9a-f]{{8}}) \({name}\)\. You are signed out\.\r\n",
            after,
        )
        assert found is not None, after
        assert crashes.read_text() == f"{found[1]} {name}\n"
        assert closed.read_text() == "closed\n"


def test_the_stock_crash_handler_prints_locals() -> None:
    with started("stock") as rig:
        rig.send(KEY_F9)
        rig.exits()
        assert CANARY.encode() in rig.seen


def test_textual_variables_have_no_effect(tmp_path: Path) -> None:
    log, shot = tmp_path / "log", tmp_path / "shot"
    hostile = {
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_DRIVER": "this.does:NotExist",
        "TEXTUAL_LOG": str(log),
        "TEXTUAL_PRESS": "q,ctrl+q",
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL_SCREENSHOT": "0",
        "TEXTUAL_SCREENSHOT_LOCATION": str(shot),
        "TEXTUAL_SHOW_RETURN": "1",
        "TEXTUAL_THEME": "dracula",
        "TEXTUAL_COLOR_SYSTEM": "standard",
        "TEXTUAL_FILTERS": "dim",
        "TEXTUAL_ALLOW_SIGNALS": "1",
    }
    with started("ours", **hostile) as rig:
        rig.send("abc")
        rig.wait_for("lengths-3-0.")
        rig.read(0.5)
        assert b"\x1b[38;2;" in rig.seen
        rig.send(CTRL_Q)
        assert rig.exits() == 0
        assert rig.seen.endswith(RESTORED)
    assert not log.exists()
    assert not shot.exists()
    assert not (Path(__file__).parents[2] / "keys.log").exists()


def test_the_stock_app_obeys_textual_press() -> None:
    with Rig(APP, "stock", environment={"TEXTUAL_PRESS": "ctrl+q"}) as rig:
        assert rig.exits() == 0


def test_first_paint_stays_small() -> None:
    with started("ours") as rig:
        assert len(rig.seen) < 30_000


def test_a_key_in_a_field_stays_small() -> None:
    with started("ours") as rig:
        rig.send("\ta")
        rig.read(0.5)
        before = len(rig.seen)
        rig.send("b")
        rig.read(0.5)
        assert 0 < len(rig.seen) - before <= 800
