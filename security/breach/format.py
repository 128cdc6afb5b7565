"""The breach file's form: a head, an index of 65,536 buckets, and digests of 20 bytes in order (R009).

All numbers are big-endian. The head says how long the whole file is and carries checksums of the
index and of itself, so that a file that was cut short or damaged there is told apart before the
first look-up; the checksum of the digests is for whoever reads all of them.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MAGIC = b"strongroom-sha1\n"
"""What every breach file begins with."""

VERSION = 1
"""The form that this program writes, and the newest that it reads."""

DIGEST_SIZE = 20
"""Bytes of a SHA-1."""

BUCKETS = 1 << 16
"""One for each value of a digest's first two bytes."""

_HEAD = struct.Struct(">16sHHIQQQ32s32s")
_SUM_SIZE = 32

HEAD_SIZE = _HEAD.size + _SUM_SIZE
"""Bytes before the index."""

INDEX_SIZE = (BUCKETS + 1) * 8
"""Bytes of the index: where each bucket begins, counted in digests, and where the last one ends."""

BODY_AT = HEAD_SIZE + INDEX_SIZE
"""Where the digests begin."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadHead(Exception):
    """The beginning of a file is none of a breach file's, or it was damaged."""


class NewerForm(BadHead):
    """A later version of the program wrote the file."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the first bytes of a breach file say."""

    hashes: int
    """How many digests follow."""
    imported_at: datetime
    """When the file was made."""
    index_sum: bytes
    """SHA-256 of the index."""
    body_sum: bytes
    """SHA-256 of the digests."""

    @property
    def length(self) -> int:
        """Bytes of the whole file."""
        return BODY_AT + self.hashes * DIGEST_SIZE

    def packed(self) -> bytes:
        """The bytes that stand in the file."""
        micros = (self.imported_at - _EPOCH) // timedelta(microseconds=1)
        head = _HEAD.pack(
            MAGIC,
            VERSION,
            DIGEST_SIZE,
            BUCKETS,
            self.hashes,
            self.length,
            micros,
            self.index_sum,
            self.body_sum,
        )
        return head + hashlib.sha256(head).digest()


def read_head(packed: bytes) -> Head:
    """What the first bytes of a file say, held against their checksum.

    Raises:
        BadHead: they are no head, or one that was damaged.
        NewerForm: they are the head of a later version.
    """
    if len(packed) < HEAD_SIZE or not packed.startswith(MAGIC):
        raise BadHead("no head")
    head, checksum = packed[: _HEAD.size], packed[_HEAD.size : HEAD_SIZE]
    if hashlib.sha256(head).digest() != checksum:
        raise BadHead("the head is damaged")
    _, version, digest_size, buckets, hashes, length, micros, index_sum, body_sum = _HEAD.unpack(head)
    if version > VERSION:
        raise NewerForm("a later form")
    try:
        found = Head(hashes, _EPOCH + timedelta(microseconds=micros), index_sum, body_sum)
    except OverflowError:
        raise BadHead("no date") from None
    if (digest_size, buckets, length) != (DIGEST_SIZE, BUCKETS, found.length):
        raise BadHead("the head contradicts itself")
    return found


def pack_index(starts: Sequence[int]) -> bytes:
    """The bytes of an index: where each bucket begins, and where the last one ends."""
    return _swapped(array("Q", starts)).tobytes()


def read_index(packed: bytes, head: Head) -> array[int]:
    """Where each bucket begins, and where the last one ends.

    Raises:
        BadHead: the index is not the one that the head speaks of.
    """
    if len(packed) != INDEX_SIZE or hashlib.sha256(packed).digest() != head.index_sum:
        raise BadHead("the index is damaged")
    starts = array("Q")
    starts.frombytes(packed)
    starts = _swapped(starts)
    if starts[0] or starts[-1] != head.hashes or any(map(int.__gt__, starts, starts[1:])):
        raise BadHead("the index contradicts itself")
    return starts


def _swapped(numbers: array[int]) -> array[int]:
    """Numbers between this machine's order of bytes and the file's."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
