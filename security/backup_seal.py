"""The seal at the end of a backup: what lies in it and the hash of every byte, signed with the audit key.

A backup lies where others may reach it. Without a seal that the store's own keys have made, whoever
can write there could put in a password of theirs, and one flipped bit would go unnoticed. The seal
follows the last byte of the copy, where SQLite and pg_restore do not look.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.backup import Copied, Head, Kind, kind_of
from store.errors import Corrupt
from store.times import from_micros, to_micros

if TYPE_CHECKING:
    from security.keys import KeyRing

_END = b"strongroom seal\n"
_DIGITS = 8
_LONGEST = 1 << 24
_PIECE = 1 << 20
_PREFIX = b"strongroom backup seal\x00"

Tell = Callable[[int, int], None]
"""Is told how many bytes were read and how many there are."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a backup says of itself."""

    made_at: datetime
    """When the copy was made, aware UTC."""
    copied: Copied
    length: int
    """Bytes of the copy, without the seal."""
    sha256: str
    """The hash of these bytes, in hexadecimal."""
    keys: str
    """The fingerprint of the ring that belongs to the store."""
    key_id: str
    """The audit key that signed all this."""
    signed: bytes
    signature: bytes

    def is_signed_by(self, keys: KeyRing) -> bool:
        """Whether a key of this ring signed the seal."""
        return keys.verify(self.key_id, _PREFIX + self.signed, self.signature)


def put(draft: Path, copied: Copied, made_at: datetime, keys: KeyRing, tell: Tell) -> Seal:
    """Seal a copy that is whole: the seal is written behind its last byte and forced to the disk.

    Raises:
        OSError: it cannot be read or written.
    """
    with open(draft, "r+b") as file:
        length = os.fstat(file.fileno()).st_size
        digest = _digest(file.fileno(), length, tell)
        signed = _facts(copied, made_at, length, digest, keys.fingerprint())
        made = keys.sign(_PREFIX + signed)
        block = json.dumps(
            {"seal": signed.decode(), "key_id": made.key_id, "signature": made.signature.hex()}
        ).encode()
        file.seek(0, os.SEEK_END)
        file.write(block + b"%0*x" % (_DIGITS, len(block)) + _END)
        file.flush()
        os.fsync(file.fileno())
    return _seal(block)


def read(handle: int, path: Path) -> Seal:
    """Read the seal of an open file, which says what it claims to be; nothing of that is proven yet.

    Raises:
        Corrupt: the file is no backup, or its end is gone.
    """
    if kind_of(os.pread(handle, 16, 0)) is None:
        raise Corrupt(f"The file {path} is no backup of a Strongroom store.")
    size = os.fstat(handle).st_size
    tail = os.pread(handle, _DIGITS + len(_END), max(0, size - _DIGITS - len(_END)))
    try:
        if not tail.endswith(_END):
            raise ValueError("no seal")
        length = int(tail[:_DIGITS], 16)
        if not 0 < length < min(_LONGEST, size - len(tail)):
            raise ValueError("no seal")
        seal = _seal(os.pread(handle, length, size - len(tail) - length))
        if seal.length != size - len(tail) - length:
            raise ValueError("something was put in or taken out")
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        raise Corrupt(
            f"The file {path} does not end with the seal of a backup: it was cut off, altered,"
            " or not made by strongroom admin backup."
        ) from None
    return seal


def require_whole(handle: int, path: Path, seal: Seal, keys: KeyRing, tell: Tell) -> None:
    """Refuse a backup that is not, byte for byte, what the holder of the keys has sealed.

    Raises:
        Corrupt: it was altered or is damaged.
    """
    if not seal.is_signed_by(keys):
        raise Corrupt(f"The seal of the backup {path} was not made with these keys: it was altered.")
    if _digest(handle, seal.length, tell) != seal.sha256:
        raise Corrupt(f"The backup {path} is damaged: its bytes are not those that were sealed.")


def _digest(handle: int, length: int, tell: Tell) -> str:
    """The SHA-256 of the first bytes of a file."""
    digest, done = hashlib.sha256(), 0
    while done < length and (piece := os.pread(handle, min(_PIECE, length - done), done)):
        digest.update(piece)
        done += len(piece)
        tell(done, length)
    return digest.hexdigest()


def _facts(copied: Copied, made_at: datetime, length: int, digest: str, fingerprint: str) -> bytes:
    """The bytes that are signed."""
    return json.dumps(
        {
            "made_at": to_micros(made_at),
            "kind": copied.kind,
            "schema": copied.schema,
            "accounts": copied.accounts,
            "events": copied.events,
            "heads": [[head.org_id, head.seq, head.hash.hex()] for head in copied.heads],
            "length": length,
            "sha256": digest,
            "keys": fingerprint,
        },
        sort_keys=True,
    ).encode()


def _seal(block: bytes) -> Seal:
    """Read a seal's block."""
    outer: dict[str, Any] = json.loads(block)
    inner: dict[str, Any] = json.loads(outer["seal"])
    heads = tuple(Head(str(org), int(seq), bytes.fromhex(digest)) for org, seq, digest in inner["heads"])
    return Seal(
        made_at=from_micros(int(inner["made_at"])),
        copied=Copied(
            Kind(inner["kind"]), int(inner["schema"]), int(inner["accounts"]), int(inner["events"]), heads
        ),
        length=int(inner["length"]),
        sha256=str(inner["sha256"]),
        keys=str(inner["keys"]),
        key_id=str(outer["key_id"]),
        signed=str(outer["seal"]).encode(),
        signature=bytes.fromhex(outer["signature"]),
    )
