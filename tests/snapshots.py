"""Text that is kept beside a test and compared line by line; `make snapshots` writes it anew.

A snapshot shows that something changed, not whether it is right: beside each stands an assert of its meaning.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

RENEW = "RENEW_SNAPSHOTS"
"""Where this variable of the environment is 1, what is shown is kept in place of what was."""

MASK = "▒"
"""Stands for every letter of a text that is another one in each run."""


class Changed(AssertionError):
    """Something is not shown as it was kept; the message is the difference."""


def renews() -> bool:
    """Whether this run writes the snapshots anew."""
    return os.environ.get(RENEW) == "1"


def kept_as(path: Path, text: str) -> None:
    """Hold a text against the file that keeps it, or keep it there where this run renews.

    Trailing blanks of a line and blank lines at the end are no part of it.

    Raises:
        Changed: with the difference line by line, and how to accept it.
    """
    shown = _trimmed(text)
    if renews():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8")
        return
    if not path.is_file():
        raise Changed(f"There is no snapshot {path.name}; `make snapshots` keeps this one:\n\n{shown}")
    kept = path.read_text(encoding="utf-8")
    if kept != shown:
        raise Changed(
            f"{path.name} is shown in another way (- as kept, + as shown now).\n"
            f"Where that is meant, `make snapshots` keeps it.\n\n{_difference(kept, shown)}"
        )


def keep_no_others(directory: Path, names: Iterable[str]) -> None:
    """Hold the files of a directory against those that its tests use; a run that renews removes others."""
    wanted = set(names)
    found = {path.name for path in directory.glob("*.txt")}
    if renews():
        for name in found - wanted:
            (directory / name).unlink()
        return
    assert not found - wanted, f"`make snapshots` removes what no test shows: {sorted(found - wanted)}"
    assert not wanted - found, f"`make snapshots` keeps what is missing: {sorted(wanted - found)}"


def masked(text: str, values: Mapping[str, str] | Iterable[str]) -> str:
    """Put a mask of the same width over values that are others in each run; `{value: words}` says which.

    Raises:
        AssertionError: a value is not there at all, so that the snapshot would hold nothing of it.
    """
    words = dict(values) if isinstance(values, Mapping) else dict.fromkeys(values, "")
    for value, word in words.items():
        assert value in text, f"a value of {len(value)} letters is to be masked and not there"
        text = text.replace(value, f"{word:{MASK}<{len(value)}.{len(value)}}")
    return text


def _trimmed(text: str) -> str:
    """A text without what nobody sees of it, ending in one line break."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n") + "\n"


def _difference(kept: str, shown: str) -> str:
    """The lines that differ, with three around them."""
    before, after = kept.splitlines(), shown.splitlines()
    return "\n".join(difflib.unified_diff(before, after, "kept", "shown", lineterm=""))
