"""GNU screen and mosh around the program: what goes through them, a way off and back, and what they leave.

The terminal outside is tmux, as in the other stories: it knows what they write, and gives it back as cells.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from strongroom.doctor.around import is_under_mosh
from tests.stories.authenticator import read_by_zbar
from tests.stories.conftest import PROGRAM
from tests.stories.picture import cells, draw
from tests.stories.terminal import Terminal, need
from tests.stories.visitor import EMAIL, Visitor

FLAGS = "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{wrap_flag} #{keypad_flag} #{keypad_cursor_flag}"
"""What tmux tells of the modes of a terminal."""

AT_FIRST = "0 1 0 1 0 0"
"""A terminal that nobody has touched: its own screen, a cursor, no mouse, lines that wrap."""

BLACK = (0, 0, 0)
"""The ground of the dark theme in sixteen colours."""

INSIDE = 'stty -g >"$0.before"; "$@"; echo "ended $?"; stty -g >"$0.after"; read -r _'
"""The shell's words around the program: how the line was set before it and after it."""

OUTSIDE = 'for line; do sh -c "$line"; echo "[outside]"; read -r _; done'
"""The shell's words around screen and mosh."""


def within(folder: Path) -> list[str]:
    """The program, and a shell that looks at the line before and after it."""
    return ["sh", "-c", INSIDE, str(folder / "line"), *PROGRAM]


def outside(*lines: list[str]) -> list[str]:
    """Commands one after the other, each followed by a pause."""
    return ["sh", "-c", OUTSIDE, "sh", *(f"exec {shlex.join(words)}" for words in lines)]


def flags(terminal: Terminal) -> str:
    """The modes of the terminal outside."""
    return terminal._tmux("display-message", "-p", FLAGS).strip()


def enrol(terminal: Terminal, folder: Path) -> None:
    """Found, read the code from the screen by a program that is not ours, change the size, and enrol."""
    visitor = Visitor(terminal)
    visitor.found()
    phone = visitor.read_key()
    picture = draw(cells(terminal.styled(), terminal.columns, terminal.rows))
    assert read_by_zbar(picture, folder) == f"otpauth://totp/Acme:{EMAIL}?secret={phone.secret}&issuer=Acme"
    terminal.type("12")
    terminal.resize(110, 36)
    terminal.wait("1 ?2")
    terminal.press("BSpace", "BSpace")
    visitor.prove_saved(visitor.verify(phone)[0])
    terminal.wait("8 of 8")


def leave(terminal: Terminal, folder: Path) -> None:
    """Quit: the shell inside has its line as it was, and nothing of the page is left."""
    terminal.press("q")
    assert "Your account" not in terminal.wait("ended 0")
    before, after = (folder / "line.before", folder / "line.after")
    assert after.read_text() == before.read_text()


@pytest.fixture
def sockets() -> Iterator[Path]:
    """Where screen has its sockets, whose paths have to be short; what still runs there is ended."""
    folder = Path(tempfile.mkdtemp(prefix="screen-"))
    yield folder
    quit_it = ["screen", "-S", "story", "-X", "quit"]
    subprocess.run(quit_it, env={**os.environ, "SCREENDIR": str(folder)}, capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def test_gnu_screen_shows_it_keeps_it_and_brings_it_back(
    environment: Mapping[str, str], sockets: Path, tmp_path: Path
) -> None:
    """COLORTERM comes into screen from outside, and screen itself knows no truecolor."""
    need("tmux", "oathtool", "zbarimg", "screen")
    settings = tmp_path / "screenrc"
    settings.write_text("startup_message off\nvbell off\n")
    where = {**environment, "SCREENDIR": str(sockets), "COLORTERM": "truecolor"}
    begin = ["screen", "-U", "-c", str(settings), "-S", "story", *within(tmp_path)]
    with Terminal(outside(begin, ["screen", "-r", "story"]), env=where) as terminal:
        enrol(terminal, tmp_path)
        terminal.press("C-a", "d")
        assert "Your account" not in terminal.wait("(?s)detached.*outside")
        assert flags(terminal) == AT_FIRST
        terminal.resize(80, 24)
        terminal.press("Enter")
        terminal.wait(r"(?s)Strongroom.*Your account.*\? Help")
        grounds = {cell.ground for row in cells(terminal.styled(), 80, 24)[2:] for cell in row[:2]}
        assert grounds == {BLACK}
        Visitor(terminal).open_sessions("1 session")
        leave(terminal, tmp_path)
        terminal.press("Enter")
        terminal.wait("(?s)terminating.*outside")
        assert flags(terminal) == AT_FIRST


@dataclass(frozen=True, slots=True)
class Mosh:
    """A server that waits for its client."""

    port: str
    key: str
    pid: int


def child_of(pid: int) -> int:
    """The only child of a process."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


@pytest.fixture
def mosh(environment: Mapping[str, str], tmp_path: Path) -> Iterator[Mosh]:
    """A server of mosh on loopback in which the program runs."""
    need("tmux", "oathtool", "zbarimg", "mosh-server", "mosh-client")
    words = ["mosh-server", "new", "-i", "127.0.0.1", "-c", "256", "--", *within(tmp_path)]
    where = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    where |= {**environment, "COLORTERM": "truecolor", "MOSH_SERVER_NETWORK_TMOUT": "120"}
    said = subprocess.run(words, env=where, capture_output=True, text=True, check=True)
    port, key = re.findall(r"MOSH CONNECT (\S+) (\S+)", said.stdout)[0]
    server = int(re.findall(r"pid = ([0-9]+)", said.stderr)[0])
    yield Mosh(port, key, server)
    try:
        os.kill(server, signal.SIGTERM)
    except ProcessLookupError:
        return  # it ended with the shell in it


def test_mosh_shows_it_and_goes_on_after_the_line_was_cut(mosh: Mosh, tmp_path: Path) -> None:
    """Its client stands still for a while, as on a machine that sleeps; what was typed then comes through."""
    with Terminal(
        outside(["mosh-client", "127.0.0.1", mosh.port]), env={"MOSH_KEY": mosh.key, "LANG": "C.UTF-8"}
    ) as terminal:
        enrol(terminal, tmp_path)
        assert is_under_mosh(child_of(mosh.pid))  # the doctor says so
        assert not is_under_mosh(os.getpid())
        client = child_of(terminal.pid())
        os.kill(client, signal.SIGSTOP)
        terminal.press("1")
        terminal.resize(80, 24)
        os.kill(client, signal.SIGCONT)
        terminal.wait(r"(?s)Strongroom.*Save name.*\? Help")
        Visitor(terminal).open_sessions("1 session")
        leave(terminal, tmp_path)
        terminal.press("Enter")
        terminal.wait("(?s)mosh is exiting.*outside")
        assert flags(terminal) == AT_FIRST
