"""A shell with job control, at which somebody stops the program and goes on with it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pexpect

from tests.strongroom.running import environment_of

READY = "shell is ready> "
PATIENCE = 60
"""Seconds that an answer may take on a busy machine."""


def shell_at(home: Path) -> pexpect.spawn:
    """A shell whose programs have their files under `home`."""
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "-i"],
        env=environment_of(home, TERM="dumb", PS1=READY),
        cwd=str(home),
        timeout=PATIENCE,
        encoding="utf-8",
    )
    shell.expect_exact(READY)
    return shell


def begin(shell: pexpect.spawn, *arguments: str) -> None:
    """Run the program from it."""
    shell.sendline(shlex.join([sys.executable, "-m", "strongroom", *arguments]))


def stop_and_go_on(shell: pexpect.spawn) -> None:
    """Press ctrl+z, see that the shell has the terminal, and bring the program back."""
    shell.send("\x1a")
    shell.expect("Stopped")
    shell.expect_exact(READY)
    shell.sendline("stty -a | grep -o ' echo '")
    shell.expect_exact(" echo ")
    shell.expect(r"\r\n")
    shell.expect_exact(READY)
    shell.sendline("fg")
