"""What the doctor finds around the terminal: tmux, GNU screen, mosh; what they hand on, and what mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from strongroom.doctor.findings import Finding, Mark
from tui.terminal.gnu_screen import is_gnu_screen

PATIENCE = 2.0
"""Seconds that tmux has to answer."""

MOST_PARENTS = 32
"""How far up it is looked for a server of mosh."""

PROCESSES = Path("/proc")
"""Where Linux tells of processes; elsewhere mosh is not found."""


def examine_around(environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is between the program and the person's terminal; nothing where there is nothing of note."""
    found = []
    if is_gnu_screen(environment):
        sentence = "GNU screen is around the terminal: on leaving it brings back nothing of what stood there."
        found.append(Finding("screen", Mark.NONE, sentence, "In ~/.screenrc:", command="altscreen on"))
    if is_under_mosh(os.getpid()):
        sentence = (
            "mosh is between here and your terminal. From its version 1.4 on, at both ends, it hands on all"
            " colours and what is copied; before, it did not."
        )
        mends = "Your session keeps the address that the sign-in by SSH came from, wherever you roam."
        found.append(Finding("mosh", Mark.WELL, sentence, mends))
    return tuple(found)


def examine_clipboard(environment: Mapping[str, str]) -> Finding:
    """Whether what is copied can reach the clipboard; the terminal itself never answers."""
    if is_gnu_screen(environment) or environment.get("STY"):
        sentence = "GNU screen lets nothing through to the terminal's clipboard."
        return Finding(
            "clipboard", Mark.NONE, sentence, "Select the text with the terminal, or save to a file."
        )
    if environment.get("TMUX"):
        return _tmux_clipboard()
    if environment.get("TERM", "").startswith(("linux", "vt", "cons")):
        return Finding("clipboard", Mark.NONE, "A console has no clipboard.", "Save to a file instead.")
    if environment.get("TERM", "").startswith("rxvt"):
        sentence = "rxvt-unicode takes OSC 52 by an extension alone, which does not come with it."
        return Finding("clipboard", Mark.NONE, sentence, "Select the text with the mouse, or save to a file.")
    return Finding(
        "clipboard",
        Mark.WELL,
        "Copying goes by OSC 52, to which no terminal answers.",
        "After the first time paste to check: some terminals ask for a setting, as xterm does, and PuTTY"
        " has none.",
    )


def is_under_mosh(pid: int) -> bool:
    """Whether a process, or one that it descends from, is a server of mosh."""
    for _ in range(MOST_PARENTS):
        try:
            said = (PROCESSES / str(pid) / "stat").read_text(errors="replace")
        except OSError:
            return False
        name, _paren, rest = said.partition("(")[2].rpartition(")")
        if name == "mosh-server":
            return True
        pid = int(rest.split()[1])
        if pid <= 1:
            return False
    return False


def _tmux_clipboard() -> Finding:
    """What the tmux around us does with OSC 52."""
    value = _tmux_option()
    if value is None:
        sentence = "There is a tmux around the terminal, and it did not say what it does with the clipboard."
        return Finding("clipboard", Mark.NONE, sentence, "To see it: tmux show-options -sv set-clipboard")
    if value == "on":
        sentence = "tmux hands on what is copied, where the terminal outside takes OSC 52."
        return Finding("clipboard", Mark.WELL, sentence, "Paste to check.")
    sentence = f"tmux keeps what is copied from the terminal's clipboard: set-clipboard is {value}."
    return Finding(
        "clipboard", Mark.NONE, sentence, "To let it through:", command="tmux set-option -s set-clipboard on"
    )


def _tmux_option() -> str | None:
    """The value of set-clipboard; None where tmux is not here or does not answer."""
    program = shutil.which("tmux")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - no word of it is foreign
            [program, "show-options", "-sv", "set-clipboard"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    value = done.stdout.decode("ascii", "replace").strip()
    return value if done.returncode == 0 and value in ("on", "external", "off") else None
