"""How a command gets what no argument may hold: asked for at a terminal, or by standard input."""

from __future__ import annotations

import argparse
import sys

from security.safe_text import sanitise
from strongroom.exits import ExitCode, Stopped
from strongroom.lines import BYTE_ORDER_MARK, MAX_BYTES, EndOfInput, has_terminal, read_line

_MAX_STDIN = 4 * MAX_BYTES

_BY_STDIN = {"password_stdin": "--password-stdin", "code_stdin": "--code-stdin"}
"""The options by which secrets come on standard input; a command has one of them."""


class Asking:
    """Questions of one command. Secrets come from standard input where that was asked for, in their order."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Read standard input, where the secrets come from it.

        Raises:
            Stopped: it is closed, a terminal, or no text.
        """
        self._option = next((option for name, option in _BY_STDIN.items() if hasattr(given, name)), "")
        wants_stdin = any(getattr(given, name, False) for name in _BY_STDIN)
        self._lines: list[str] | None = _from_stdin(self._option) if wants_stdin else None
        self._is_sure: bool = getattr(given, "yes", False)
        self._is_for_program: bool = given.json

    @property
    def can_ask(self) -> bool:
        """Whether a secret can be had at all."""
        return self._lines is not None or has_terminal()

    @property
    def is_at_terminal(self) -> bool:
        """Whether secrets are asked for at a terminal."""
        return self._lines is None and has_terminal()

    @property
    def converses(self) -> bool:
        """Whether somebody sits at the terminal whom an answer may be told piece by piece."""
        is_seen = sys.stdout is not None and sys.stdout.isatty()
        return self.is_at_terminal and is_seen and not self._is_for_program

    async def secret(self, question: str, missing: str, code: ExitCode = ExitCode.USAGE) -> str:
        """A secret, asked for without echo, or the next line of standard input.

        Raises:
            Stopped: it cannot be had; `missing` says what is needed, and `code` is the exit code.
        """
        if self._lines is not None:
            if not self._lines:
                raise Stopped(f"Standard input has a line too few: {missing}", code)
            return self._lines.pop(0)
        return await self._asked(question, missing, code, is_secret=True)

    async def line(self, question: str, missing: str) -> str:
        """Something that is no secret, asked for at a terminal.

        Raises:
            Stopped: there is no terminal to ask at, with exit code 2.
        """
        return await self._asked(question, missing, ExitCode.USAGE, is_secret=False)

    async def confirm(self, question: str) -> None:
        """Let what destroys go on only after a yes, or with --yes.

        Raises:
            Stopped: nobody said yes; exit code 5, nothing was changed.
        """
        if self._is_sure:
            return
        if not has_terminal():
            raise Stopped(
                f"{question} Nothing was changed.",
                ExitCode.CONFIRMATION_NEEDED,
                hint="There is no terminal to ask at: say --yes where you are sure.",
                tag="confirmation_needed",
            )
        said = await self._asked(f"{question} Type yes to go on: ", "", ExitCode.CONFIRMATION_NEEDED)
        if said.strip().casefold() not in ("y", "yes"):
            raise Stopped("Nothing was changed.", ExitCode.CONFIRMATION_NEEDED, tag="confirmation_needed")

    async def _asked(self, question: str, missing: str, code: ExitCode, *, is_secret: bool = False) -> str:
        """Ask at the terminal; the question goes to standard error, as the answer may go to a file."""
        if not has_terminal():
            hint = f"Give it on standard input, with {self._option}." if is_secret and self._option else ""
            raise Stopped(f"There is no terminal to ask at: {missing}", code, hint=hint)
        shown = sanitise(question, max_cells=600)
        sys.stderr.write(shown)
        sys.stderr.flush()
        try:
            return await read_line(is_secret=is_secret, question=shown)
        except EndOfInput:
            raise Stopped("Nothing was typed. Nothing was changed.", code) from None
        except UnicodeDecodeError:
            raise Stopped("What was typed is not UTF-8. Nothing was changed.", ExitCode.USAGE) from None


def _from_stdin(option: str) -> list[str]:
    """The lines of standard input; one line end after each belongs to none of them."""
    if sys.stdin is None:
        raise Stopped("Standard input is closed.", ExitCode.USAGE)
    if sys.stdin.isatty():
        raise Stopped(
            "Standard input is a terminal, where what is typed is shown.",
            ExitCode.USAGE,
            hint=f"Leave {option} out to be asked, or pipe the lines in.",
        )
    try:
        text = sys.stdin.buffer.read(_MAX_STDIN).decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise Stopped("What came on standard input is not UTF-8.", ExitCode.USAGE) from None
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
