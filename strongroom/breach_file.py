"""`strongroom admin breach`: make the breach file from a list of hashes, or read it through."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from security.breach.file import read_through, state
from security.breach.format import BODY_AT, DIGEST_SIZE
from security.breach.importing import ImportRefused, import_list
from security.breach.lists import BadList
from security.clock import SystemClock
from strongroom.commands.answer import Answer, Fact, give
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.paths import make_private_directory
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.words.refusals import counted

STDIN = Path("-")
"""What stands for standard input."""

_EVERY = 20_000_000
"""So many hashes are told of at a time where nobody knows how many there will be."""

_STEP = 5
"""Per cent between two lines of progress."""


def run_import(settings: Settings, given: argparse.Namespace) -> int:
    """The command that imports."""
    return give(import_breaches(settings, given.list), given)


def run_check(settings: Settings, given: argparse.Namespace) -> int:
    """The command that checks."""
    return give(check_breaches(settings), given)


def import_breaches(settings: Settings, source: Path) -> Answer:
    """Make the breach file of these settings from a list, in one step at the end.

    Raises:
        Stopped: the list is none, or something is in the way; the old file stands then.
    """
    path = settings.breach_file
    if not path.parent.exists():
        make_private_directory(path.parent, hint="Set breach_file to another place.")
    with _told(), ended_by_signals(), _opened(source) as (file, size):
        try:
            head = import_list(file, path, SystemClock().now(), _Progress(size).tell)
        except OSError as error:
            raise _stopped(f"The import into {path} failed: {error.strerror}.") from error
    lines = [f"Imported {counted(head.hashes, 'hash', 'hashes')} into {path}."]
    if settings.breach_url is not None:
        lines.append('They are asked where the online check fails, or always with breach_url = "off".')
    return Answer(tuple(lines), {"hashes": head.hashes, "file": str(path)})


def check_breaches(settings: Settings) -> Answer:
    """Read the breach file from its first byte to its last and say how it stands; 1 where it is of no use."""
    found = state(settings.breach_file)
    if found.is_usable:
        progress = _Progress(BODY_AT + found.hashes * DIGEST_SIZE)
        found = read_through(
            settings.breach_file, lambda at: progress.tell(at, (at - BODY_AT) // DIGEST_SIZE)
        )
    facts: dict[str, Fact] = {
        "file": str(settings.breach_file),
        "is_usable": found.is_usable,
        "sentence": str(found.sentence),
        "mends": str(found.mends),
    }
    notes = () if found.is_usable else (str(found.mends),)
    code = ExitCode.DONE if found.is_usable else ExitCode.FAILED
    return Answer((str(found.sentence),), facts, notes, code)


class _Progress:
    """Tells on stderr how far a long reading has come: every few per cent, or every so many hashes."""

    def __init__(self, size: int) -> None:
        """Keep how many bytes there are; 0 where nobody knows it."""
        self._size = size
        self._told = 0

    def tell(self, bytes_read: int, hashes: int) -> None:
        """Say it where enough has happened since the last time."""
        if not self._size:
            if hashes // _EVERY > self._told:
                self._told = hashes // _EVERY
                warn(f"{hashes:,} hashes so far.")
            return
        done = min(100, bytes_read * 100 // self._size)
        if done < 100 and done // _STEP > self._told:
            self._told = done // _STEP
            warn(f"{done} %: {hashes:,} hashes.")


@contextmanager
def _opened(source: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The list and its length in bytes; 0 where it comes through a pipe."""
    try:
        file = os.fdopen(os.dup(0), "rb") if source == STDIN else source.open("rb")
    except OSError as error:
        raise _stopped(f"The list {source} cannot be read: {error.strerror}.") from error
    with file:
        os.set_blocking(file.fileno(), True)  # a pause in a pipe that never blocks would pass for its end
        found = os.fstat(file.fileno())
        yield file, found.st_size if stat.S_ISREG(found.st_mode) else 0


@contextmanager
def _told() -> Iterator[None]:
    """Turn what is wrong with the list, or in the way, into its sentence and exit code."""
    try:
        yield
    except BadList as fault:
        raise _stopped(fault.sentence, fault.hint, ExitCode.FAILED) from fault
    except ImportRefused as fault:
        raise _stopped(fault.sentence, fault.hint, ExitCode.CONFLICT) from fault


def _stopped(sentence: str, hint: str = "", code: ExitCode = ExitCode.UNAVAILABLE) -> Stopped:
    """The end of a command that changed nothing, and says so."""
    return Stopped(sentence, code, hint=f"{hint} Nothing was changed.".strip())
