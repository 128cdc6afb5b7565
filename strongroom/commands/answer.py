"""What a command answers: lines for a person, or the same facts as one JSON document for a program."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from strongroom.exits import ExitCode, Stopped
from strongroom.speech import make_sure, say, say_document, warn

SCHEMA = 1
"""The number of the published schemas; a change that a program could trip over raises it."""

WIDTH = 80
"""Columns that lines fit, where what stands in them lets them."""

Fact = str | int | bool | None | Mapping[str, "Fact"] | list["Fact"]
"""What a document is made of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command."""

    lines: tuple[str, ...]
    """What a person reads, on standard output."""
    facts: Mapping[str, Fact] = field(repr=False)
    """The same for a program, by the command's schema."""
    notes: tuple[str, ...] = ()
    """What is said about the command itself, on standard error, to both."""
    code: ExitCode = ExitCode.DONE
    once_lost: str = ""
    """What helps where it could not be written, of an answer that no command gives again."""


def give(answer: Answer, given: argparse.Namespace) -> int:
    """Write an answer the way it was asked for, and give the exit code.

    Raises:
        Stopped: it could not be written; what was done stays done.
        BrokenPipeError: whoever read the answer has left.
    """
    try:
        if given.json:
            say_document(_document({"schema": SCHEMA, "command": given.title, **answer.facts}))
        else:
            for line in answer.lines:
                say(line)
        if answer.once_lost:
            make_sure()
    except (Stopped, BrokenPipeError):
        if answer.once_lost:
            warn(answer.once_lost)
        raise
    for note in answer.notes:
        warn(note)
    return answer.code


def give_refusal(stopped: Stopped, title: str) -> None:
    """Write why a command could not go on as a document; the sentence goes to standard error as well."""
    error: dict[str, Fact] = {
        "tag": stopped.tag,
        "sentence": stopped.sentence,
        "hint": stopped.hint,
        "exit_code": int(stopped.code),
    }
    say_document(_document({"schema": SCHEMA, "command": title, "error": error}))


def prose(*sentences: str) -> tuple[str, ...]:
    """Sentences as lines that fit a terminal of eighty columns."""
    return tuple(textwrap.wrap(" ".join(one for one in sentences if one), WIDTH, break_long_words=False))


def when(at: datetime | None) -> str | None:
    """A moment as RFC 3339 §5.6 writes it, in UTC with microseconds."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds(length: timedelta) -> int:
    """A length of time in whole seconds."""
    return int(length.total_seconds())


def _document(facts: Mapping[str, Fact]) -> str:
    """The document, in ASCII: no terminal that it is shown on can be moved by it."""
    return json.dumps(facts, indent=2, ensure_ascii=True)
