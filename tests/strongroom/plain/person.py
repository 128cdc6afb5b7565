"""A person at a terminal in plain mode: hears every byte, answers questions, carries a phone."""

from __future__ import annotations

import re
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType

import pexpect

from tests.strongroom.running import PASSWORD, environment_of

EMAIL = "ada@harbour.example"
NEW_PASSWORD = "Quiet-Meadow 81 violins"
PATIENCE = 60
"""Seconds that a question may take to come on a busy machine."""

CODE = re.compile(r"Code ([0-9]+): ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\r")
STEP = 30


class Phone:
    """An authenticator that is not ours; gives each code once, the oldest first that still counts."""

    def __init__(self, key: str) -> None:
        """Take the key as it was told."""
        self._key = key.replace(" ", "")
        self._last = 0

    def code(self) -> str:
        """The next code; waits where the window has no newer one."""
        while self._last + 1 > int(time.time()) // STEP + 1:
            time.sleep(0.2)
        self._last = max(self._last + 1, int(time.time()) // STEP - 1)
        # In the middle of the step, so that no rounding moves it.
        return self.at(self._last * STEP + STEP // 2)

    def at(self, moment: int) -> str:
        """The code of a moment."""
        words = ["oathtool", "--totp", "--base32", "--now", f"@{moment}", self._key]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


class Person:
    """Sits at a terminal of 80x24 in which the program runs. A context manager."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        """Start the program; without arguments in plain mode."""
        self.heard = bytearray()
        """Every byte that came to the terminal."""
        self.terminal = pexpect.spawn(
            sys.executable,
            list(arguments) or ["-m", "strongroom", "--plain"],
            env=environment_of(home, **environment),
            dimensions=(24, 80),
            timeout=PATIENCE,
            maxread=65536,
        )
        self.terminal.delaybeforesend = None
        self.terminal.logfile_read = self
        self.before = self.modes()

    def write(self, data: bytes) -> None:
        """Hear what came; pexpect hands it here."""
        self.heard += data

    def flush(self) -> None:
        """Nothing waits."""

    def __enter__(self) -> Person:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(self.text)
        self.terminal.close(force=True)

    @property
    def text(self) -> str:
        """All that was heard."""
        return self.heard.decode(errors="replace")

    def modes(self) -> list[object]:
        """How the terminal treats what is typed."""
        return list(termios.tcgetattr(self.terminal.child_fd))

    def shows_typing(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.terminal.child_fd)[3] & termios.ECHO)

    def hear(self, sentence: str) -> str:
        """Wait for a sentence, and give what came before it since the last one."""
        self.terminal.expect_exact(sentence.encode())
        return (self.terminal.before or b"").decode(errors="replace")

    def answer(self, question: str, line: str) -> str:
        """Wait for the end of a question and answer it; gives what was said before."""
        said = self.hear(question)
        self.hear(": ")
        self.terminal.send(line.encode() + b"\n")
        return said

    def choose(self, *answers: str) -> None:
        """Answer one menu after the other."""
        for answer in answers:
            self.answer("your choice", answer)

    def sign_in(self, password: str = PASSWORD, *, keep: str = "no", email: str = EMAIL) -> None:
        """The first step."""
        self.answer("Email", email)
        self.answer("Password", password)
        self.answer("Keep me signed in on this machine? Yes or no", keep)

    def enrol(self) -> tuple[Phone, list[str]]:
        """Set two-factor up from its menu on; gives the phone, and the codes that were told."""
        self.hear("Key: ")
        phone = Phone(self.hear("\r\n"))
        self.choose(phone.code())
        said = self.hear("Recovery codes\r\n")
        codes = [code for _, code in CODE.findall(said)]
        self.choose("prove")
        self.answer("One of your codes", codes[2])
        self.hear("the codes are saved")
        return phone, codes

    def ends(self) -> int:
        """Wait for the end of the program and give its exit code."""
        self.terminal.expect(pexpect.EOF)
        self.terminal.wait()
        self.terminal.close()
        assert self.terminal.exitstatus is not None, self.terminal.signalstatus
        return int(self.terminal.exitstatus)

    def ends_as_it_began(self) -> int:
        """The same, with a look at whether the terminal was given back; gives the exit code."""
        self.terminal.expect(pexpect.EOF)
        assert self.modes() == self.before
        return self.ends()

    def is_plain(self) -> bool:
        """Whether every byte that came is printable UTF-8 or an end of line."""
        return all(sign.isprintable() or sign in "\r\n" for sign in self.heard.decode())
