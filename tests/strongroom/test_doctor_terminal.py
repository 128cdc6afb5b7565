"""What the doctor says of a terminal and of the clock, each with the line that mends it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from strongroom.doctor.around import examine_clipboard
from strongroom.doctor.clock import ClockState, clock_state, examine_clock
from strongroom.doctor.console import FONT, FOR_WHOLE_QR, font_finding
from strongroom.doctor.findings import Mark
from strongroom.doctor.terminal import CROSSING
from tests.stories.terminal import Terminal, need
from tests.strongroom.doctor_lines import lines_of
from tests.strongroom.running import Ended, environment_of
from tests.tui.pty_rig import Rig
from tui.widgets.qr_fit import size_needed


def looked(home: Path, size: tuple[int, int] = (80, 24), /, **variables: str) -> dict[str, str]:
    """What the doctor says on a terminal of this size and with these variables."""
    with Rig("strongroom", "doctor", size=size, environment=environment_of(home, **variables)) as rig:
        code = rig.exits(60)
        return lines_of(Ended(code, rig.seen.decode().replace("\r\n", "\n"), ""))


def test_a_terminal_with_room_and_colours_is_well(founded: Path) -> None:
    lines = looked(founded, COLORTERM="truecolor", LANG="C.UTF-8")
    assert lines["terminal"].startswith("ok TERM is xterm-256color, 80 columns by 24 rows")
    assert lines["colours"] == "ok All colours, as COLORTERM is truecolor."
    assert lines["letters"].startswith("ok UTF-8")
    assert "OSC 52" in lines["clipboard"]
    assert "ssh" not in lines


@pytest.mark.parametrize(
    ("size", "said"),
    [((59, 24), "needs 60 by 20"), ((80, 19), "needs 60 by 20"), ((60, 20), "not for the QR code")],
)
def test_a_small_terminal_is_told_what_does_not_fit(founded: Path, size: tuple[int, int], said: str) -> None:
    line = looked(founded, size)["terminal"]
    assert line.startswith("none")
    assert said in line
    assert ("strongroom --plain" in line) is ("60 by 20" in said)


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_moves_no_cursor_is_sent_to_plain_mode_and_fails_nothing(
    founded: Path, term: str
) -> None:
    assert looked(founded, TERM=term)["terminal"].endswith("strongroom --plain")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TERM": "xterm", "COLORTERM": ""}, "Sixteen colours, by TERM; COLORTERM is not set."),
        ({"TERM": "tmux-256color", "COLORTERM": ""}, "256 colours, by TERM; COLORTERM is not set."),
        ({"NO_COLOR": "1"}, "No colours: marks and words alone, as NO_COLOR is set."),
        ({"STRONGROOM_COLOR": "16"}, "Sixteen colours, as "),
    ],
)
def test_colours_are_told_with_their_reason(founded: Path, variables: dict[str, str], said: str) -> None:
    assert said in looked(founded, (80, 24), **variables)["colours"]


def test_a_terminal_behind_ssh_is_told_what_does_not_cross_and_the_line_that_has_it_cross(
    founded: Path,
) -> None:
    line = looked(founded, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22", COLORTERM="")["ssh"]
    assert line.endswith(CROSSING)
    assert looked(founded, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22", COLORTERM="truecolor")[
        "ssh"
    ].startswith("ok")


def test_a_locale_that_is_not_utf_8_is_told(founded: Path) -> None:
    line = looked(founded, LC_ALL="de_DE.ISO-8859-1")["letters"]
    assert line.startswith("none The locale is de_DE.ISO-8859-1")
    assert line.endswith("export LC_CTYPE=C.UTF-8")


def test_hostile_variables_reach_the_terminal_as_text(founded: Path) -> None:
    evil = "\x1b]52;c;AAAA\x07xterm\u202e"
    lines = looked(founded, TERM=evil, LC_ALL=evil, COLORTERM=evil)
    assert not set("".join(lines.values())) & set("\x1b\x07\u202e")


@pytest.mark.parametrize(
    ("value", "mark", "said"),
    [("on", "ok", "hands on"), ("external", "none", "is external"), ("off", "none", "is off")],
)
def test_tmux_is_asked_what_it_does_with_the_clipboard(
    founded: Path, value: str, mark: str, said: str
) -> None:
    need("tmux")
    words = shlex.join([sys.executable, "-m", "strongroom", "doctor"])
    command = ["sh", "-c", f"tmux set-option -s set-clipboard {value} && {words}; sleep 60"]
    with Terminal(command, rows=60, env=environment_of(founded)) as terminal:
        screen = terminal.wait("breach file")
    assert all(len(line) <= 80 for line in screen.splitlines())
    line = lines_of(Ended(0, screen.rstrip(), ""))["clipboard"]
    assert line.startswith(mark)
    assert said in line
    assert line.endswith("tmux set-option -s set-clipboard on") is (mark == "none")


def test_screen_and_consoles_are_told_to_have_no_clipboard(founded: Path) -> None:
    lines = looked(founded, TERM="screen", COLORTERM="truecolor", STY="10576.story")
    assert lines["clipboard"].startswith("none GNU screen lets nothing through")
    assert lines["colours"].startswith("ok Sixteen colours, as GNU screen before its version 5")
    assert lines["colours"].endswith("term screen-256color")
    assert lines["screen"].endswith("altscreen on")
    lines = looked(founded, TERM="linux")
    assert "no clipboard" in lines["clipboard"]
    assert "does not say which signs its font has" in lines["font"]
    assert "rxvt" in examine_clipboard({"TERM": "rxvt-unicode-256color"}).sentence


def test_a_console_is_told_whether_its_font_can_draw_the_qr_code_and_which_one_can() -> None:
    assert font_finding(frozenset("▀▄█")).mark is Mark.WELL
    without = font_finding(frozenset("█│"))
    assert without.mark is Mark.NONE
    assert f"{FOR_WHOLE_QR[0]} by {FOR_WHOLE_QR[1]}" in without.sentence
    assert without.command == FONT
    usual = 37  # modules
    assert size_needed(usual, "whole") == FOR_WHOLE_QR


def test_a_clock_that_is_kept_is_well_and_one_that_is_not_is_told_what_it_does_to_codes() -> None:
    assert examine_clock(ClockState(is_kept=True, off_by=0.02)).mark is Mark.WELL
    adrift = examine_clock(ClockState(is_kept=False, off_by=16))
    assert adrift.mark is Mark.NONE
    assert "codes" in adrift.sentence
    assert adrift.command == "timedatectl set-ntp true"


def test_a_clock_that_nobody_can_be_asked_about_fails_nothing() -> None:
    assert examine_clock(None).mark is Mark.NONE


@pytest.mark.skipif(sys.platform != "linux", reason="adjtimex is Linux's")
def test_the_kernel_is_asked_and_its_bound_is_one_in_seconds() -> None:
    state = clock_state()
    assert state is not None
    assert 0 <= state.off_by <= 3600
