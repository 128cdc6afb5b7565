"""Packing: digests in order become the body of a breach file, and their counts its index."""

from __future__ import annotations

import hashlib
from array import array
from binascii import unhexlify
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import BinaryIO

from security.breach.format import BODY_AT, BUCKETS, Head, pack_index
from security.breach.lists import BadList

RANGES = 1 << 20
"""The parts, by five hexadecimal digits, in which range services hand out such a list."""

UNLIKELY = 64
"""Hashes that are to be expected in a gap; SHA-1 spreads so evenly that one so wide is no accident."""

_RANGES_A_BUCKET = RANGES // BUCKETS


class Packing:
    """Writes digests to a file as they come and counts them by their first five hexadecimal digits."""

    def __init__(self, file: BinaryIO) -> None:
        """Leave room for head and index at the beginning of an empty file."""
        self._file = file
        self._file.seek(BODY_AT)
        self._sum = hashlib.sha256()
        self._counts = array("Q", bytes(RANGES * 8))
        self.hashes = 0
        """How many digests were written."""

    def add(self, hashes: Sequence[bytes]) -> None:
        """Write digests, given as capital hexadecimal digits, ascending and after all that came before."""
        if not hashes:
            return
        digests = unhexlify(b"".join(hashes))
        self._file.write(digests)
        self._sum.update(digests)
        self.hashes += len(hashes)
        first, last = _range_of(hashes[0]), _range_of(hashes[-1])
        if last - first > len(hashes):
            for one in hashes:
                self._counts[_range_of(one)] += 1
            return
        start = 0
        for number in range(first, last):
            end = bisect_left(hashes, b"%05X" % (number + 1), start)
            self._counts[number] += end - start
            start = end
        self._counts[last] += len(hashes) - start

    def finish(self, at: datetime) -> Head:
        """Write head and index, once all digests are there.

        Raises:
            BadList: there are no digests, or a whole stretch of them is missing.
        """
        if not self.hashes:
            raise BadList("The list holds no hash.", "An empty list would let every password pass.")
        self._refuse_gap()
        sums = [0, *accumulate(self._counts)]
        index = pack_index(sums[::_RANGES_A_BUCKET])
        head = Head(self.hashes, at, hashlib.sha256(index).digest(), self._sum.digest())
        self._file.seek(0)
        self._file.write(head.packed() + index)
        return head

    def _refuse_gap(self) -> None:
        """Refuse a list that lacks a stretch: a download that stopped, or ranges that never came.

        What is not in the file would pass for "in no known breach", so a list that is surely not
        whole must not become one.
        """
        has_any = bytes(map(bool, self._counts))
        widest = max(has_any.split(b"\1"), key=len)
        if len(widest) * self.hashes // RANGES <= UNLIKELY:
            return
        first = has_any.find(widest)
        last = first + len(widest) - 1
        expected = len(widest) * self.hashes // (RANGES - len(widest))
        raise BadList(
            f"The list is not whole: none of its hashes begins with {first:05X}"
            + (f" to {last:05X}" if last > first else "")
            + f", where about {expected:,} are to be expected.",
            "Get it again, to its end.",
        )


def _range_of(one: bytes) -> int:
    """The number that the first five hexadecimal digits make."""
    return int(one[:5], 16)
