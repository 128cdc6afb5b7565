"""Every way out of plain mode leaves the terminal as it was: keys, signals, a fault, a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import termios
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from strongroom.exits import ExitCode
from tests.strongroom.plain.person import EMAIL, Person
from tests.strongroom.running import PASSWORD, strongroom
from tests.strongroom.shell import READY, begin, shell_at, stop_and_go_on

FAULTY = """
import sys
from strongroom import cli
from strongroom.plain import profile
class Room:
    def __init__(self, talk): pass
    async def stay(self):
        canary = "canary-5512"
        raise LookupError(canary)
from strongroom.plain import rooms
rooms.ProfileRoom = Room
sys.exit(cli.main(["--plain"]))
"""

FAULTY_BESIDE = """
import asyncio, sys
from strongroom import cli
from strongroom.assembly import Assembly
connect = Assembly.connect
def fail():
    raise LookupError("canary-5512")
async def connect_and_fail(self):
    services = await connect(self)
    asyncio.get_running_loop().call_later(0.3, fail)
    return services
Assembly.connect = connect_and_fail
sys.exit(cli.main(["--plain"]))
"""


def at_menu(person: Person) -> None:
    """A menu."""
    person.sign_in()
    person.hear("Main menu, your choice: ")


def at_line(person: Person) -> None:
    """A question whose answer is shown."""
    person.sign_in()
    person.choose("profile", "1")
    person.hear("to go back: ")


def at_secret(person: Person) -> None:
    """A question whose answer is not shown."""
    person.sign_in()
    person.choose("password")
    person.hear("not shown while you type: ")


def at_yes(person: Person) -> None:
    """A question with yes or no."""
    person.sign_in()
    person.choose("sign out")
    person.hear("Yes or no: ")


def at_list(person: Person) -> None:
    """A list."""
    person.sign_in()
    person.choose("activity", "1")
    person.hear("number or choice: ")


def at_email(person: Person) -> None:
    """The first question of all."""
    person.hear("Email: ")


def at_password(person: Person) -> None:
    """The first secret."""
    person.answer("Email", EMAIL)
    person.hear("not shown while you type: ")


QUESTIONS = [
    *(at_menu, at_secret, at_email),
    *(pytest.param(reach, marks=pytest.mark.soak) for reach in (at_line, at_yes, at_list, at_password)),
]
"""What a person may be asked; one question of each kind in the suite, all in `make soak`."""

Reaches = Callable[[Person], None]


def alive(home: Path) -> int:
    """How many sessions are alive in the store."""
    with closing(sqlite3.connect(home / "strongroom.db")) as connection:
        found = connection.execute("SELECT count(*) FROM sessions WHERE ended_at IS NULL").fetchone()
    return int(found[0])


@pytest.mark.parametrize("reach", QUESTIONS)
def test_ctrl_d_leaves_at_once_and_ends_what_was_not_kept(founded: Path, reach: Reaches) -> None:
    before = alive(founded)
    with Person(founded) as person:
        reach(person)
        person.terminal.sendeof()
        assert person.ends_as_it_began() == ExitCode.DONE
        assert person.is_plain()
    assert alive(founded) == before


@pytest.mark.parametrize("reach", QUESTIONS)
def test_ctrl_c_gives_a_question_up_and_twice_it_leaves(founded: Path, reach: Reaches) -> None:
    with Person(founded) as person:
        reach(person)
        person.terminal.sendintr()
        person.hear("\r\n")
        person.hear(": ")
        person.terminal.sendintr()
        assert person.ends_as_it_began() == ExitCode.INTERRUPTED
        assert person.is_plain()


def test_ctrl_c_goes_back_one_menu_and_an_answer_makes_the_next_one_a_first_again(founded: Path) -> None:
    with Person(founded) as person:
        at_secret(person)
        person.terminal.sendintr()
        person.hear("Cancelled.")
        person.choose("profile")
        person.hear("Profile, your choice: ")
        person.terminal.sendintr()
        person.hear("Cancelled.")
        person.hear("Main menu, your choice: ")
        person.terminal.send(b"h\n")
        person.hear("Main menu, your choice: ")
        person.terminal.sendintr()
        person.hear("Press ctrl+c once more to leave")
        person.hear("Main menu, your choice: ")
        person.terminal.sendintr()
        assert person.ends_as_it_began() == ExitCode.INTERRUPTED


PAIRS = [
    pytest.param(
        reach,
        number,
        128 + number,
        id=f"{number.name}-{reach.__name__}",
        marks=() if number is signal.SIGTERM or reach is at_secret else pytest.mark.soak,
    )
    for reach in (at_menu, at_secret, at_email, at_password)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
]
"""Every signal at one question and one signal at every question; the rest are for `make soak`."""


@pytest.mark.parametrize(("reach", "number", "code"), PAIRS)
def test_a_signal_ends_it_with_the_terminal_as_it_was(
    founded: Path, reach: Reaches, number: signal.Signals, code: int
) -> None:
    before = alive(founded)
    with Person(founded) as person:
        reach(person)
        os.kill(person.terminal.pid, number)
        assert person.ends_as_it_began() == code
        assert person.is_plain()
    assert alive(founded) == before


def test_ctrl_z_at_a_secret_question_gives_the_terminal_back_for_as_long_as_it_lasts(founded: Path) -> None:
    with shell_at(founded) as shell:
        begin(shell, "--plain")
        shell.expect_exact("leave.")
        shell.expect_exact("Email: ")
        shell.sendline(EMAIL)
        shell.expect_exact("not shown while you type: ")
        stop_and_go_on(shell)
        shell.expect_exact("not shown while you type: ")
        shell.sendline(PASSWORD)
        shell.expect_exact("Yes or no: ")
        assert PASSWORD not in shell.before
        shell.send("\x04")
        shell.expect_exact(READY)


def test_ctrl_z_freezes_no_visit_that_nobody_could_go_on_with(founded: Path) -> None:
    """As in `ssh -t host strongroom --plain`, where no shell waits for it."""
    with Person(founded) as person:
        at_password(person)
        os.kill(person.terminal.pid, signal.SIGTSTP)
        person.hear("not shown while you type: ")
        person.terminal.send(PASSWORD.encode() + b"\n")
        person.answer("Keep me", "no")
        person.hear("Main menu, your choice: ")
        assert PASSWORD not in person.text


def hang_up(person: Person) -> None:
    """Close the terminal, and let nobody close its number again: it may be another file's by then."""
    person.terminal.ptyproc.fileobj.close()
    person.terminal.child_fd = person.terminal.ptyproc.fd = -1
    person.terminal.closed = person.terminal.ptyproc.closed = True


@pytest.mark.parametrize("reach", [at_menu, at_secret, at_email])
def test_a_lost_terminal_ends_the_process(founded: Path, reach: Reaches) -> None:
    before = alive(founded)
    person = Person(founded)
    reach(person)
    hang_up(person)
    _, status = os.waitpid(person.terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (ExitCode.DONE, 129)
    assert alive(founded) == before


def test_a_lost_terminal_ends_it_even_where_nobody_is_told(founded: Path) -> None:
    ignoring = (
        "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "from strongroom import cli; sys.exit(cli.main(['--plain']))"
    )
    before = alive(founded)
    person = Person(founded, "-c", ignoring)
    at_menu(person)
    hang_up(person)
    _, status = os.waitpid(person.terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) >= 0
    assert alive(founded) == before


@pytest.mark.parametrize("keep", ["yes", "no"])
def test_what_was_kept_is_resumed_after_a_kill(founded: Path, keep: str) -> None:
    with Person(founded) as person:
        person.sign_in(keep=keep)
        person.hear("Main menu, your choice: ")
        os.kill(person.terminal.pid, signal.SIGKILL)
        person.terminal.wait()
    with Person(founded) as person:
        if keep == "yes":
            person.hear("You were kept signed in on this machine.")
            person.choose("q")
            person.hear("You stay signed in on this machine.")
        else:
            person.answer("Email", "q")
        assert person.ends_as_it_began() == ExitCode.DONE


def test_whoever_insists_leaves_in_the_middle_of_an_act_and_nothing_is_half_done(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in()
        person.choose("profile", "1")
        person.hear("to go back: ")
        with closing(sqlite3.connect(founded / "strongroom.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            while not person.shows_typing():
                time.sleep(0.05)
            person.terminal.send(b"Ada King\n")
            while person.shows_typing():  # until the line was taken and the act has begun
                time.sleep(0.05)
            while person.terminal.isalive():
                person.terminal.sendintr()
                time.sleep(0.2)
            code = person.ends()
            holder.execute("ROLLBACK")
        assert code == ExitCode.INTERRUPTED
    with closing(sqlite3.connect(founded / "strongroom.db")) as connection:
        assert connection.execute("SELECT name FROM accounts").fetchone() == ("Ada Byron",)


def test_a_session_that_the_lines_keep_is_the_one_of_the_screen(founded: Path) -> None:
    with Person(founded) as person:
        person.sign_in(keep="yes")
        person.choose("q")
        assert person.ends() == ExitCode.DONE
    with Person(founded, "-m", "strongroom") as screen:
        screen.hear("Your account")
        screen.terminal.send(b"\x11")
        assert screen.ends() == ExitCode.DONE
    with Person(founded) as person:
        person.hear("You were kept signed in on this machine.")
        person.choose("out")
        person.answer("End this session", "yes")
        person.answer("Email", "q")
        assert person.ends() == ExitCode.DONE
    with Person(founded) as person:
        person.answer("Email", "q")
        assert person.ends() == ExitCode.DONE


def test_a_fault_says_one_line_and_ends_the_session_under_its_number(founded: Path) -> None:
    before = alive(founded)
    with Person(founded, "-c", FAULTY) as person:
        person.sign_in()
        person.choose("profile")
        person.hear("Strongroom stopped by a fault: incident ")
        incident = person.hear(" (LookupError)")
        assert person.ends_as_it_began() == ExitCode.FAILED
        assert person.is_plain()
        assert "canary" not in person.text
        assert "Traceback" not in person.text
    assert alive(founded) == before
    with closing(sqlite3.connect(founded / "strongroom.db")) as connection:
        told = connection.execute(
            "SELECT details FROM audit_events WHERE details LIKE '%incident%'"
        ).fetchall()
    assert any(incident in row[0] for row in told)


def test_a_fault_beside_the_question_ends_it_the_same_way(founded: Path) -> None:
    with Person(founded, "-c", FAULTY_BESIDE) as person:
        person.hear("Strongroom stopped by a fault: incident ")
        assert person.ends_as_it_began() == ExitCode.FAILED
        assert "canary" not in person.text
        assert "Traceback" not in person.text
        assert person.is_plain()


@pytest.mark.parametrize("given", ["", "q\n"])
def test_without_a_terminal_nothing_is_asked(founded: Path, given: str) -> None:
    for ended in (
        strongroom(founded, "--plain", given=given),
        strongroom(founded, given=given, ACCESSIBLE="1"),
        strongroom(founded, "demo", "--plain", given=given),
    ):
        assert ended.code == ExitCode.USAGE
        assert ended.out == ""
        assert ended.err.startswith("Lines and questions need a terminal, and this is none.\n")


def test_a_terminal_that_shows_too_little_for_the_screen_is_told_of_the_lines(founded: Path) -> None:
    with Person(founded, "-m", "strongroom", TERM="dumb") as person:
        assert person.ends() == ExitCode.USAGE
        assert "strongroom --plain" in person.text


def test_a_terminal_that_was_left_raw_takes_lines_and_is_left_raw_again(founded: Path) -> None:
    program = "import sys, tty; tty.setraw(0); from strongroom import cli; sys.exit(cli.main(['--plain']))"
    with Person(founded, "-c", program) as person:
        person.sign_in()
        person.choose("sessions", "0")
        person.hear("Main menu, your choice: ")
        assert "\r\nSessions\r\n" in person.text
        person.terminal.send(b"q\n")
        person.terminal.expect(pexpect.EOF)
        assert not termios.tcgetattr(person.terminal.child_fd)[3] & termios.ICANON
        assert person.ends() == ExitCode.DONE
