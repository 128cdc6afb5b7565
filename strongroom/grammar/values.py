"""How the arguments of commands are read: what cannot be one is refused without being repeated."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path


def as_place(text: str) -> Path:
    """A file or directory that was named, made absolute; an empty name is a forgotten one.

    Raises:
        ArgumentTypeError: it is empty, or no name that a file may have.
    """
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("needs the name of a file or directory")
    return Path(os.path.abspath(os.path.expanduser(text)))


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


def as_count(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two others, as argparse takes a type."""

    def read(text: str) -> int:
        """The number, or a refusal that names its bounds."""
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"needs a whole number from {least} to {most}")
        return int(text)

    return read
