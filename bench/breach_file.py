"""One look-up in a breach file of ten million hashes, from the password to the answer."""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.line import Line
from security.breach.file import BreachFile
from security.breach.packing import Packing

HASHES = 10_000_000
"""How many the file holds."""

ROUNDS = 5
LOOK_UPS = 20_000
"""Of one round: every second one finds its password."""

_PREFIXES = 1 << 12
_SUFFIX = 19


def look_up() -> float:
    """The median, over the rounds, of the milliseconds that one look-up takes."""
    passwords = [f"Lantern-Orchard {number}" for number in range(LOOK_UPS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "breach.sha1"
        make(path, passwords[::2])
        file = BreachFile(path)
        rounds = [_milliseconds(file, passwords) for _ in range(ROUNDS + 1)]
        file.close()
    return statistics.median(rounds[1:])  # the first round brings the file into memory's cache


def make(path: Path, passwords: Sequence[str]) -> None:
    """Write a breach file with the digests of some passwords among random ones."""
    with path.open("xb") as file:
        packing = Packing(file)
        for piece in _digests(sorted(_digest(password).hex().upper().encode() for password in passwords)):
            packing.add(piece)
        packing.finish(datetime(2026, 1, 1, tzinfo=UTC))
    path.chmod(0o600)


def _digests(known: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """All digests in order, those of one prefix of three hexadecimal digits at a time."""
    each, at = HASHES // _PREFIXES + 1, 0
    for number in range(_PREFIXES):
        prefix, start = b"%03X" % number, at
        while at < len(known) and known[at].startswith(prefix):
            at += 1
        random = os.urandom(each * _SUFFIX).hex().upper().encode()
        piece = {prefix + random[one : one + 37] for one in range(0, len(random), 2 * _SUFFIX)}
        yield sorted(piece | set(known[start:at]))


def _milliseconds(file: BreachFile, passwords: Sequence[str]) -> float:
    """The mean time of a look-up, in which every second password must be found."""
    start = time.perf_counter()
    found = sum(file.knows(_digest(password)) for password in passwords)
    taken = time.perf_counter() - start
    assert found == len(passwords[::2])
    return taken * 1000 / len(passwords)


def _digest(password: str) -> bytes:
    """A password's SHA-1."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()


LINES = (Line(f"a breach look-up among {HASHES:,} hashes", 0.1, True, look_up, "ms", 3),)
