"""How a command gets a password: from standard input, or asked for at a terminal; never from an argument."""

from __future__ import annotations

import sys

from strongroom.ended_by_signals import ended_by_signals, run
from strongroom.exits import ExitCode, Stopped
from strongroom.lines import BYTE_ORDER_MARK, EndOfInput, has_terminal, read_line

_MAX_BYTES = 8192
"""More than any password may have, so that the rules and not we say that one is too long."""


def read_new_password(*, from_stdin: bool) -> str:
    """A new password: all of standard input up to its last line end, or typed twice.

    Raises:
        Stopped: there is none, it is not UTF-8, the two differ, or there is no terminal to ask at.
    """
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    if from_stdin and not is_terminal:
        return _from_stdin()
    if not has_terminal():
        raise Stopped(
            "There is no terminal to ask for the password.",
            ExitCode.USAGE,
            hint="Give it on standard input, with --password-stdin.",
        )
    password = _ask("New password: ")
    if _ask("Once more: ") != password:
        raise Stopped("The two passwords differ. Nothing was made.", ExitCode.USAGE)
    return password


def _from_stdin() -> str:
    """The password on standard input; one line end after it belongs to the line, not to the password."""
    if sys.stdin is None:
        raise Stopped("Standard input is closed.", ExitCode.USAGE)
    given = sys.stdin.buffer.read(_MAX_BYTES)
    try:
        text = given.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise Stopped("The password on standard input is not UTF-8.", ExitCode.USAGE) from None
    if text.endswith("\n"):
        text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise Stopped("There is no password on standard input.", ExitCode.USAGE)
    return text


def _ask(question: str) -> str:
    """Ask at the terminal, without echo; however that ends, it is given back as it was."""
    sys.stderr.write(question)
    sys.stderr.flush()
    try:
        with ended_by_signals():
            return run(read_line(is_secret=True, question=question))
    except EndOfInput:
        raise Stopped("No password was given.", ExitCode.USAGE) from None
    except UnicodeDecodeError:
        raise Stopped("What was typed is not UTF-8.", ExitCode.USAGE) from None
