"""A real terminal for the stories: tmux runs the program, takes keys as typed and gives the screen back."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pytest

PATIENCE = float(os.environ.get("STORY_PATIENCE", "40"))
"""Seconds that a story waits for a text before it fails: it costs nothing where all is well."""

WATCH = '"$@"; echo $? >"$0.new"; mv "$0.new" "$0"'
"""The shell's words around the command: its exit status goes into the file that is $0."""

CONFIGURATION = """\
set -g status {status}
set -g default-terminal "{term}"
set -as terminal-features ',*:RGB'
set -g remain-on-exit on
set -sg escape-time 10
set -g history-limit 0
set -s set-clipboard on
"""


def need(*programs: str) -> None:
    """Skip the test with a sentence where the machine lacks a program that it drives.

    `make packages` installs all of them on Debian; CI refuses a run that skipped anything.
    """
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    for program in programs:
        if shutil.which(program, path=path) is None:
            pytest.skip(f"this story needs the program {program}; `make packages` installs it on Debian")


class Terminal:
    """One tmux server with one window, in which one command runs. A context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        term: str = "tmux-256color",
        status: str = "off",
    ) -> None:
        """Start the command; `env` is its whole environment beside PATH, HOME and LANG."""
        self._folder = Path(tempfile.mkdtemp(prefix="story-"))
        self._socket = self._folder / "tmux"
        self._buffer = self._folder / "paste"
        settings = self._folder / "conf"
        settings.write_text(CONFIGURATION.format(term=term, status=status))
        self.columns, self.rows = columns, rows
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment |= {"LANG": environment.get("LANG", "C.UTF-8"), "COLORTERM": "truecolor"} | dict(
            env or {}
        )
        size = ("-x", str(columns), "-y", str(rows))
        # tmux can miss the end of a process; a shell around it cannot.
        self._status = self._folder / "status"
        line = " ".join(shlex.quote(word) for word in ["sh", "-c", WATCH, str(self._status), *command])
        self._tmux("-u", "-f", str(settings), "new-session", "-d", *size, "--", line, env=environment)
        self.resize(columns, rows)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(self.text())
        subprocess.run(["tmux", "-S", str(self._socket), "kill-server"], capture_output=True, check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tmux(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *words], capture_output=True, text=True, env=env, check=False
        )
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout

    def resize(self, columns: int, rows: int, *, status: str = "") -> None:
        """Change the terminal's size, as a person does who drags a corner; tmux's own line may come or go."""
        self.columns, self.rows = columns, rows
        if status:
            self._tmux("set-option", "-g", "status", status)
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def type(self, text: str) -> None:
        """Type a text, key by key."""
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: Enter, Escape, Tab, BTab, Up, F2, C-q."""
        for key in keys:
            self._tmux("send-keys", key)

    def paste(self, text: str) -> None:
        """Paste a text as a terminal does, bracketed where the program asked for it."""
        self._buffer.write_text(text)
        self._tmux("load-buffer", str(self._buffer))
        self._tmux("paste-buffer", "-p", "-r")

    def text(self) -> str:
        """The screen as plain text."""
        return self._tmux("capture-pane", "-p")

    def styled(self) -> str:
        """The screen with its colours as SGR sequences, trailing blanks kept."""
        return self._tmux("capture-pane", "-p", "-e", "-N")

    def clipboard(self) -> str:
        """What the program sent to the terminal's clipboard by OSC 52."""
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), "show-buffer"], capture_output=True, text=True, check=False
        )
        return done.stdout

    def wait(self, pattern: str, *, seconds: float = PATIENCE) -> str:
        """Wait until the screen matches; return the screen."""
        return self._wait(pattern, True, seconds)

    def gone(self, pattern: str, *, seconds: float = PATIENCE) -> str:
        """Wait until the screen matches no more; return the screen."""
        return self._wait(pattern, False, seconds)

    def _wait(self, pattern: str, present: bool, seconds: float) -> str:
        end, before = time.monotonic() + seconds, ""
        while True:
            screen = self.text()
            # tmux shows a frame while it arrives: what counts is a screen that stands still.
            is_there = bool(re.search(pattern, screen)) == present
            if is_there and screen == before:
                return screen
            before = screen
            if time.monotonic() > end:
                state = "never came" if present else "never went"
                raise AssertionError(f"{pattern!r} {state} within {seconds:g} s; the screen:\n{screen}")
            time.sleep(0.05 if is_there else 0.1)  # each look costs a process

    def pid(self) -> int:
        """The process of the command."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def ended(self, *, seconds: float = PATIENCE) -> int:
        """Wait until the command has ended; return its exit status, 128 and more for a signal."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._status.exists():
                return int(self._status.read_text())
            time.sleep(0.05)
        raise AssertionError(f"the command still runs; the screen:\n{self.text()}")
