"""An open breach file: its head and index, and how a digest is found in its bucket (R009)."""

from __future__ import annotations

import hashlib
import os
import stat
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import lt
from pathlib import Path

from security.breach.format import (
    BODY_AT,
    BUCKETS,
    DIGEST_SIZE,
    HEAD_SIZE,
    INDEX_SIZE,
    MAGIC,
    BadHead,
    Head,
    NewerForm,
    read_head,
    read_index,
)
from security.breach.state import Standing, Unusable

_LEAF = 256
"""So many digests are read at one go, and seen to be in order; a bucket of more is halved first."""

_SAMPLES = 256
"""How many buckets a sample looks into."""

_PIECE = 1 << 20
"""Bytes that are read at a time where all are read."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """An open file whose head and index are sound."""

    path: Path
    handle: int
    identity: tuple[int, ...]
    """Which file it is, how long, and when it was last written to."""
    head: Head
    starts: array[int]
    """Where each bucket begins, and where the last one ends."""

    def knows(self, digest: bytes) -> bool:
        """Whether a digest is in its bucket, which is halved by reads of one digest, and then read whole.

        Raises:
            Unusable: what is met on the way is out of order, or cut short.
            OSError: it cannot be read.
        """
        bucket = int.from_bytes(digest[:2])
        low, high = self.starts[bucket], self.starts[bucket + 1]
        least, greatest = _edges(bucket)
        while high - low > _LEAF:
            middle = (low + high) // 2
            (met,) = self._between(middle, middle + 1, least, greatest)
            if met <= digest:
                low, least = middle, met
            else:
                high, greatest = middle, met
        return digest in self._between(low, high, least, greatest)

    def sample(self) -> None:
        """Look into buckets all over the file.

        Raises:
            Unusable: what is there is no digest of its bucket, or out of order.
            OSError: it cannot be read.
        """
        for bucket in range(0, BUCKETS, BUCKETS // _SAMPLES):
            low, high = self.starts[bucket], self.starts[bucket + 1]
            self._between(low, min(high, low + _LEAF), *_edges(bucket))

    def read_through(self, progress: Callable[[int], None]) -> None:
        """Read every digest and hold all of them against their checksum; `progress` hears how many bytes.

        Raises:
            Unusable: they are not those that were imported.
        """
        checksum, at = hashlib.sha256(), BODY_AT
        while at < self.head.length:
            piece = os.pread(self.handle, min(_PIECE, self.head.length - at), at)
            if not piece:
                raise Unusable(Standing.CUT_SHORT, self.path)
            checksum.update(piece)
            at += len(piece)
            progress(at)
        if checksum.digest() != self.head.body_sum:
            raise Unusable(Standing.DAMAGED, self.path)

    def _between(self, low: int, high: int, least: bytes, greatest: bytes) -> Sequence[bytes]:
        """Some digests of the file, which must ascend and stand between two others.

        Raises:
            Unusable: they do not, or there are fewer.
            OSError: they cannot be read.
        """
        size = (high - low) * DIGEST_SIZE
        found = os.pread(self.handle, size, BODY_AT + low * DIGEST_SIZE)
        if len(found) < size:
            raise Unusable(Standing.CUT_SHORT, self.path)
        digests = [found[at : at + DIGEST_SIZE] for at in range(0, size, DIGEST_SIZE)]
        ascends = all(map(lt, digests, digests[1:]))
        if digests and not (ascends and least <= digests[0] and digests[-1] <= greatest):
            raise Unusable(Standing.DAMAGED, self.path)
        return digests


def _edges(bucket: int) -> tuple[bytes, bytes]:
    """The least and the greatest digest that a bucket may hold."""
    first = bucket.to_bytes(2)
    return first + b"\x00" * (DIGEST_SIZE - 2), first + b"\xff" * (DIGEST_SIZE - 2)


def identity_of(found: os.stat_result) -> tuple[int, ...]:
    """What changes when another file stands there, or the same one was written to."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def open_file(path: Path) -> OpenedFile:
    """Open a file and make sure of its head, its length and its index.

    Raises:
        Unusable: it is none, or not one to be trusted.
        OSError: it cannot be read.
    """
    try:
        # NONBLOCK: a named pipe put in its place must not make us wait.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(Standing.ABSENT, path) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Unusable(Standing.NO_FILE, path)
        if found.st_uid not in (0, os.geteuid()) or stat.S_IMODE(found.st_mode) & 0o022:
            raise Unusable(Standing.UNSAFE, path)
        head, starts = _checked(handle, found.st_size, path)
        return OpenedFile(path, handle, identity_of(found), head, starts)
    except BaseException:
        os.close(handle)
        raise


def _checked(handle: int, size: int, path: Path) -> tuple[Head, array[int]]:
    """Head and index of an open file."""
    beginning = os.pread(handle, HEAD_SIZE, 0)
    if not beginning.startswith(MAGIC[:size]):
        raise Unusable(Standing.OTHER_KIND, path)
    if size < HEAD_SIZE:
        raise Unusable(Standing.CUT_SHORT, path)
    try:
        head = read_head(beginning)
        if size < head.length:
            raise Unusable(Standing.CUT_SHORT, path)
        if size > head.length:
            raise Unusable(Standing.DAMAGED, path)
        return head, read_index(os.pread(handle, INDEX_SIZE, HEAD_SIZE), head)
    except NewerForm:
        raise Unusable(Standing.NEWER, path) from None
    except BadHead:
        raise Unusable(Standing.DAMAGED, path) from None
