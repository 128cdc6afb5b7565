"""The seal of a backup: whatever is done to a sealed file is noticed, and only the keys' holder can seal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security import backup_seal
from security.keys import KeyRing
from store.backup import Copied, Head, Kind
from store.errors import Corrupt

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COPIED = Copied(Kind.SQLITE, 3, 2, 5, (Head("org", 5, bytes(32)),))
CONTENT = b"SQLite format 3\0" + bytes(range(256)) * 8


def nothing(_done: int, _whole: int) -> None:
    """Tell nobody."""


@pytest.fixture
def keys() -> KeyRing:
    """The keys of the store."""
    return KeyRing.generate(NOON)


@pytest.fixture
def file(tmp_path: Path, keys: KeyRing) -> Path:
    """A sealed file."""
    made = tmp_path / "one"
    made.write_bytes(CONTENT)
    backup_seal.put(made, COPIED, NOON, keys, nothing)
    return made


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A file, open for reading."""
    handle = os.open(path, os.O_RDONLY)
    yield handle
    os.close(handle)


def prove(path: Path, keys: KeyRing) -> backup_seal.Seal:
    """Read the seal of a file and hold the file against it."""
    with opened(path) as handle:
        seal = backup_seal.read(handle, path)
        backup_seal.require_whole(handle, path, seal, keys, nothing)
    return seal


def test_a_seal_tells_what_was_sealed(file: Path, keys: KeyRing) -> None:
    seal = prove(file, keys)
    assert (seal.made_at, seal.copied, seal.length) == (NOON, COPIED, len(CONTENT))
    assert keys.is_ring_of(seal.keys)
    assert file.read_bytes().startswith(CONTENT)


def test_every_flipped_bit_is_noticed(file: Path, keys: KeyRing) -> None:
    whole = file.read_bytes()
    places = [*range(0, len(CONTENT), 97), *range(len(CONTENT), len(whole))]
    for at in places:
        damaged = bytearray(whole)
        damaged[at] ^= 1
        file.write_bytes(bytes(damaged))
        with pytest.raises(Corrupt):
            prove(file, keys)


def test_every_cut_and_whatever_is_added_is_noticed(file: Path, keys: KeyRing) -> None:
    whole = file.read_bytes()
    for length in (0, 3, 15, 16, 100, len(CONTENT), *range(len(CONTENT) + 1, len(whole), 13), len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Corrupt):
            prove(file, keys)
    for more in (whole + b"x", whole[:500] + b"x" + whole[500:], CONTENT + whole):
        file.write_bytes(more)
        with pytest.raises(Corrupt):
            prove(file, keys)


def test_whoever_has_no_keys_of_the_store_seals_nothing(file: Path, keys: KeyRing) -> None:
    """Somebody else puts a password of theirs in, and seals that with keys that bear the same names."""
    thief = KeyRing.generate(NOON)
    file.write_bytes(CONTENT.replace(b"\x01\x02", b"\x02\x01"))
    backup_seal.put(file, COPIED, NOON, thief, nothing)
    with pytest.raises(Corrupt, match="not made with these keys"):
        prove(file, keys)


def test_what_is_no_copy_of_a_store_has_no_seal(tmp_path: Path, keys: KeyRing) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"Dear diary")
    with pytest.raises(Corrupt, match="no backup of a Strongroom store"):
        prove(other, keys)
