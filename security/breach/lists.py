"""The list that an import reads: a SHA-1 in hexadecimal on each line, ordered, with a count or without.

It is the text form of Have I Been Pwned: `HASH:COUNT`, lines ended either way, digits of either case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import lt
from typing import BinaryIO

from security.breach.format import MAGIC

PIECE = 1 << 20
"""Bytes that are read at a time; a whole list has some 45 GB."""

LONGEST_LINE = 256
"""Bytes without a line's end that are no list."""

_ROWS = re.compile(rb"^([0-9A-F]{40})(?::[0-9]{1,12})?\r?\n", re.MULTILINE)
_ROW = re.compile(rb"([0-9A-F]{40})(?::([0-9]{1,12}))?")
_UTF8_MARK = b"\xef\xbb\xbf"
_UNPACK = "It is compressed: unpack it, or pipe the unpacked list in and name - as the file."

_KINDS = (
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf|PK\x03\x04|\xfd7zXZ|\x28\xb5\x2f\xfd|BZh"), _UNPACK),
    (re.compile(rb"\xff\xfe|\xfe\xff"), "It is text in UTF-16; a list is plain ASCII."),
    (
        re.compile(re.escape(MAGIC.strip())),
        "It was imported already: copy it to where the breach file belongs.",
    ),
    (
        re.compile(rb"[0-9A-Fa-f]{32}(:[0-9]+)?\Z"),
        "It may be a list of NTLM hashes; the one of SHA-1 is needed.",
    ),
    (
        re.compile(rb"[0-9A-Fa-f]{35}:[0-9]+\Z"),
        "It may be one range of a list; the whole list in one file is needed.",
    ),
)
"""What is given in a list's place now and then, and what helps."""

_USUAL = "A list has 40 hexadecimal digits on each line, and perhaps a colon and a count."
_SORT = "It must be ordered by hash. To order it: LC_ALL=C sort FILE > NEW."


class BadList(Exception):
    """A list that cannot be imported, and what helps."""

    def __init__(self, sentence: str, hint: str) -> None:
        """Keep both; neither repeats what stood in the list, which may be passwords."""
        super().__init__(sentence)
        self.sentence: str = sentence
        """What is wrong, and where."""
        self.hint: str = hint
        """What helps."""


class BreachList:
    """A list that is read in pieces, checked line by line."""

    def __init__(self, source: BinaryIO) -> None:
        """Begin with the first line of a source."""
        self._source = source
        self._last = b""
        self.lines = 0
        """Lines that were read."""
        self.bytes_read = 0
        """Bytes that were read."""

    def pieces(self) -> Iterator[Sequence[bytes]]:
        """The hashes in capital digits, ascending, each once, some twenty thousand at a time.

        A hash with the count 0 was never seen and is left out.

        Raises:
            BadList: a line is no hash, or out of order; its number is said.
            OSError: the source cannot be read.
        """
        rest = b""
        while piece := self._source.read(PIECE):
            self.bytes_read += len(piece)
            piece = rest + piece
            end = piece.rfind(b"\n") + 1
            rest = piece[end:]
            if len(rest) > LONGEST_LINE and not end:
                raise self._no_hash(rest, self.lines + 1)
            if end:
                yield self._checked(piece[:end])
        if rest:
            yield self._checked(rest + b"\n")

    def _checked(self, text: bytes) -> Sequence[bytes]:
        """The hashes of whole lines: all at one go where nothing is remarkable, else one by one."""
        hashes: list[bytes] = _ROWS.findall(text.upper())
        # A count of nought begins with it; so does no other that a service writes.
        is_plain = len(hashes) == text.count(b"\n") and b":0" not in text
        if is_plain and self._last < hashes[0] and all(map(lt, hashes, hashes[1:])):
            self.lines += len(hashes)
        else:
            hashes = list(self._one_by_one(text))
        if hashes:
            self._last = hashes[-1]
        return hashes

    def _one_by_one(self, text: bytes) -> Iterator[bytes]:
        """The hashes of whole lines; the first bad line is named."""
        last = self._last
        for line in text.split(b"\n")[:-1]:
            self.lines += 1
            line = line.removesuffix(b"\r")
            if self.lines == 1:
                line = line.removeprefix(_UTF8_MARK)
            if not line:
                continue
            row = _ROW.fullmatch(line.upper())
            if row is None:
                raise self._no_hash(line, self.lines)
            if row[1] < last:
                raise BadList(f"Line {self.lines:,} of the list is out of order.", _SORT)
            if row[1] == last or (row[2] is not None and not int(row[2])):
                continue
            last = row[1]
            yield last

    def _no_hash(self, line: bytes, number: int) -> BadList:
        """What to say of a line that is no hash."""
        hint = next((hint for kind, hint in _KINDS if kind.match(line)), _USUAL)
        return BadList(f"Line {number:,} of the list is no SHA-1.", hint)
