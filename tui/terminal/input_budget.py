"""How much input there may be: bounds in front of the parser, which has none of its own (R088)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tui.terminal.version_answer import ANSWER_START, VersionAnswer

PASTE_START = "\x1b[200~"
"""What a terminal sends before a bracketed paste."""

PASTE_END = "\x1b[201~"
"""What a terminal sends after it."""

MAX_PASTE_BYTES = 64 * 1024
"""The longest paste; a longer one is dropped whole."""

MAX_PASTE_SECONDS = 2.0
"""How long a paste may go on before its end; then it is dropped."""

MAX_KEYS_PER_SECOND = 2000
"""Keys that are handed on in a second; the rest is dropped."""

TOO_LONG = f"The paste was longer than {MAX_PASTE_BYTES // 1024} KiB. Nothing of it was taken."
UNFINISHED = "The paste did not end. Nothing of it was taken."
TOO_FAST = "Input came too fast. Some keys were dropped."

_KEY = re.compile(r"\x1b(?:\[[0-9:;<?]*[ -/]*[@-~]|O[ -~]|[^\[O\x1b])?|[^\x1b]", re.DOTALL)

_BEGINNING = re.compile(re.escape(PASTE_START) + "|" + re.escape(ANSWER_START))


@dataclass(frozen=True, slots=True)
class Keys:
    """Plain input for the parser."""

    text: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """A whole paste, which goes around the parser."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something was not handed on; the sentence is for the person."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Whatever sequence the parser has begun ends here, so that it cannot be joined with what follows."""


@dataclass(frozen=True, slots=True)
class Named:
    """The terminal said what it is; foreign text, and only the first such answer."""

    answer: str


Outcome = Keys | Pasted | Dropped | Cut | Named


@dataclass(slots=True)
class InputBudget:
    """Splits decoded input into keys, pastes and the terminal's answer, and drops what is over the bounds."""

    _held: str = ""
    _paste: list[str] | None = None
    _paste_bytes: int = 0
    _paste_began: float = 0.0
    _answer: VersionAnswer | None = None
    _was_named: bool = False
    _allowance: float = MAX_KEYS_PER_SECOND
    _counted_at: float = 0.0
    _told_at: float = field(default=float("-inf"))

    def feed(self, text: str, now: float) -> list[Outcome]:
        """Take what was read and return what is to be done, in order."""
        is_within = self._paste is not None or self._answer is not None
        outcomes: list[Outcome] = self.tick(now) if is_within else []
        rest = self._held + text
        self._held = ""
        while rest:
            if self._paste is not None:
                rest = self._in_paste(rest, outcomes)
            elif self._answer is not None:
                rest = self._in_answer(rest, self._answer, outcomes)
            else:
                rest = self._outside(rest, now, outcomes)
        return outcomes

    def tick(self, now: float) -> list[Outcome]:
        """Drop a paste that does not end; hand on the beginning of a sequence that did not go on."""
        if self._paste is not None:
            if now - self._paste_began <= MAX_PASTE_SECONDS:
                return []
            already_told = self._paste_bytes > MAX_PASTE_BYTES
            self._paste, self._held = None, ""
            return [] if already_told else [Dropped(UNFINISHED)]
        if self._answer is not None:
            if self._answer.is_overdue(now):
                self._answer, self._held = None, ""
            return []
        if self._held:
            held, self._held = self._held, ""
            return [*self._counted(held, now), Cut()]
        return []

    def _outside(self, text: str, now: float, outcomes: list[Outcome]) -> str:
        """Hand on keys up to the next paste or answer; hold back what may be the beginning of one."""
        mark = _BEGINNING.search(text)
        if mark is None:
            keep = max(_overlap(text, PASTE_START), _overlap(text, ANSWER_START))
            self._held = text[len(text) - keep :]
            outcomes.extend(self._counted(text[: len(text) - keep], now))
            return ""
        outcomes.extend(self._counted(text[: mark.start()], now))
        outcomes.append(Cut())
        if mark[0] == ANSWER_START:
            self._answer = VersionAnswer(now)
        else:
            self._paste, self._paste_bytes, self._paste_began = [], 0, now
        return text[mark.end() :]

    def _in_answer(self, text: str, answer: VersionAnswer, outcomes: list[Outcome]) -> str:
        """Gather the terminal's answer up to its end; only the first is told."""
        whole, rest = answer.take(text)
        if rest is None:
            self._held = text[-1:] if text.endswith("\x1b") else ""
            return ""
        self._answer = None
        if whole and not self._was_named:
            self._was_named = True
            outcomes.append(Named(whole))
        return rest

    def _in_paste(self, text: str, outcomes: list[Outcome]) -> str:
        """Gather the paste up to its end; past the bound gather nothing, but wait for the end."""
        inside, mark, after = text.partition(PASTE_END)
        if not mark:
            keep = _overlap(text, PASTE_END)
            self._held = text[len(text) - keep :]
            inside = text[: len(text) - keep]
        self._gather(inside, outcomes)
        if not mark:
            return ""
        gathered, self._paste = self._paste or [], None
        if self._paste_bytes <= MAX_PASTE_BYTES:
            outcomes.append(Pasted("".join(gathered).replace("\x00", "")))
        return after

    def _gather(self, inside: str, outcomes: list[Outcome]) -> None:
        """Add to the paste, or forget it once it is too long."""
        was_within = self._paste_bytes <= MAX_PASTE_BYTES
        self._paste_bytes += len(inside.encode("utf-8", "replace"))
        if self._paste_bytes <= MAX_PASTE_BYTES:
            assert self._paste is not None  # noqa: S101 - told to the type checker
            self._paste.append(inside)
        elif was_within:
            self._paste = []
            outcomes.append(Dropped(TOO_LONG))

    def _counted(self, text: str, now: float) -> list[Outcome]:
        """Hand on as many keys as the allowance holds, and tell of the rest once a second."""
        if not text:
            return []
        elapsed, self._counted_at = max(0.0, now - self._counted_at), now
        self._allowance = min(MAX_KEYS_PER_SECOND, self._allowance + elapsed * MAX_KEYS_PER_SECOND)
        if len(text) <= self._allowance:
            self._allowance -= len(text)
            return [Keys(text)]
        end = 0
        for match in _KEY.finditer(text):
            if self._allowance < 1:
                break
            self._allowance -= 1
            end = match.end()
        outcomes: list[Outcome] = [Keys(text[:end])] if end else []
        if end == len(text):
            return outcomes
        outcomes.append(Cut())
        if now - self._told_at >= 1:
            self._told_at = now
            outcomes.append(Dropped(TOO_FAST))
        return outcomes


def _overlap(text: str, mark: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a mark."""
    return next(
        (size for size in range(min(len(mark) - 1, len(text)), 0, -1) if mark.startswith(text[-size:])), 0
    )
