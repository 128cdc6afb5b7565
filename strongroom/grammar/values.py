"""How the arguments of commands are read: what cannot be one is refused without being repeated."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from strongroom.paths import whole_path

SHORTEST_ID = 4
"""Characters of an id that must be given at least."""


def as_place(text: str) -> Path:
    """A file or directory that was named, made absolute; an empty name is a forgotten one.

    Raises:
        ArgumentTypeError: it is empty, or no name that a file may have.
        Stopped: it begins at the working directory, and that is gone.
    """
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("needs the name of a file or directory")
    return whole_path(text)


def as_list(text: str) -> Path:
    """A list that was named; - is standard input.

    Raises:
        ArgumentTypeError: it is empty, or no name that a file may have.
    """
    return Path(text) if text == "-" else as_place(text)


def as_backup(text: str) -> Path:
    """A backup that was named; it is sealed and checked as a whole, so it goes through no pipe.

    Raises:
        ArgumentTypeError: it is empty, standard input or output, or no name that a file may have.
    """
    if text == "-":
        raise argparse.ArgumentTypeError("is a file, as a backup is checked when all of it is written")
    return as_place(text)


def as_id(text: str) -> str:
    """An id, whole or its ending.

    Raises:
        ArgumentTypeError: it is no part of one, or too short a part.
    """
    if not re.fullmatch(r"[0-9a-f-]{4,36}", text.lower()):
        raise argparse.ArgumentTypeError(f"needs a whole id, or its last {SHORTEST_ID} characters or more")
    return text.lower()


def as_whole_id(text: str) -> str:
    """An id as it was told.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text.lower()):
        raise argparse.ArgumentTypeError("needs a whole id")
    return text.lower()


def as_lifetime(text: str) -> timedelta | None:
    """How long sessions live: days, hours with an h, or None for as long as the organisation lets them.

    Raises:
        ArgumentTypeError: it is none of these.
    """
    if text == "default":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})(h?)", text)
    if found is None:
        raise argparse.ArgumentTypeError("needs days, hours as in 8h, or the word default")
    return timedelta(hours=int(found[1])) if found[2] else timedelta(days=int(found[1]))


NAMES_A_FILE: tuple[Callable[[str], object], ...] = (as_place, as_list, as_backup)
"""The types of arguments that a shell completes with files."""


def as_count(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two others, as argparse takes a type."""

    def read(text: str) -> int:
        """The number, or a refusal that names its bounds."""
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"needs a whole number from {least} to {most}")
        return int(text)

    return read
