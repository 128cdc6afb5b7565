"""Saving a file that only its owner may read, on the machine that the program runs on."""

from __future__ import annotations

import errno
import os
from pathlib import Path


class NotSaved(Exception):
    """The file was not written; the sentence says why and what stands there now."""

    def __init__(self, sentence: str) -> None:
        """Keep the sentence for a person."""
        super().__init__(sentence)
        self.sentence = sentence
        """Why, in our own words; holds no path."""


_REASONS = {
    errno.EEXIST: "There is a file of that name already. Nothing was written; choose another name.",
    errno.ENOENT: "That folder does not exist. Nothing was written.",
    errno.ENOTDIR: "That folder does not exist. Nothing was written.",
    errno.EACCES: "You may not write there. Nothing was written.",
    errno.EPERM: "You may not write there. Nothing was written.",
    errno.EROFS: "That disk is read-only. Nothing was written.",
    errno.ENOSPC: "The disk is full. Nothing was kept.",
    errno.EDQUOT: "Your share of the disk is full. Nothing was kept.",
    errno.EISDIR: "That is a folder. Nothing was written; add a file name.",
    errno.ENAMETOOLONG: "That name is too long. Nothing was written.",
    errno.ELOOP: "That path leads in a circle. Nothing was written.",
}


def save_private(path: Path, content: bytes) -> None:
    """Write a new file of mode 0600 and put it on the disk; what stands there already is never touched.

    Blocks: call it in a thread.

    Raises:
        NotSaved: and no half-written file is left.
    """
    try:
        # O_EXCL refuses a file, a folder and a symbolic link alike, whoever put it there a moment ago.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError) as error:
        raise NotSaved(_reason(error)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise NotSaved(_reason(error)) from None


def _reason(error: OSError | ValueError) -> str:
    """Say why a file could not be written."""
    number = error.errno if isinstance(error, OSError) else None
    return _REASONS.get(number or 0, "The file could not be written there.")
