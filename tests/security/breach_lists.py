"""Lists of hashes and breach files for tests: small ones, with real SHA-1 digests in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from security.breach.format import Head
from security.breach.importing import import_list
from security.breach.packing import Packing

IMPORTED_AT = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)


def digest_of(password: str) -> bytes:
    """The SHA-1 that stands in a breach file."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()


def hash_of(password: str) -> str:
    """The SHA-1 that stands in a list."""
    return digest_of(password).hex().upper()


def passwords(number: int) -> list[str]:
    """So many passwords."""
    return [f"password {index}" for index in range(number)]


def a_list(those: Iterable[str], *, ending: str = "\r\n", count: str = ":3") -> str:
    """The list with the hashes of some passwords, as Have I Been Pwned writes it."""
    return "".join(f"{one}{count}{ending}" for one in sorted(map(hash_of, those)))


def imported(path: Path, text: str | bytes) -> Head:
    """Make the breach file at a path from a list."""
    source = path.with_name(f"{path.name}.list")
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    with source.open("rb") as file:
        return import_list(file, path, IMPORTED_AT, lambda _bytes, _hashes: None)


def packed(path: Path, digests: Sequence[bytes]) -> None:
    """Write a breach file with these digests in this order, be it none that an import would make."""
    with path.open("w+b") as file:
        packing = Packing(file)
        packing.add([digest.hex().upper().encode() for digest in digests])
        packing.finish(IMPORTED_AT)
    path.chmod(0o600)
