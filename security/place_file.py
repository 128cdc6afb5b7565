"""The city file: a database in MaxMind's format, read with `pread` and never mapped, and its state in words.

A mapped file that is cut short ends the whole process with SIGBUS; a read one gives too few bytes.
"""

from __future__ import annotations

import ipaddress
import os
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from security.place_state import NOT_SET, PlaceFileReport, PlaceFileState, report
from security.safe_text import SafeText, sanitise

if TYPE_CHECKING:
    from maxminddb.reader import Reader

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_NAME_CELLS = 64
"""Cells kept of the name of a city or a country."""

MAX_NAME = 1024
"""Characters of a name that are looked at."""

_KINDS = ("city", "country", "enterprise", "insights", "location")
"""A file that knows places has one of these words in its kind, as in GeoLite2-City."""

_PROBES = tuple(ipaddress.IPv4Address((first << 24) | 0x00080808) for first in range(1, 224, 7))
"""Addresses from all over the file, looked up to find damage in it."""

_TRIES = 2
"""A look-up during which the file was changed is made once more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is, as far as the file knows."""

    city: SafeText | None
    country: SafeText | None


NOWHERE = Place(None, None)
"""The place of an address that the file does not know."""


class _Unusable(Exception):
    """The file cannot serve; carries the report that says why."""

    def __init__(self, report: PlaceFileReport) -> None:
        """Keep the report."""
        super().__init__(report.sentence)
        self.report: PlaceFileReport = report


class PlaceFile:
    """One city file, opened at the first look-up and anew whenever another one stands in its place.

    It belongs to one thread. No fault of the file leaves it: an address is then nowhere, and the
    report says why.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._reader: Reader | None = None
        self._stamp: tuple[int, ...] | None = None
        self._report = NOT_SET

    @property
    def report(self) -> PlaceFileReport:
        """What the last look-up found the file to be."""
        return self._report

    def open(self) -> None:
        """Open the file now; should it be of no use, the report says so."""
        try:
            self._renew()
        except _Unusable as unusable:
            self._report = unusable.report

    def find(self, address: Address) -> Place:
        """Where an address is."""
        for _ in range(_TRIES):
            try:
                self._renew()
                place = self._look_up(address)
            except _Unusable as unusable:
                self._report = unusable.report
                place = NOWHERE
            if self._stamp is None or self._stamp == self._stamp_now():
                return place
        return NOWHERE

    def examine(self) -> PlaceFileReport:
        """Open the file, look up some addresses in all parts of it, and say what it is."""
        for address in _PROBES:
            self.find(address)
            if self._report.state is not PlaceFileState.READY:
                break
        return self._report

    def close(self) -> None:
        """Let go of the file; the next look-up opens it again."""
        if self._reader is not None:
            self._reader.close()
        self._reader, self._stamp = None, None

    def _renew(self) -> None:
        """Open the file where it is not open yet, or is not the one that is open.

        Raises:
            _Unusable: what stands there now cannot serve.
        """
        stamp = self._stamp_now()
        if stamp is not None and stamp == self._stamp:
            if self._reader is None:
                raise _Unusable(self._report)
            return
        self.close()
        handle = _open(self._path)
        self._stamp = _stamp(os.fstat(handle))
        self._reader = _reader(handle, self._path)
        self._report = _ready(self._reader, self._path)

    def _look_up(self, address: Address) -> Place:
        """Read one record.

        Raises:
            _Unusable: the record cannot be read.
        """
        reader = self._reader
        if reader is None:
            raise _Unusable(self._report)
        if address.version == 6 and reader.metadata().ip_version == 4:
            return NOWHERE
        try:
            record = reader.get(address)
        except _faults() as fault:
            raise _Unusable(_damaged(self._path)) from fault
        return _place(record)

    def _stamp_now(self) -> tuple[int, ...] | None:
        """What tells the file that stands there now from another; None where none can be asked."""
        try:
            return _stamp(os.stat(self._path))
        except OSError:
            return None


def state(path: Path | None) -> PlaceFileReport:
    """Look at a city file once, and say what it is; for the operator. It may take some milliseconds."""
    if path is None:
        return NOT_SET
    file = PlaceFile(path)
    try:
        return file.examine()
    finally:
        file.close()


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is replaced, rewritten or cut."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _open(path: Path) -> int:
    """Open the file without waiting for anybody, should it be a pipe.

    Raises:
        _Unusable: there is none, it cannot be opened, or it is no file.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        raise _Unusable(report(PlaceFileState.ABSENT, path, "is not there")) from None
    except OSError as fault:
        words = f"cannot be read: {fault.strerror}"
        raise _Unusable(report(PlaceFileState.UNREADABLE, path, words)) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _Unusable(report(PlaceFileState.NOT_A_FILE, path, "is no file"))
    return handle


def _reader(handle: int, path: Path) -> Reader:
    """A reader that owns the handle.

    Raises:
        _Unusable: it is no file of the format, or one that knows no places.
    """
    from maxminddb.const import MODE_FILE
    from maxminddb.reader import Reader

    try:
        reader = Reader(handle, MODE_FILE)
    except _faults() as fault:
        raise _Unusable(_damaged(path)) from fault
    kind: object = reader.metadata().database_type
    if not isinstance(kind, str) or not any(word in kind.lower() for word in _KINDS):
        reader.close()
        named = sanitise(kind, max_cells=MAX_NAME_CELLS)
        raise _Unusable(
            report(PlaceFileState.OTHER_KIND, path, f"is of the kind {named}, which has no cities")
        )
    return reader


def _faults() -> tuple[type[Exception], ...]:
    """What reading damaged or hostile data raises, from too few bytes to types that do not fit."""
    from maxminddb.errors import InvalidDatabaseError

    return (
        InvalidDatabaseError,
        struct.error,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        RecursionError,
        MemoryError,
    )


def _ready(reader: Reader, path: Path) -> PlaceFileReport:
    """The report on a file that serves."""
    metadata = reader.metadata()
    kind = sanitise(metadata.database_type, max_cells=MAX_NAME_CELLS)
    try:
        built_at = datetime.fromtimestamp(metadata.build_epoch, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return report(PlaceFileState.READY, path, f"is in use ({kind})")
    return report(PlaceFileState.READY, path, f"is in use ({kind}, built {built_at:%Y-%m-%d})")


def _damaged(path: Path) -> PlaceFileReport:
    """The report on a file that cannot be made sense of."""
    return report(PlaceFileState.DAMAGED, path, "is in no MaxMind format, or was cut short or damaged")


def _place(record: object) -> Place:
    """The place in a record, whatever it holds."""
    if not isinstance(record, Mapping):
        return NOWHERE
    country = record.get("country")
    named = _name(country)
    if named is None and isinstance(country, Mapping):
        named = _safe(country.get("iso_code"))
    return Place(_name(record.get("city")), named)


def _name(entry: object) -> SafeText | None:
    """The English name in an entry, else the first one; some files have a bare name in its place."""
    if not isinstance(entry, Mapping):
        return _safe(entry)
    names = entry.get("names")
    if not isinstance(names, Mapping):
        return None
    return _safe(names.get("en")) or next((name for one in names.values() if (name := _safe(one))), None)


def _safe(name: object) -> SafeText | None:
    """A name as it may be shown and kept, or None where it is none."""
    if not isinstance(name, str):
        return None
    return sanitise(name[:MAX_NAME].strip(), max_cells=MAX_NAME_CELLS) or None
