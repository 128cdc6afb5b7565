"""What the doctor finds of the terminal in front of it: what the screen can do there, and what mends it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from strongroom.doctor.around import examine_around, examine_clipboard
from strongroom.doctor.console import FOR_WHOLE_QR, examine_font, has_half_blocks
from strongroom.doctor.findings import Finding, Mark
from strongroom.settings import Settings
from tui.terminal.gnu_screen import is_gnu_screen

LEAST = (60, 20)
"""The smallest terminal that the screen works in."""

FOR_QR = (74, 20)
"""What the QR code of a usual account needs, with the words beside it."""

_COLOURS = {
    "truecolor": "all colours",
    "256": "256 colours",
    "16": "sixteen colours",
    "none": "no colours: marks and words alone",
}

CROSSING = "SendEnv COLORTERM NO_COLOR ACCESSIBLE"
"""What has them cross."""


def examine_terminal(settings: Settings, environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """How the terminal stands that the doctor was called from."""
    term = environment.get("TERM", "")
    if not all(os.isatty(descriptor) for descriptor in (0, 1)):
        sentence = "This is no terminal, so there is nothing to say of one."
        return (Finding("terminal", Mark.NONE, sentence, "To look at yours, run the doctor in it."),)
    if term in ("", "dumb", "unknown"):
        sentence = f"TERM is {term or 'not set'}: the screen needs a terminal that can move its cursor."
        return (Finding("terminal", Mark.NONE, sentence, "The same in lines:", command="strongroom --plain"),)
    is_console = term.partition("-")[0] == "linux"
    for_qr = FOR_WHOLE_QR if is_console and not has_half_blocks(1) else FOR_QR
    return (
        _size(term, os.get_terminal_size(1), for_qr),
        _colours(settings, environment),
        _letters(environment),
        *((examine_font(1),) if is_console else ()),
        examine_clipboard(environment),
        *examine_around(environment),
        *_over_ssh(environment),
    )


def _size(term: str, size: os.terminal_size, for_qr: tuple[int, int]) -> Finding:
    """Whether the screen has room, and the QR code."""
    said = f"TERM is {term}, {size.columns} columns by {size.lines} rows"
    if size.columns < LEAST[0] or size.lines < LEAST[1]:
        sentence = f"{said}; the screen needs {LEAST[0]} by {LEAST[1]}."
        mends = "Make it larger or its font smaller. The same in lines:"
        return Finding("terminal", Mark.NONE, sentence, mends, command="strongroom --plain")
    if size.columns < for_qr[0] or size.lines < for_qr[1]:
        sentence = f"{said}: room for the screen, and not for the QR code of two-factor authentication."
        mends = f"That needs {for_qr[0]} by {for_qr[1]}; there is always a key to type in its place."
        return Finding("terminal", Mark.NONE, sentence, mends)
    return Finding("terminal", Mark.WELL, f"{said}: room for the screen and its QR code.")


def _colours(settings: Settings, environment: Mapping[str, str]) -> Finding:
    """How many colours are used, and why."""
    from tui.terminal.color_depth import detected

    depth = detected(environment) if settings.color == "auto" else settings.color
    if settings.color != "auto":
        why = f"as {settings.layers['color'].value} asks by color={settings.color}"
    elif environment.get("NO_COLOR"):
        why = "as NO_COLOR is set"
    elif is_gnu_screen(environment):
        why = "as GNU screen before its version 5 knows no more"
    elif depth == "truecolor" and environment.get("COLORTERM"):
        why = f"as COLORTERM is {environment['COLORTERM']}"
    else:
        why = f"by TERM; COLORTERM is {environment.get('COLORTERM') or 'not set'}"
    mends = command = ""
    if settings.color == "auto" and depth == "16" and is_gnu_screen(environment):
        mends, command = "For 256, in ~/.screenrc:", "term screen-256color"
    elif settings.color == "auto" and depth in ("256", "16"):
        mends = "Where it shows more: strongroom --color truecolor"
    return Finding("colours", Mark.WELL, f"{_COLOURS[depth].capitalize()}, {why}.", mends, command=command)


def _over_ssh(environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """What does not come along over SSH; nothing where the terminal is one of this machine."""
    if not ("SSH_CONNECTION" in environment or "SSH_CLIENT" in environment):
        return ()
    if environment.get("COLORTERM"):
        return (Finding("ssh", Mark.WELL, "SSH brings along how many colours the terminal shows."),)
    sentence = (
        "SSH brings along TERM, and not by itself what else the terminal says: COLORTERM is not here."
        " NO_COLOR and ACCESSIBLE would not come either."
    )
    mends = "In ~/.ssh/config of the machine where you sit, and as AcceptEnv in sshd_config of this one:"
    return (Finding("ssh", Mark.NONE, sentence, mends, command=CROSSING),)


def _letters(environment: Mapping[str, str]) -> Finding:
    """Whether lines and marks beyond ASCII are shown."""
    named = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    if named.partition(".")[2].partition("@")[0].casefold().replace("-", "") == "utf8":
        return Finding("letters", Mark.WELL, f"UTF-8, by the locale {named}.")
    sentence = (
        f"The locale is {named or 'not set'}, which does not say that the terminal shows UTF-8. The screen"
        " writes UTF-8 all the same, as nearly every terminal shows it."
    )
    mends = "Where lines look like letters with accents:"
    return Finding("letters", Mark.NONE, sentence, mends, command="export LC_CTYPE=C.UTF-8")
