"""What a terminal calls itself when it is asked (XTVERSION): the question, and the bounds of the answer.

The answer is `DCS > | text ST` among the keys. It is taken out of the input whether it was asked for or
not, and never becomes a key: a stray Escape or Enter in it could leave a screen or confirm something.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.terminal.gnu_screen import is_gnu_screen

ASK_FOR_VERSION = "\x1b[>q"
"""Asks the terminal for its name and version."""

ANSWER_START = "\x1bP>|"
"""What the answer begins with."""

MAX_ANSWER = 128
"""Characters of the longest answer; a longer one is dropped whole."""

MAX_ANSWER_SECONDS = 2.0
"""How long an answer may go on before its end; then it is dropped."""

_STRING_END = "\x1b\\"
_ENDS_AT_ONCE = ("\x07", "\x9c")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_MUTE = re.compile(r"(?:|dumb|unknown|ansi|cons[0-9].*|linux.*|vt[0-9].*|screen.*)")
"""TERM of terminals that do not answer, some of which would print the question."""


def may_ask(environment: Mapping[str, str]) -> bool:
    """Whether a terminal can be asked: it is none that might show the question as text."""
    return environment.get("TERM_PROGRAM") != "Apple_Terminal" and is_modern(environment)


def is_modern(environment: Mapping[str, str]) -> bool:
    """Whether a terminal passes over sequences that it does not know, whatever signs they begin with."""
    return not (is_gnu_screen(environment) or _MUTE.fullmatch(environment.get("TERM", "")))


@dataclass(slots=True)
class VersionAnswer:
    """An answer that has begun."""

    began_at: float
    """On the loop's clock."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def take(self, text: str) -> tuple[str | None, str | None]:
        """Take what was read: the answer where it is whole ("" where it was dropped), and what follows it.

        Where the rest is None the answer goes on; a lone Escape at the end of the text then belongs to
        what is read next, and is handed in again.
        """
        control = _CONTROL.search(text)
        if control is None:
            self._gather(text)
            return None, None
        at = control.start()
        self._gather(text[:at])
        if text.startswith(_STRING_END, at):
            return self._whole(), text[at + len(_STRING_END) :]
        if text[at] in _ENDS_AT_ONCE:
            return self._whole(), text[at + 1 :]
        if text[at:] == _STRING_END[0]:
            return None, None
        return "", text[at:]

    def is_overdue(self, now: float) -> bool:
        """Whether it should have ended by now."""
        return now - self.began_at > MAX_ANSWER_SECONDS

    def _gather(self, text: str) -> None:
        """Keep a part, and nothing at all past the bound."""
        self._length += len(text)
        if self._length <= MAX_ANSWER:
            self._parts.append(text)
        else:
            self._parts.clear()

    def _whole(self) -> str:
        """The answer, or "" where it was too long."""
        return "".join(self._parts) if self._length <= MAX_ANSWER else ""
